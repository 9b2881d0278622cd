import { Alert, Button, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import {
  IconAlertCircle,
  IconAnchor,
  IconArrowLeft,
  IconArrowRight,
  IconHistory,
  IconRefreshAlert,
} from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../ui/page.tsx';
import { NamedIcon } from '../../ui/icon.tsx';
import { LeaveGuard, leaveWords } from '../../ui/leave-guard.tsx';
import { useErrorWords } from '../../ui/states.tsx';
import { BackendTab } from './backend-tab.tsx';
import { BasicsTab } from './basics-tab.tsx';
import { CardPreview } from './card-preview.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { type Base, dropDraft } from './draft-store.ts';
import classes from './editor.module.css';
import { EditorTabs, tabs } from './editor-tabs.tsx';
import { FormPreview } from './form-preview.tsx';
import { FormTab } from './form-tab.tsx';
import { JsonView } from './json-view.tsx';
import { PermissionsTab } from './permissions-tab.tsx';
import type { EditorTab } from './placed-errors.ts';
import type { TemplateProblem } from './preview-api.ts';
import { RequestPreview } from './request-preview.tsx';
import { SaveButtons } from './save-buttons.tsx';
import {
  type ActionEditor,
  EditorContext,
  type EditorStart,
  identifierOf,
  type SaveRequest,
  textOf,
  useActionEditor,
} from './use-action-editor.ts';
import { BrokenTemplates, BrokenToast } from './broken-templates.tsx';
import { useChecks } from './use-checks.ts';

/** The whole editor: tabs at the left, what comes of it or the JSON at the right. */
export function ActionEditorView(start: EditorStart) {
  const { t } = useTranslation('action-editor');
  const { after, leaving } = useAfterSave(start);
  const saving = useActionEditor(start, after);
  const { tab, view, input, go } = useEditorPlace();
  const checks = useChecks(saving);
  const errors = useMemo(() => [...saving.errors, ...checks.errors], [saving.errors, checks.errors]);
  const editor = { ...saving, checks, errors };
  useSaveKeys(editor);
  const title = textOf(editor.edited.document['title']);
  const asJson = view === 'json' || tab === 'permissions';
  return (
    <EditorContext value={editor}>
      <Page
        title={title === '' ? t(start.base === null ? 'newTitle' : 'untitled') : title}
        documentTitle={title === '' ? t('newTitle') : t('documentTitle', { title })}
        icon={<NamedIcon name={textOf(editor.edited.document['icon']) || undefined} fallback={IconAnchor} size={20} />}
        crumbs={[{ label: t('crumb'), to: '/self-service' }]}
        actions={<SaveButtons />}
      >
        <Notices editor={editor} />
        <BrokenTemplates />
        <EditorTabs current={tab} />
        <div className={classes['editor']} data-wide={tab === 'form' || undefined}>
          <div className={classes['main']}>
            {tab === 'basics' && <BasicsTab />}
            {tab === 'form' && <FormTab chosen={input} onChoose={(next) => go({ input: next })} />}
            {tab === 'backend' && <BackendTab />}
            {tab === 'permissions' && <PermissionsTab />}
            <Steps tab={tab} onGo={(next) => go({ tab: next, input: undefined })} />
          </div>
          <aside className={classes['aside']} aria-label={t('aside')}>
            {tab !== 'permissions' && (
              <SegmentedControl
                size="xs"
                aria-label={t('aside')}
                value={view}
                data={['preview', 'json'].map((one) => ({ value: one, label: t(`view.${one}`) }))}
                onChange={(next) => go({ view: next === 'json' ? next : undefined })}
              />
            )}
            {asJson && <JsonView tab={tab} />}
            {!asJson && tab === 'form' && <FormPreview />}
            {!asJson && tab === 'backend' && <RequestPreview />}
            {!asJson && tab === 'basics' && <CardPreview />}
          </aside>
        </div>
      </Page>
      {editor.theirs !== undefined && <ConflictDialog theirs={editor.theirs} />}
      <LeaveGuard
        dirty={editor.dirty}
        leaving={leaving}
        onDiscard={() => dropDraft(start.name)}
        words={leaveWords(t)}
      />
    </EditorContext>
  );
}

interface Place {
  readonly tab?: string | undefined;
  readonly view?: string | undefined;
  readonly input?: string | undefined;
}

/** Which tab, which input and what beside it: all of it in the address. */
function useEditorPlace() {
  const search = useSearch({ strict: false }) as Place;
  const navigate = useNavigate();
  const tab: EditorTab = tabs.find((one) => one === search.tab) ?? 'basics';
  return {
    tab,
    view: search.view === 'json' ? 'json' : 'preview',
    input: search.input,
    go: (change: Place): void =>
      void navigate({ to: '.', search: (before) => ({ ...before, ...change }) as never, replace: true }),
  };
}

/** Says that it is saved, and leads on: to the hub with what can be executed now, else to the address of the action. */
function useAfterSave({ name }: EditorStart) {
  const { t } = useTranslation('action-editor');
  const navigate = useNavigate();
  const leaving = useRef(false);
  const after = (saved: Base, { base }: SaveRequest, broken: readonly TemplateProblem[]): void => {
    const identifier = identifierOf(saved.document);
    const draft = saved.document['publish'] === false;
    const title = textOf(saved.document['title']) || identifier;
    const first = base === null || base.document['publish'] === false;
    if (broken.length === 0) {
      notifications.show({ message: t(draft ? 'saved.draft' : first ? 'saved.new' : 'saved.again', { title }) });
    } else {
      notifications.show({
        color: 'yellow',
        autoClose: false,
        title: t('broken.saved', { title }),
        message: <BrokenToast action={identifier} problems={broken} />,
      });
    }
    dropDraft(name);
    const moved = base === null || identifierOf(base.document) !== identifier;
    if (!moved) return;
    leaving.current = true;
    if (base === null && !draft) void navigate({ to: '/self-service', search: {} });
    else
      void navigate({
        to: '/self-service/$action/edit',
        params: { action: identifier },
        search: (before) => before as never,
        replace: true,
      });
  };
  return { after, leaving };
}

/** Ctrl or Cmd with S or Enter saves from anywhere, also from within the code editor. */
function useSaveKeys(editor: ActionEditor): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return;
      if (event.key !== 's' && event.key !== 'Enter') return;
      event.preventDefault();
      event.stopPropagation();
      if (document.querySelector('[role=dialog]') === null) editor.save();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  });
}

/** What stands above the tabs: a refusal, somebody else's newer version, a draft that was found again. */
function Notices({ editor }: { readonly editor: ActionEditor }) {
  const { t } = useTranslation('action-editor');
  const words = useErrorWords();
  const stale = editor.theirs !== undefined;
  return (
    <>
      {editor.error !== null && !stale && (
        <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert" title={t('notice.refused')}>
          {words(editor.error)}
        </Alert>
      )}
      {editor.newer !== undefined && !stale && (
        <Alert color="yellow" icon={<IconRefreshAlert size={18} />} role="status">
          <div className={classes['notice']}>
            {t('notice.newer')}
            <Button size="xs" variant="default" onClick={() => editor.showTheirs(editor.newer)}>
              {t('notice.compare')}
            </Button>
          </div>
        </Alert>
      )}
      {editor.restored && editor.dirty && (
        <Alert color="gray" variant="light" icon={<IconHistory size={18} />} role="status">
          <div className={classes['notice']}>
            {t('notice.restored')}
            <Button size="xs" variant="default" onClick={editor.discard}>
              {t('notice.discard')}
            </Button>
          </div>
        </Alert>
      )}
    </>
  );
}

function Steps({ tab, onGo }: { readonly tab: EditorTab; readonly onGo: (tab: EditorTab) => void }) {
  const { t } = useTranslation('action-editor');
  const index = tabs.indexOf(tab);
  const before = tabs[index - 1];
  const next = tabs[index + 1];
  return (
    <div className={classes['steps']}>
      {before === undefined ? (
        <span />
      ) : (
        <Button variant="subtle" leftSection={<IconArrowLeft size={16} />} onClick={() => onGo(before)}>
          {t(`tab.${before}`)}
        </Button>
      )}
      {next === undefined ? (
        <span className={classes['saving']}>
          <SaveButtons />
        </span>
      ) : (
        <Button variant="light" rightSection={<IconArrowRight size={16} />} onClick={() => onGo(next)}>
          {t(`tab.${next}`)}
        </Button>
      )}
    </div>
  );
}
