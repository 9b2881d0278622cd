import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch, path } from '../api/client.ts';
import type { Blueprint, Entity } from '../api/wire.ts';
import { useErrorWords } from '../ui/states.tsx';
import type { StoredPage } from './api.ts';
import { withGroup } from './editor/draft.ts';
import { TAB_NAME } from './editor/group-name.tsx';
import { listOf, textOf } from './widget.ts';

interface NewTabDialogProps {
  readonly stored: StoredPage;
  readonly entity: Entity;
  readonly blueprint: Blueprint;
  readonly onClose: () => void;
}

/** Puts a tab on the page of every entity of a blueprint, and goes where it is filled. */
export function NewTabDialog({ stored, entity, blueprint, onClose }: NewTabDialogProps) {
  const { t } = useTranslation(['pages', 'common']);
  const words = useErrorWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const title = name.trim();
  const taken = stored.page.widgets
    .flatMap((widget) => listOf(widget['groups']))
    .some((one) => textOf(one, 'title') === title);
  const { identifier: page } = stored.page;
  const adding = useMutation({
    mutationFn: async () =>
      patch(path('/v1/pages', page), { widgets: withGroup(stored.page.widgets, title) }, { version: stored.version }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['page', page] });
      const search = { edit: '1', group: title, identifier: entity.identifier };
      await navigate({ to: '/pages/$page', params: { page }, search });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('tab.add')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (title !== '' && !taken) adding.mutate();
        }}
      >
        <Stack gap={16}>
          <p>{t('tab.addHelp', { blueprint: blueprint.title, template: '{{ .entity.properties.… }}' })}</p>
          <TextInput
            label={t('tab.name')}
            value={name}
            maxLength={TAB_NAME}
            error={taken ? t('tab.taken') : undefined}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            data-autofocus
          />
          {adding.isError && <p role="alert">{words(adding.error)}</p>}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button type="submit" loading={adding.isPending} disabled={title === '' || taken}>
              {t('tab.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
