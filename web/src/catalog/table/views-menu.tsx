import { Button, Checkbox, Menu, Modal, TextInput } from '@mantine/core';
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
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../../api/session.ts';
import type { Blueprint, Json } from '../../api/wire.ts';
import { DangerButton } from '../../ui/danger-button.tsx';
import { useErrorWords } from '../../ui/states.tsx';
import { useEntityRights } from '../entity-rights.ts';
import { readFilter } from '../filter/rule-tree.ts';
import type { useTableState } from './use-table-state.ts';
import { changeView, chooseDefault, createView, deleteView, type View, viewOfState } from './view-api.ts';
import classes from './table.module.css';

interface ViewsMenuProps {
  readonly blueprint: Blueprint;
  readonly table: ReturnType<typeof useTableState>;
}

type Asked = 'new' | 'rename' | 'delete';

/** Named views of this table: choose one, keep what is shown under a name, share it, open with it. */
export function ViewsMenu({ blueprint, table }: ViewsMenuProps) {
  const { t } = useTranslation('table');
  const [asked, setAsked] = useState<Asked>();
  const acts = useViewActs(blueprint, table);
  const { view, changed, views } = table;
  const all = views?.views ?? [];
  const { own, everyone } = views?.defaults ?? { own: null, everyone: null };
  const isDefault = view !== undefined && (own ?? everyone) === view.id;
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
          {view !== undefined && (
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
                  <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setAsked('rename')}>
                    {t('views.edit')}
                  </Menu.Item>
                  <Menu.Item leftSection={<IconTrash size={16} />} color="red" onClick={() => setAsked('delete')}>
                    {t('views.delete')}
                  </Menu.Item>
                </>
              )}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {changed && <Unsaved table={table} acts={acts} onSaveAs={() => setAsked('new')} />}
      {asked !== undefined && (
        <ViewDialog asked={asked} view={view} isDefault={isDefault} acts={acts} onClose={() => setAsked(undefined)} />
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

type Acts = ReturnType<typeof useViewActs>;

function useViewActs(blueprint: Blueprint, table: ViewsMenuProps['table']) {
  const { t } = useTranslation('table');
  const client = useQueryClient();
  const rights = useEntityRights(blueprint.identifier);
  const { data: session } = useQuery(sessionQuery);
  const roles = session?.person.roles ?? [];
  const renew = async (): Promise<void> => client.invalidateQueries({ queryKey: ['views', blueprint.identifier] });
  const { identifier } = blueprint;
  const filter = readFilter(table.state.filter, blueprint);
  const shown = () => viewOfState(table.state, filter.rules.length === 0 ? null : (filter as unknown as Json));
  return {
    rights,
    mayRule: ['Admin', 'Moderator', `${identifier}-moderator`].some((role) => roles.includes(role)),
    create: useMutation({
      mutationFn: async ({ title, shared }: { readonly title: string; readonly shared: boolean }) =>
        createView(identifier, { title, shared, state: shown() }),
      onSuccess: async (made) => {
        await renew();
        table.choose(made.id);
        notifications.show({ message: t('views.saved', { view: made.title }) });
      },
    }),
    change: useMutation({
      mutationFn: async ({
        view,
        ...body
      }: {
        readonly view: View;
        readonly title?: string;
        readonly shared?: boolean;
      }) => changeView(identifier, view, body),
      onSuccess: renew,
    }),
    save: useMutation({
      mutationFn: async (view: View) => changeView(identifier, view, { state: shown() }),
      onSuccess: async (saved) => {
        await renew();
        table.choose(saved.id);
        notifications.show({ message: t('views.saved', { view: saved.title }) });
      },
      onError: renew,
    }),
    remove: useMutation({
      mutationFn: async (view: View) => deleteView(identifier, view),
      onSuccess: async () => {
        table.choose('all');
        await renew();
      },
    }),
    open: useMutation({
      mutationFn: async ({ view, whom }: { readonly view: string | null; readonly whom: 'me' | 'everyone' }) =>
        chooseDefault(identifier, view, whom),
      onSuccess: renew,
    }),
  };
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

interface ViewDialogProps {
  readonly asked: Asked;
  readonly view: View | undefined;
  readonly isDefault: boolean;
  readonly acts: Acts;
  readonly onClose: () => void;
}

function ViewDialog({ asked, view, acts, onClose }: ViewDialogProps) {
  const { t } = useTranslation(['table', 'common']);
  const words = useErrorWords();
  const [title, setTitle] = useState(asked === 'rename' ? (view?.title ?? '') : '');
  const [shared, setShared] = useState(asked === 'rename' && view?.shared === true);
  const acting = { new: acts.create, rename: acts.change, delete: acts.remove }[asked];
  const done = { onSuccess: onClose };
  const submit = (): void => {
    if (asked === 'new') acts.create.mutate({ title, shared }, done);
    else if (view !== undefined && asked === 'rename') acts.change.mutate({ view, title, shared }, done);
    else if (view !== undefined) acts.remove.mutate(view, done);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`views.dialog.${asked}`, { view: view?.title ?? '' })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <form
        className={classes['dialog']}
        onSubmit={(event) => {
          event.preventDefault();
          if (asked === 'delete' || title.trim() !== '') submit();
        }}
      >
        {asked === 'delete' ? (
          <p>{t(view?.shared === true ? 'views.deleteShared' : 'views.deleteOwn')}</p>
        ) : (
          <>
            <TextInput
              data-autofocus
              label={t('views.title')}
              maxLength={100}
              value={title}
              onChange={(event) => setTitle(event.currentTarget.value)}
            />
            <Checkbox
              label={t('views.share')}
              description={t('views.shareHelp')}
              disabled={asked === 'rename' && view?.mine === false}
              checked={shared}
              onChange={(event) => setShared(event.currentTarget.checked)}
            />
          </>
        )}
        {acting.isError && (
          <p className={classes['bad']} role="alert">
            {words(acting.error)}
          </p>
        )}
        <div className={classes['buttons']}>
          <Button variant="default" onClick={onClose}>
            {t('views.cancel')}
          </Button>
          {asked === 'delete' ? (
            <DangerButton loading={acting.isPending} onClick={submit}>
              {t('views.delete')}
            </DangerButton>
          ) : (
            <Button type="submit" loading={acting.isPending} disabled={title.trim() === ''}>
              {t('views.keep')}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}
