import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../api/problem.ts';
import { helpBelow } from '../ui/field-layout.ts';
import { useErrorWords } from '../ui/states.tsx';
import { createApplication } from './api.ts';

const shape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Makes an application: what is deployed together. */
export function ApplicationDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [key] = useState(() => crypto.randomUUID());
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [email, setEmail] = useState('');
  const creation = useMutation({
    mutationFn: async () =>
      createApplication(
        {
          name: name.trim(),
          ...(description.trim() === '' ? {} : { description: description.trim() }),
          ...(email.trim() === '' ? {} : { email: email.trim() }),
        },
        key,
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['applications'] });
      await navigate({ to: '/applications/$application', params: { application: name.trim() } });
    },
  });
  const wrong = name.trim() !== '' && !shape.test(name.trim());
  const refused = creation.isError ? words(creation.error) : undefined;
  const ofEmail = isProblem(creation.error) && creation.error.details['field'] === 'email';
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('application.new')}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '' && !wrong) creation.mutate();
        }}
      >
        <Stack gap={16}>
          <TextInput
            data-autofocus
            label={t('application.name')}
            description={t('application.nameHelp')}
            inputWrapperOrder={helpBelow}
            withAsterisk
            error={wrong ? t('application.nameHelp') : ofEmail ? undefined : refused}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Textarea
            label={t('settings.description')}
            autosize
            minRows={2}
            maxLength={10_000}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          <TextInput
            type="email"
            label={t('application.email')}
            maxLength={254}
            error={ofEmail ? refused : undefined}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {t('cancel', { ns: 'common' })}
            </Button>
            <Button type="submit" loading={creation.isPending} disabled={name.trim() === '' || wrong}>
              {t('application.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
