import { IconLock, IconPencilPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useIsAdmin } from '../../access/use-is-admin.ts';
import { Page } from '../../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../../ui/states.tsx';
import { actionQuery } from '../action-document.ts';
import { ActionEditorView } from './action-editor-view.tsx';
import { baseOf } from './draft-store.ts';
import { identifierFrom } from './identifier.ts';
import { permissionsQuery } from './permissions.ts';
import { copyOf, newAction } from './starting-points.ts';
import { textOf } from './use-action-editor.ts';

/** A new action, from nothing or as a copy of another. */
export function NewActionPage() {
  const { from } = useSearch({ from: '/app/self-service/new' });
  return (
    <ForEditors>
      {from === undefined ? (
        <ActionEditorView name="new" base={null} start={newAction} stored={undefined} />
      ) : (
        <CopyOf action={from} key={from} />
      )}
    </ForEditors>
  );
}

export function EditActionPage() {
  const { action } = useParams({ from: '/app/self-service/$action/edit' });
  return (
    <ForEditors>
      <Existing action={action} key={action} />
    </ForEditors>
  );
}

function ForEditors({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation('action-editor');
  const editor = useIsAdmin();
  if (editor) return children;
  return (
    <Page title={t('denied.page')} icon={<IconPencilPlus size={20} stroke={1.6} />}>
      <EmptyState icon={IconLock} title={t('denied.title')}>
        {t('denied.help')}
      </EmptyState>
    </Page>
  );
}

function CopyOf({ action }: { readonly action: string }) {
  const { t } = useTranslation('action-editor');
  const { loaded, state } = useLoaded(action);
  if (loaded === undefined) return state;
  const title = t('copyTitle', { title: textOf(loaded.stored.document['title']) || action });
  const original = { document: loaded.stored.document, permissions: loaded.granted.permissions };
  const start = copyOf(original, title, identifierFrom(`${action} copy`));
  return <ActionEditorView name={`copy:${action}`} base={null} start={start} stored={undefined} />;
}

function Existing({ action }: { readonly action: string }) {
  const { loaded, state } = useLoaded(action);
  if (loaded === undefined) return state;
  const { stored, granted } = loaded;
  return (
    <ActionEditorView
      name={action}
      base={baseOf(stored, granted)}
      start={{ document: stored.document, permissions: granted.permissions }}
      stored={stored}
    />
  );
}

/** The definition and who may use it; until both are here, what to show instead. */
function useLoaded(action: string) {
  const { t } = useTranslation('action-editor');
  const stored = useQuery(actionQuery(action));
  const permissions = useQuery(permissionsQuery(action));
  if (stored.data !== undefined && permissions.data !== undefined)
    return { loaded: { stored: stored.data, granted: permissions.data }, state: null };
  const error = stored.error ?? permissions.error;
  const retry = async (): Promise<unknown> => Promise.all([stored.refetch(), permissions.refetch()]);
  const state = (
    <Page title={action} crumbs={[{ label: t('crumb'), to: '/self-service' }]}>
      {error === null ? <RowSkeletons rows={6} height={56} /> : <ErrorState error={error} retry={retry} />}
    </Page>
  );
  return { loaded: undefined, state };
}
