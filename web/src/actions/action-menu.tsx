import { ActionIcon, Menu } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconBraces, IconCopyPlus, IconDots, IconEye, IconEyeOff, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Action } from '../api/wire.ts';
import { useErrorWords } from '../ui/states.tsx';
import { readAction, setPublished } from './action-document.ts';
import { isDraft } from './api.ts';
import { DeleteActionDialog } from './delete-action-dialog.tsx';

/** What those who may change actions do with one. */
export function ActionMenu({ action }: { readonly action: Action }) {
  const { t } = useTranslation('self-service');
  const { copy } = useClipboard();
  const [deleting, setDeleting] = useState(false);
  const publishing = usePublishing(action);
  const failed = useFailureToast();
  const title = action.title ?? action.identifier;
  const copyJson = async (): Promise<void> => {
    try {
      copy(JSON.stringify((await readAction(action.identifier)).document, null, 2));
      notifications.show({ message: t('menu.copied', { title }) });
    } catch (error) {
      failed(error);
    }
  };
  const draft = isDraft(action);
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon aria-label={t('menu.label', { title })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconPencil size={16} />}
            renderRoot={(props) => (
              <Link {...props} to="/self-service/$action/edit" params={{ action: action.identifier }} />
            )}
          >
            {t('menu.edit')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconCopyPlus size={16} />}
            renderRoot={(props) => <Link {...props} to="/self-service/new" search={{ from: action.identifier }} />}
          >
            {t('menu.duplicate')}
          </Menu.Item>
          <Menu.Item leftSection={<IconBraces size={16} />} onClick={() => void copyJson()}>
            {t('menu.copyJson')}
          </Menu.Item>
          <Menu.Item
            leftSection={draft ? <IconEye size={16} /> : <IconEyeOff size={16} />}
            onClick={() => publishing.mutate(draft)}
          >
            {draft ? t('menu.publish') : t('menu.unpublish')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setDeleting(true)}>
            {t('menu.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {deleting && <DeleteActionDialog action={action} onClose={() => setDeleting(false)} />}
    </>
  );
}

/** Says in a toast what did not work. */
function useFailureToast(): (error: unknown) => void {
  const { t } = useTranslation('self-service');
  const words = useErrorWords();
  return (error) => notifications.show({ color: 'red', title: t('menu.failed'), message: words(error) });
}

function usePublishing(action: Action) {
  const { t } = useTranslation('self-service');
  const client = useQueryClient();
  const failed = useFailureToast();
  const title = action.title ?? action.identifier;
  return useMutation({
    mutationFn: (publish: boolean) => setPublished(action.identifier, publish),
    onSuccess: (_, publish) => {
      notifications.show({ message: t(publish ? 'menu.published' : 'menu.unpublished', { title }) });
      return client.invalidateQueries({ queryKey: ['actions'] });
    },
    onError: failed,
  });
}
