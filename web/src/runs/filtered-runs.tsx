import { Select, Switch } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { actionsQuery } from '../actions/api.ts';
import { sessionQuery } from '../api/session.ts';
import type { RunStatus } from '../api/wire.ts';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { type RunFilter, runsQuery } from './api.ts';
import classes from './filtered-runs.module.css';
import { RunList } from './run-list.tsx';

export interface RunChoice {
  readonly action?: string;
  readonly status?: string;
  readonly mine?: boolean;
}

interface FilteredRunsProps {
  /** What is shown whatever is chosen. */
  readonly within?: RunFilter;
  readonly choice: RunChoice;
  readonly choose: (change: RunChoice) => void;
}

const statuses: readonly RunStatus[] = ['IN_PROGRESS', 'WAITING_FOR_APPROVAL', 'SUCCESS', 'FAILURE', 'DECLINED'];

const everything: RunFilter = {};

/** Runs, newest first, by action, status and person. */
export function FilteredRuns({ within = everything, choice, choose }: FilteredRunsProps) {
  const { t } = useTranslation(['run-tools', 'runs']);
  const { data: actions = [] } = useQuery(actionsQuery);
  const { data: session } = useQuery(sessionQuery);
  const { action, status, mine } = choice;
  const person = mine === true ? session?.person.id : undefined;
  const runs = useQuery(
    runsQuery({
      limit: 200,
      ...within,
      ...(action === undefined ? {} : { action }),
      ...(status === undefined ? {} : { status }),
      ...(person === undefined ? {} : { user_id: person }),
    }),
  );
  const isFiltered = action !== undefined || status !== undefined || mine === true;
  return (
    <div className={classes['part']}>
      <div className={classes['bar']}>
        <Select
          aria-label={t('filter.action')}
          placeholder={t('filter.action')}
          clearable
          searchable
          clearButtonProps={{ 'aria-label': t('filter.clear') }}
          data={actions.map((one) => ({ value: one.identifier, label: one.title ?? one.identifier }))}
          value={action ?? null}
          onChange={(next) => choose({ action: next ?? '' })}
        />
        <Select
          aria-label={t('filter.status')}
          placeholder={t('filter.status')}
          clearable
          clearButtonProps={{ 'aria-label': t('filter.clear') }}
          data={statuses.map((value) => ({ value, label: t(`status.${value}`, { ns: 'runs' }) }))}
          value={status ?? null}
          onChange={(next) => choose({ status: next ?? '' })}
        />
        <Switch
          label={t('filter.mine')}
          checked={mine === true}
          onChange={(event) => choose({ mine: event.currentTarget.checked })}
        />
      </div>
      {runs.isPending && <RowSkeletons rows={6} height={48} />}
      {runs.isError && <ErrorState error={runs.error} retry={runs.refetch} />}
      {runs.isSuccess && (
        <Panel flush>
          {isFiltered && runs.data.length === 0 ? (
            <EmptyState icon={IconFilterOff} title={t('filter.none')}>
              {t('filter.noneHelp')}
            </EmptyState>
          ) : (
            <RunList runs={runs.data} />
          )}
        </Panel>
      )}
    </div>
  );
}
