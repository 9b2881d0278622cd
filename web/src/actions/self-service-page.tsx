import { Button } from '@mantine/core';
import { IconAnchor, IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Action, Run } from '../api/wire.ts';
import { blueprintsQuery } from '../catalog/api.ts';
import { runsQuery } from '../runs/api.ts';
import { useIsAdmin } from '../access/use-is-admin.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { ActionCard } from './action-card.tsx';
import { everyActionQuery, offeredActionsQuery } from './api.ts';
import { ExecuteDialog } from './execute-dialog.tsx';
import { readFormLink, readLinkTarget } from './form-link.ts';
import { FilterRow } from './filter-row.tsx';
import { NotOffered } from './not-offered.tsx';
import { GENERAL, grouped, narrowed } from './hub-filters.ts';
import classes from './self-service-page.module.css';

const RECENT = 200;

export function SelfServicePage() {
  const { t } = useTranslation('actions');
  const search = useSearch({ from: '/app/self-service' });
  const navigate = useNavigate({ from: '/self-service' });
  const editor = useIsAdmin();
  const offered = useQuery(offeredActionsQuery());
  const every = useQuery({ ...everyActionQuery, enabled: editor });
  // Whoever manages actions finds all of them, everybody else what they may execute.
  const actions = editor ? every : offered;
  const chosen = offered.data?.find((action) => action.identifier === search.action);
  const closed = { action: undefined, entity: undefined, inputs: undefined };
  const set = (next: { readonly [key in keyof typeof search]?: string | undefined }): void =>
    void navigate({ search: { ...search, ...next } as typeof search, replace: true });

  return (
    <Page
      title={t('page.title')}
      lead={t('page.lead')}
      icon={<IconAnchor size={20} stroke={1.6} />}
      {...(editor ? { actions: <NewActionButton /> } : {})}
    >
      {actions.isPending && <RowSkeletons rows={3} height={132} />}
      {actions.isError && <ErrorState error={actions.error} retry={actions.refetch} />}
      {actions.isSuccess && (
        <>
          {actions.data.length > 0 && <FilterRow actions={actions.data} filters={search} onChange={set} />}
          {search.action !== undefined && offered.isSuccess && chosen === undefined && (
            <NotOffered action={search.action} entity={search.entity} onClose={() => set(closed)} />
          )}
          <Groups
            all={actions.data}
            shown={narrowed(actions.data, search)}
            query={search.q ?? ''}
            editor={editor}
            offered={offered.data}
            onExecute={(action) => set({ action: action.identifier })}
          />
        </>
      )}
      {chosen !== undefined && (
        <ExecuteDialog
          key={chosen.identifier}
          action={chosen}
          entity={search.entity ?? readLinkTarget(search.inputs)}
          values={readFormLink(search.inputs, chosen.trigger.userInputs)}
          onClose={() => set(closed)}
        />
      )}
    </Page>
  );
}

function NewActionButton() {
  const { t } = useTranslation('self-service');
  return (
    <Button
      leftSection={<IconPlus size={16} />}
      renderRoot={(props) => <Link {...props} to="/self-service/new" search={{}} />}
    >
      {t('new')}
    </Button>
  );
}

interface GroupsProps {
  readonly all: readonly Action[];
  readonly shown: readonly Action[];
  readonly query: string;
  readonly editor: boolean;
  /** What the reader may execute; not known yet when undefined. */
  readonly offered: readonly Action[] | undefined;
  readonly onExecute: (action: Action) => void;
}

function Groups({ all, shown, query, editor, offered, onExecute }: GroupsProps) {
  const { t } = useTranslation(['actions', 'self-service']);
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { data: runs = [] } = useQuery(runsQuery({ limit: RECENT }));
  if (all.length === 0) {
    return (
      <EmptyState icon={IconAnchor} title={t('page.empty')} {...(editor ? { action: <NewActionButton /> } : {})}>
        {t(editor ? 'emptyEditor' : 'emptyReader', { ns: 'self-service' })}
      </EmptyState>
    );
  }
  if (shown.length === 0) {
    return (
      <EmptyState
        icon={IconSearch}
        title={query === '' ? t('noneHere', { ns: 'self-service' }) : t('page.noneFound', { query })}
      >
        {t('page.noneFoundHelp')}
      </EmptyState>
    );
  }
  return grouped(shown).map(([group, members]) => {
    const blueprint = blueprints.find((one) => one.identifier === group);
    return (
      <section key={group} className={classes['group']}>
        <h2>
          <NamedIcon name={blueprint?.icon} size={16} />
          {blueprint?.title ?? (group === GENERAL ? t('page.general') : group)}
          <span>{members.length}</span>
        </h2>
        <div className={classes['cards']}>
          {members.map((action) => (
            <ActionCard
              key={action.identifier}
              action={action}
              last={lastRun(runs, action)}
              editor={editor}
              offered={offered?.some(({ identifier }) => identifier === action.identifier) ?? true}
              onExecute={() => onExecute(action)}
            />
          ))}
        </div>
      </section>
    );
  });
}

const lastRun = (runs: readonly Run[], action: Action): Run | undefined =>
  runs.find((run) => run.action.identifier === action.identifier);
