import { ActionIcon, Button, Group, Menu, Modal, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDots, IconFolder, IconGripVertical, IconLayoutDashboard } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch, path, post, remove } from '../api/client.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { useErrorWords } from '../ui/states.tsx';
import type { SidebarItem } from './api.ts';
import classes from './page-list.module.css';

interface PageListProps {
  readonly items: readonly SidebarItem[];
  readonly arranging: boolean;
}

interface Place {
  readonly parent: string | null;
  readonly after: string | null;
}

const depthOf = (item: SidebarItem, items: readonly SidebarItem[]): number => {
  const parent = items.find((one) => one.identifier === item.parent);
  return parent === undefined ? 0 : 1 + depthOf(parent, items);
};

const siblingsOf = (parent: string | undefined, items: readonly SidebarItem[]): readonly SidebarItem[] =>
  items.filter((one) => one.parent === parent);

/** Where an item stands one step earlier or later among its siblings; undefined at the end. */
export function stepped(item: SidebarItem, items: readonly SidebarItem[], step: -1 | 1): Place | undefined {
  const siblings = siblingsOf(item.parent, items);
  const index = siblings.findIndex((one) => one.identifier === item.identifier);
  if (siblings[index + step] === undefined) return undefined;
  const after = step === 1 ? siblings[index + 1] : siblings[index - 2];
  return { parent: item.parent ?? null, after: after?.identifier ?? null };
}

/** Folders and pages in their order. Dragged by those who may, or moved over the menu of each. */
export function PageList({ items, arranging }: PageListProps) {
  const { t } = useTranslation('pages');
  const words = useErrorWords();
  const client = useQueryClient();
  const [dragged, setDragged] = useState<string>();
  const [over, setOver] = useState<string>();
  const [renamed, setRenamed] = useState<SidebarItem>();
  const renew = async (): Promise<void> => client.invalidateQueries({ queryKey: ['pages'] });
  const refused = (error: unknown): void => void notifications.show({ message: words(error), color: 'red' });
  const moving = useMutation({
    mutationFn: async (move: Place & { identifier: string }) => post('/api/v1/sidebar/moves', move),
    onSettled: renew,
    onError: refused,
  });
  const removing = useMutation({
    mutationFn: async (folder: string) => remove(path('/v1/sidebars/catalog/folders', folder)),
    onSettled: renew,
    onError: refused,
  });
  const drop = (target: SidebarItem): void => {
    setOver(undefined);
    setDragged(undefined);
    if (dragged === undefined || dragged === target.identifier) return;
    const isFolder = target.sidebarType === 'folder';
    moving.mutate({
      identifier: dragged,
      parent: isFolder ? target.identifier : (target.parent ?? null),
      after: isFolder ? null : target.identifier,
    });
  };
  return (
    <ul className={classes['list']}>
      {renamed !== undefined && <RenameFolder folder={renamed} onClose={() => setRenamed(undefined)} />}
      {items.map((item) => (
        <li key={item.identifier}>
          <div
            className={classes['item']}
            style={{ '--depth': depthOf(item, items) } as never}
            data-over={over === item.identifier || undefined}
            data-folder={item.sidebarType === 'folder' || undefined}
            draggable={arranging}
            onDragStart={() => setDragged(item.identifier)}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(item.identifier);
            }}
            onDragLeave={() => setOver(undefined)}
            onDrop={() => drop(item)}
          >
            {arranging && <IconGripVertical size={15} aria-hidden className={classes['grip']} />}
            {item.sidebarType === 'folder' ? (
              <span className={classes['name']}>
                <IconFolder size={17} stroke={1.6} aria-hidden />
                {item.title}
              </span>
            ) : (
              <Link to="/pages/$page" params={{ page: item.identifier }} className={classes['name']}>
                <NamedIcon name={item.icon} fallback={IconLayoutDashboard} size={17} />
                {item.title}
              </Link>
            )}
            {arranging && (
              <ItemMenu
                item={item}
                items={items}
                onMove={(place) => moving.mutate({ identifier: item.identifier, ...place })}
                onRemove={() => removing.mutate(item.identifier)}
                onRename={() => setRenamed(item)}
              />
            )}
            {over === item.identifier && <span className="visually-hidden">{t('list.dropHere')}</span>}
          </div>
        </li>
      ))}
    </ul>
  );
}

interface ItemMenuProps {
  readonly item: SidebarItem;
  readonly items: readonly SidebarItem[];
  readonly onMove: (place: Place) => void;
  readonly onRemove: () => void;
  readonly onRename: () => void;
}

function ItemMenu({ item, items, onMove, onRemove, onRename }: ItemMenuProps) {
  const { t } = useTranslation('pages');
  const up = stepped(item, items, -1);
  const down = stepped(item, items, 1);
  const folders = items.filter(
    (one) => one.sidebarType === 'folder' && one.identifier !== item.identifier && one.identifier !== item.parent,
  );
  const end = (parent: string | undefined): string | null => siblingsOf(parent, items).at(-1)?.identifier ?? null;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon aria-label={t('list.arrange', { title: item.title })}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={up === undefined} onClick={() => up !== undefined && onMove(up)}>
          {t('list.up')}
        </Menu.Item>
        <Menu.Item disabled={down === undefined} onClick={() => down !== undefined && onMove(down)}>
          {t('list.down')}
        </Menu.Item>
        {item.parent !== undefined && (
          <Menu.Item onClick={() => onMove({ parent: null, after: end(undefined) })}>{t('list.out')}</Menu.Item>
        )}
        {folders.map((folder) => (
          <Menu.Item
            key={folder.identifier}
            onClick={() => onMove({ parent: folder.identifier, after: end(folder.identifier) })}
          >
            {t('list.into', { folder: folder.title })}
          </Menu.Item>
        ))}
        {item.sidebarType === 'folder' && <Menu.Item onClick={onRename}>{t('folder.rename')}</Menu.Item>}
        {item.sidebarType === 'folder' && (
          <Menu.Item color="red" onClick={onRemove}>
            {t('folder.delete')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function RenameFolder({ folder, onClose }: { readonly folder: SidebarItem; readonly onClose: () => void }) {
  const { t } = useTranslation(['pages', 'common']);
  const words = useErrorWords();
  const client = useQueryClient();
  const [title, setTitle] = useState(folder.title);
  const renaming = useMutation({
    mutationFn: async () => patch(path('/v1/sidebars/catalog/folders', folder.identifier), { title: title.trim() }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ['pages'] });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('folder.rename')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim() !== '') renaming.mutate();
        }}
      >
        <Stack gap={16}>
          <TextInput
            label={t('folder.name')}
            value={title}
            maxLength={100}
            data-autofocus
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          {renaming.isError && <p role="alert">{words(renaming.error)}</p>}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button type="submit" loading={renaming.isPending} disabled={title.trim() === ''}>
              {t('folder.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
