import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { IconFolderPlus, IconLayoutDashboard, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { useIsAdmin } from '../access/use-is-admin.ts';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';
import { sidebarQuery } from './api.ts';
import { NewPageDialog } from './new-page-dialog.tsx';
import { PageList } from './page-list.tsx';
import { newId } from './templates.ts';

/** All dashboards in their folders; administrators make and arrange them here. */
export function PagesPage() {
  const { t } = useTranslation('pages');
  const admin = useIsAdmin();
  const search = useSearch({ from: '/app/pages' });
  const navigate = useNavigate({ from: '/pages' });
  const items = useQuery(sidebarQuery);
  const [folding, setFolding] = useState(false);
  const setNew = (open: boolean): void => void navigate({ search: (open ? { new: '1' } : {}) as never, replace: true });
  return (
    <Page
      title={t('title')}
      icon={<IconLayoutDashboard size={20} stroke={1.6} />}
      lead={t('lead')}
      width="reading"
      actions={
        admin && (
          <>
            <Button variant="default" leftSection={<IconFolderPlus size={16} />} onClick={() => setFolding(true)}>
              {t('folder.new')}
            </Button>
            <Button leftSection={<IconPlus size={16} />} onClick={() => setNew(true)}>
              {t('new.title')}
            </Button>
          </>
        )
      }
    >
      {items.isError && <ErrorState error={items.error} retry={items.refetch} />}
      {items.isPending && <RowSkeletons rows={5} />}
      {items.isSuccess && items.data.length === 0 && (
        <EmptyState
          icon={IconLayoutDashboard}
          title={t('empty.list')}
          action={admin ? <Button onClick={() => setNew(true)}>{t('new.title')}</Button> : undefined}
        >
          {t('empty.listHelp')}
        </EmptyState>
      )}
      {items.isSuccess && items.data.length > 0 && (
        <Panel flush>
          <PageList items={items.data} arranging={admin} />
        </Panel>
      )}
      {search.new !== undefined && admin && <NewPageDialog onClose={() => setNew(false)} />}
      {folding && <NewFolderDialog onClose={() => setFolding(false)} />}
    </Page>
  );
}

function NewFolderDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['pages', 'common']);
  const words = useErrorWords();
  const client = useQueryClient();
  const [title, setTitle] = useState('');
  const creation = useMutation({
    mutationFn: async () =>
      post('/v1/sidebars/catalog/folders', { identifier: `folder-${newId()}`, title: title.trim() }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ['pages'] });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('folder.new')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim() !== '') creation.mutate();
        }}
      >
        <Stack gap={16}>
          <TextInput
            label={t('folder.name')}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            maxLength={100}
            required
            data-autofocus
          />
          {creation.isError && <p role="alert">{words(creation.error)}</p>}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button type="submit" loading={creation.isPending} disabled={title.trim() === ''}>
              {t('folder.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
