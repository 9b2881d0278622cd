import { TextInput } from '@mantine/core';
import { IconAnchor, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Action, Run } from '../api/wire.ts';
import { blueprintsQuery } from '../catalog/api.ts';
import { runsQuery } from '../runs/api.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { ActionCard } from './action-card.tsx';
import { actionsQuery } from './api.ts';
import { ExecuteDialog } from './execute-dialog.tsx';
import classes from './self-service-page.module.css';

const RECENT = 200;

const found = (action: Action, query: string): boolean =>
  `${action.title ?? ''} ${action.identifier} ${action.description ?? ''}`.toLowerCase().includes(query.toLowerCase());

/** Actions by the blueprint they belong to, in the order of first appearance. */
function grouped(actions: readonly Action[]): readonly (readonly [string, readonly Action[]])[] {
  const groups = new Map<string, Action[]>();
  for (const action of actions) {
    const key = action.trigger.blueprintIdentifier ?? '';
    groups.set(key, [...(groups.get(key) ?? []), action]);
  }
  return [...groups];
}

export function SelfServicePage() {
  const { t } = useTranslation('actions');
  const search = useSearch({ from: '/app/self-service' });
  const navigate = useNavigate({ from: '/self-service' });
  const actions = useQuery(actionsQuery);
  const { data: runs = [] } = useQuery(runsQuery({ limit: RECENT }));
  const query = search.q ?? '';
  const chosen = actions.data?.find((action) => action.identifier === search.action);
  const set = (next: Partial<typeof search>): void =>
    void navigate({ search: { ...search, ...next } as typeof search, replace: true });

  return (
    <Page title={t('page.title')} lead={t('page.lead')} icon={<IconAnchor size={20} stroke={1.6} />}>
      <TextInput
        className={classes['search'] ?? ''}
        size="md"
        leftSection={<IconSearch size={18} stroke={1.6} />}
        placeholder={t('page.search')}
        aria-label={t('page.search')}
        value={query}
        onChange={(event) => set({ q: event.currentTarget.value })}
      />
      {actions.isPending && <RowSkeletons rows={3} height={132} />}
      {actions.isError && <ErrorState error={actions.error} retry={actions.refetch} />}
      {actions.isSuccess && (
        <Groups
          actions={actions.data.filter((action) => found(action, query))}
          runs={runs}
          query={query}
          onExecute={(action) => set({ action: action.identifier })}
        />
      )}
      {chosen !== undefined && (
        <ExecuteDialog
          key={chosen.identifier}
          action={chosen}
          entity={search.entity}
          onClose={() => void navigate({ search: query === '' ? {} : { q: query }, replace: true })}
        />
      )}
    </Page>
  );
}

interface GroupsProps {
  readonly actions: readonly Action[];
  readonly runs: readonly Run[];
  readonly query: string;
  readonly onExecute: (action: Action) => void;
}

function Groups({ actions, runs, query, onExecute }: GroupsProps) {
  const { t } = useTranslation('actions');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  if (actions.length === 0) {
    return query === '' ? (
      <EmptyState icon={IconAnchor} title={t('page.empty')}>
        {t('page.emptyHelp')}
      </EmptyState>
    ) : (
      <EmptyState icon={IconSearch} title={t('page.noneFound', { query })}>
        {t('page.noneFoundHelp')}
      </EmptyState>
    );
  }
  return grouped(actions).map(([key, members]) => {
    const blueprint = blueprints.find((one) => one.identifier === key);
    return (
      <section key={key} className={classes['group']}>
        <h2>
          <NamedIcon name={blueprint?.icon} size={16} />
          {blueprint?.title ?? (key === '' ? t('page.general') : key)}
          <span>{members.length}</span>
        </h2>
        <div className={classes['cards']}>
          {members.map((action) => (
            <ActionCard
              key={action.identifier}
              action={action}
              last={runs.find((run) => run.action.identifier === action.identifier)}
              onExecute={() => onExecute(action)}
            />
          ))}
        </div>
      </section>
    );
  });
}
