import { Alert, Button, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle, IconHistory, IconLock, IconStack2, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useIsAdmin } from '../../access/use-is-admin.ts';
import { ConflictDialog, conflictWords } from '../../ui/conflict-dialog.tsx';
import { NamedIcon } from '../../ui/icon.tsx';
import { LeaveGuard, leaveWords } from '../../ui/leave-guard.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons, useErrorWords } from '../../ui/states.tsx';
import { emptyBlueprint, readName, textAt } from './blueprint-edits.ts';
import { BlueprintNames, BlueprintSettings } from './blueprint-settings.tsx';
import classes from './builder.module.css';
import { DeleteBlueprint } from './delete-blueprint.tsx';
import { FieldsTab } from './fields-tab.tsx';
import { BlueprintJson } from './blueprint-json.tsx';
import { blueprintQuery } from './model-api.ts';
import { PermissionsTab } from './permissions-tab.tsx';
import {
  type BlueprintEditor,
  dropDraft,
  EditorContext,
  type EditorStart,
  useBlueprintEditor,
} from './use-blueprint-editor.ts';

export function NewBlueprintPage() {
  return (
    <ForEditors>
      <BuilderView name="new" stored={null} start={emptyBlueprint} />
    </ForEditors>
  );
}

export function EditBlueprintPage() {
  const { t } = useTranslation('data-model');
  const { blueprint } = useParams({ from: '/app/data-model/blueprints/$blueprint' });
  const stored = useQuery(blueprintQuery(blueprint));
  if (stored.data === undefined) {
    return (
      <Page title={blueprint} crumbs={[{ label: t('title'), to: '/data-model' }]}>
        {stored.isError ? (
          <ErrorState error={stored.error} retry={stored.refetch} />
        ) : (
          <RowSkeletons rows={6} height={56} />
        )}
      </Page>
    );
  }
  return (
    <ForEditors>
      <BuilderView key={blueprint} name={blueprint} stored={stored.data} start={stored.data.draft} />
    </ForEditors>
  );
}

function ForEditors({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation('data-model');
  if (useIsAdmin()) return children;
  return (
    <Page title={t('denied.title')} icon={<IconStack2 size={20} stroke={1.6} />}>
      <EmptyState icon={IconLock} title={t('denied.title')}>
        {t('denied.help')}
      </EmptyState>
    </Page>
  );
}

interface Place {
  readonly tab?: string | undefined;
  readonly item?: string | undefined;
  readonly delete?: string | undefined;
}

const tabs = ['fields', 'settings', 'permissions', 'json'];

/** Which part and which field: in the address. */
function usePlace() {
  const search = useSearch({ strict: false }) as Place;
  const navigate = useNavigate();
  return {
    ...search,
    tab: tabs.find((one) => one === search.tab) ?? 'fields',
    go: (change: Place): void =>
      void navigate({ to: '.', search: (before) => ({ ...before, ...change }) as never, replace: true }),
  };
}

function BuilderView(start: EditorStart) {
  const { t } = useTranslation('data-model');
  const navigate = useNavigate();
  const leaving = useRef(false);
  const place = usePlace();
  const editor = useBlueprintEditor(start, (saved, isNew) => {
    const identifier = textAt(saved.draft, 'identifier');
    notifications.show({ message: t('saved', { title: textAt(saved.draft, 'title') }) });
    if (!isNew && identifier === start.name) return;
    leaving.current = true;
    dropDraft(start.name);
    void navigate({
      to: '/data-model/blueprints/$blueprint',
      params: { blueprint: identifier },
      search: (before) => before as never,
      replace: true,
    });
  });
  const { draft, stored } = editor;
  useSaveKeys(editor);
  const title = textAt(draft, 'title');
  const identifier = textAt(draft, 'identifier');
  const stays = identifier !== '' && title !== '';
  return (
    <EditorContext value={editor}>
      <Page
        title={title === '' ? t('newTitle') : title}
        icon={<NamedIcon name={textAt(draft, 'icon') || undefined} fallback={IconStack2} size={20} />}
        crumbs={[{ label: t('title'), to: '/data-model' }]}
        actions={
          <>
            <span className={classes['state']} role="status">
              {editor.dirty && t('unsaved')}
            </span>
            {stored !== null && !identifier.startsWith('_') && (
              <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => place.go({ delete: '1' })}>
                {t('delete.open')}
              </Button>
            )}
            <Button disabled={!editor.dirty || !stays} loading={editor.pending} onClick={editor.save}>
              {t(stored === null ? 'create' : 'save')}
            </Button>
          </>
        }
      >
        <Notices editor={editor} />
        {stored === null && (
          <div className={classes['names']}>
            <BlueprintNames />
          </div>
        )}
        <SegmentedControl
          className={classes['views'] ?? ''}
          aria-label={t('views')}
          value={place.tab}
          data={tabs.map((value) => ({ value, label: t(`tab.${value}`) }))}
          onChange={(tab) => place.go({ tab: tab === 'fields' ? undefined : tab })}
        />
        {place.tab === 'fields' && <FieldsTab chosen={readName(place.item)} onChoose={(item) => place.go({ item })} />}
        {place.tab === 'settings' && <BlueprintSettings />}
        {place.tab === 'permissions' && <PermissionsTab />}
        {place.tab === 'json' && <BlueprintJson />}
      </Page>
      <Asking editor={editor} />
      {place.delete !== undefined && stored !== null && (
        <DeleteBlueprint
          identifier={textAt(stored.draft, 'identifier')}
          title={textAt(stored.draft, 'title')}
          onClose={() => place.go({ delete: '' })}
          onDeleted={() => {
            leaving.current = true;
            dropDraft(start.name);
            void navigate({ to: '/data-model' });
          }}
        />
      )}
      <LeaveGuard
        dirty={editor.dirty}
        leaving={leaving}
        onDiscard={() => dropDraft(start.name)}
        words={leaveWords(t)}
      />
    </EditorContext>
  );
}

/** Somebody else saved meanwhile. */
function Asking({ editor }: { readonly editor: BlueprintEditor }) {
  const { t } = useTranslation('data-model');
  const { conflict } = editor;
  if (conflict === undefined) return null;
  return (
    <ConflictDialog
      lead={t('conflict.lead')}
      changes={conflict.changes.map((change) => {
        const key = change.path.join('.');
        return { ...change, key, label: <code>{key}</code> };
      })}
      words={conflictWords(t)}
      onClose={editor.decideLater}
      onTakeAll={() => editor.takeTheirs(conflict)}
      onSave={(taken) => editor.saveWith(conflict, taken)}
    />
  );
}

function Notices({ editor }: { readonly editor: BlueprintEditor }) {
  const { t } = useTranslation('data-model');
  const words = useErrorWords();
  return (
    <>
      {editor.refused && (
        <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert" title={t('refused')}>
          {editor.error === null ? (
            <ul className={classes['faults']}>
              {editor.faults.map(({ path, message }) => (
                <li key={path.join('.')}>
                  <code>{path.join('.')}</code> {message}
                </li>
              ))}
            </ul>
          ) : (
            words(editor.error)
          )}
        </Alert>
      )}
      {editor.restored && (
        <Alert color="gray" variant="light" icon={<IconHistory size={18} />} role="status">
          <div className={classes['notice']}>
            {t('restored')}
            <Button size="xs" variant="default" onClick={editor.discard}>
              {t('discard')}
            </Button>
          </div>
        </Alert>
      )}
    </>
  );
}

/** Ctrl or Cmd with S or Enter saves from anywhere, also from within the code editor. */
function useSaveKeys(editor: BlueprintEditor): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.metaKey || event.ctrlKey) || (event.key !== 's' && event.key !== 'Enter')) return;
      event.preventDefault();
      event.stopPropagation();
      if (document.querySelector('[role=dialog]') === null && editor.dirty) editor.save();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  });
}
