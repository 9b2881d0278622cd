import { ActionIcon, Button, Group, Menu, Modal, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDots, IconPrinter, IconTrash, IconUsers } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { lazyDialog } from '../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import { path, remove } from '../api/client.ts';
import { useIsAdmin } from '../access/use-is-admin.ts';
import { useErrorWords } from '../ui/states.tsx';
import type { StoredPage } from './api.ts';

const PermissionsDialog = lazyDialog(async () => ({
  default: (await import('./permissions-dialog.tsx')).PermissionsDialog,
}));

/** What is done to a page as a whole. */
export function PageMenu({ stored }: { readonly stored: StoredPage }) {
  const { t } = useTranslation('pages');
  const admin = useIsAdmin();
  const [open, setOpen] = useState<'permissions' | 'delete'>();
  const close = (): void => setOpen(undefined);
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t('menu.more')}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>
            {t('menu.print')}
          </Menu.Item>
          {admin && (
            <>
              <Menu.Item leftSection={<IconUsers size={16} />} onClick={() => setOpen('permissions')}>
                {t('menu.permissions')}
              </Menu.Item>
              <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setOpen('delete')}>
                {t('menu.delete')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {open === 'permissions' && (
        <Suspense fallback={null}>
          <PermissionsDialog page={stored.page.identifier} onClose={close} />
        </Suspense>
      )}
      {open === 'delete' && <DeleteDialog stored={stored} onClose={close} />}
    </>
  );
}

function DeleteDialog({ stored, onClose }: { readonly stored: StoredPage; readonly onClose: () => void }) {
  const { t } = useTranslation(['pages', 'common']);
  const words = useErrorWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { page, version } = stored;
  const title = page.title ?? page.identifier;
  const deletion = useMutation({
    mutationFn: async () => remove(path('/v1/pages', page.identifier), { version }),
    onSuccess: async () => {
      notifications.show({ message: t('delete.done', { title }) });
      await navigate({ to: '/pages' });
      client.removeQueries({ queryKey: ['page', page.identifier] });
      await client.invalidateQueries({ queryKey: ['pages'] });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('delete.title', { title })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack gap={16}>
        <p>{t('delete.help')}</p>
        {deletion.isError && <p role="alert">{words(deletion.error)}</p>}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button color="red" loading={deletion.isPending} onClick={() => deletion.mutate()}>
            {t('menu.delete')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
