import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Entity } from '../api/wire.ts';
import { DeleteDialog } from './delete/delete-dialog.tsx';
import { useEntityRights } from './entity-rights.ts';
import { EntityDialog } from './form/entity-dialog.tsx';

interface ChangeEntityProps {
  readonly entity: Entity;
  readonly blueprint: Blueprint;
}

interface Place {
  readonly edit?: string;
  readonly delete?: string;
}

/** Edit, duplicate and delete, for those who may; the address says which is open. */
export function ChangeEntity({ entity, blueprint }: ChangeEntityProps) {
  const { t } = useTranslation('catalog');
  const rights = useEntityRights(blueprint.identifier, entity);
  const search = useSearch({ strict: false }) as Place;
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const go = (change: Record<string, string>): void =>
    void navigate({ to: '.', search: (old) => ({ ...old, ...change }) as never, replace: true });
  const { blueprint: of, identifier } = entity;
  const own = `/catalog/${encodeURIComponent(of)}/${encodeURIComponent(identifier)}`;
  const onSaved = (saved: Entity): void => {
    if (saved.identifier === identifier) return go({ edit: '' });
    // It has another address now.
    if (pathname === own)
      void navigate({
        to: '/catalog/$blueprint/$identifier',
        params: { blueprint: of, identifier: saved.identifier },
        search: {},
        replace: true,
      });
    else go({ edit: '', open: saved.identifier });
  };
  const onDeleted = (): void => {
    if (pathname === own) void navigate({ to: '/catalog/$blueprint', params: { blueprint: of }, search: {} });
    else go({ delete: '', open: '' });
  };
  return (
    <>
      {rights.update && (
        <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => go({ edit: '1' })}>
          {t('write.edit')}
        </Button>
      )}
      {(rights.create || rights.remove) && (
        <Menu position="bottom-end" width={220}>
          <Menu.Target>
            <ActionIcon variant="default" size={36} aria-label={t('write.more')}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {rights.create && (
              <Menu.Item
                leftSection={<IconCopy size={16} />}
                onClick={() =>
                  void navigate({
                    to: '/catalog/$blueprint',
                    params: { blueprint: of },
                    search: { new: '1', from: identifier },
                  })
                }
              >
                {t('write.copy')}
              </Menu.Item>
            )}
            {rights.remove && (
              <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => go({ delete: '1' })}>
                {t('write.delete')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      {search.edit !== undefined && rights.update && (
        <EntityDialog
          blueprint={blueprint}
          identifier={identifier}
          from={undefined}
          onClose={() => go({ edit: '' })}
          onSaved={onSaved}
        />
      )}
      {search.delete !== undefined && rights.remove && (
        <DeleteDialog entity={entity} onClose={() => go({ delete: '' })} onDeleted={onDeleted} />
      )}
    </>
  );
}
