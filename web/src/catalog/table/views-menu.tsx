import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import {
  IconCheck,
  IconChevronDown,
  IconCopyPlus,
  IconDeviceFloppy,
  IconLayoutList,
  IconLink,
  IconPencil,
  IconStar,
  IconTrash,
  IconUsers,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '../../api/wire.ts';
import { useErrorWords } from '../../ui/states.tsx';
import type { useTableState } from './use-table-state.ts';
import { type Acts, useViewActs } from './use-view-acts.ts';
import type { View, Views } from './view-api.ts';
import { type Asked, ViewDialog } from './view-dialog.tsx';
import classes from './table.module.css';

interface ViewsMenuProps {
  readonly blueprint: Blueprint;
  readonly table: ReturnType<typeof useTableState>;
}

/** Named views of this table: choose one, keep what is shown under a name, share it, open with it. */
export function ViewsMenu({ blueprint, table }: ViewsMenuProps) {
  const { t } = useTranslation('table');
  const [asked, setAsked] = useState<Asked>();
  const acts = useViewActs(blueprint, table);
  const { view, changed, views } = table;
  const all = views?.views ?? [];
  const { own, everyone } = views?.defaults ?? { own: null, everyone: null };
  return (
    <>
      <Menu position="bottom-start" shadow="md" width={300}>
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconLayoutList size={16} />}
            rightSection={<IconChevronDown size={14} />}
            aria-label={t('views.button', { view: view?.title ?? t('views.none') })}
          >
            <span className={classes['view-name']}>{view?.title ?? t('views.none')}</span>
            {changed && <span className={classes['changed']} title={t('views.changed')} />}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes['views'] ?? ''}>
          <Menu.Label>{t('views.label')}</Menu.Label>
          <ViewItem title={t('views.none')} chosen={view === undefined} onClick={() => table.choose('all')} />
          {all.map((one) => (
            <ViewItem
              key={one.id}
              title={one.title}
              shared={one.shared}
              isDefault={(own ?? everyone) === one.id}
              chosen={one.id === view?.id}
              onClick={() => table.choose(one.id)}
            />
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconCopyPlus size={16} />} onClick={() => setAsked('new')}>
            {t('views.saveAs')}
          </Menu.Item>
          {view !== undefined && <ViewItems view={view} acts={acts} defaults={{ own, everyone }} onAsk={setAsked} />}
        </Menu.Dropdown>
      </Menu>
      {changed && <Unsaved table={table} acts={acts} onSaveAs={() => setAsked('new')} />}
      {asked !== undefined && <ViewDialog asked={asked} view={view} acts={acts} onClose={() => setAsked(undefined)} />}
    </>
  );
}

interface ViewItemsProps {
  readonly view: View;
  readonly acts: Acts;
  readonly defaults: Views['defaults'];
  readonly onAsk: (asked: Asked) => void;
}

/** What can be done with the view that is chosen. */
function ViewItems({ view, acts, defaults: { own, everyone }, onAsk }: ViewItemsProps) {
  const { t } = useTranslation('table');
  return (
    <>
      <Menu.Item leftSection={<IconLink size={16} />} onClick={() => void copyLink(view, t('views.copied'))}>
        {t('views.link')}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconStar size={16} />}
        onClick={() => acts.open.mutate({ view: own === view.id ? null : view.id, whom: 'me' })}
      >
        {t(own === view.id ? 'views.notDefault' : 'views.default')}
      </Menu.Item>
      {acts.mayRule && view.shared && (
        <Menu.Item
          leftSection={<IconUsers size={16} />}
          onClick={() => acts.open.mutate({ view: everyone === view.id ? null : view.id, whom: 'everyone' })}
        >
          {t(everyone === view.id ? 'views.notDefaultForAll' : 'views.defaultForAll')}
        </Menu.Item>
      )}
      {view.mayChange && (
        <>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => onAsk('rename')}>
            {t('views.edit')}
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={16} />} color="red" onClick={() => onAsk('delete')}>
            {t('views.delete')}
          </Menu.Item>
        </>
      )}
    </>
  );
}

async function copyLink({ id }: View, message: string): Promise<void> {
  const { origin, pathname } = window.location;
  await navigator.clipboard.writeText(`${origin}${pathname}?view=${id}`);
  notifications.show({ message });
}

interface ViewItemProps {
  readonly title: string;
  readonly chosen: boolean;
  readonly shared?: boolean;
  readonly isDefault?: boolean;
  readonly onClick: () => void;
}

function ViewItem({ title, chosen, shared = false, isDefault = false, onClick }: ViewItemProps) {
  const { t } = useTranslation('table');
  return (
    <Menu.Item
      leftSection={chosen ? <IconCheck size={16} /> : <span className={classes['blank']} />}
      rightSection={
        <span className={classes['marks']}>
          {isDefault && <IconStar size={14} aria-label={t('views.isDefault')} />}
          {shared && <IconUsers size={14} aria-label={t('views.isShared')} />}
        </span>
      }
      onClick={onClick}
    >
      {title}
    </Menu.Item>
  );
}

interface UnsavedProps {
  readonly table: ViewsMenuProps['table'];
  readonly acts: Acts;
  readonly onSaveAs: () => void;
}

/** What is shown is not what the view keeps. */
function Unsaved({ table: { view, choose }, acts, onSaveAs }: UnsavedProps) {
  const { t } = useTranslation('table');
  const words = useErrorWords();
  if (view === undefined) return null;
  return (
    <span className={classes['unsaved']} role="status">
      {acts.save.isError ? words(acts.save.error) : t('views.changed')}
      {view.mayChange ? (
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconDeviceFloppy size={15} />}
          loading={acts.save.isPending}
          onClick={() => acts.save.mutate(view)}
        >
          {t('views.save')}
        </Button>
      ) : (
        <Button size="compact-sm" variant="light" onClick={onSaveAs}>
          {t('views.saveAs')}
        </Button>
      )}
      <Button size="compact-sm" variant="subtle" onClick={() => choose(view.id)}>
        {t('views.undo')}
      </Button>
    </span>
  );
}
