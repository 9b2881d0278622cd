import { IconRoute } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../ui/states.tsx';
import { humanDuration, RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import { ExecutionBadge, statusLooks } from './execution-badge.tsx';
import classes from './execution-list.module.css';
import { JudgmentPopover } from './judgment-popover.tsx';
import type { ExecutionItem, StageItem } from './wire.ts';

interface ExecutionListProps {
  readonly executions: readonly ExecutionItem[];
  /** Names the pipeline too, where executions of several stand together. */
  readonly named?: boolean;
  readonly empty: ReactNode;
  readonly action?: ReactNode;
}

/** Executions, newest first, each with a bar of its stages; a judgment that waits can be given in its place. */
export function ExecutionList({ executions, named = false, empty, action }: ExecutionListProps) {
  const { t } = useTranslation('pipelines');
  if (executions.length === 0) {
    return (
      <EmptyState icon={IconRoute} title={t('executions.empty')} action={action}>
        {empty}
      </EmptyState>
    );
  }
  return (
    <ul className={classes['list']}>
      {executions.map((execution) => (
        <ExecutionRow key={execution.id} execution={execution} named={named} />
      ))}
    </ul>
  );
}

function ExecutionRow({ execution, named }: { readonly execution: ExecutionItem; readonly named: boolean }) {
  const { t } = useTranslation('pipelines');
  const awaiting = execution.awaitingJudgment && execution.status === 'RUNNING';
  const pinned = (execution.pinned ?? []).filter((name) => shownValue(execution.parameters[name]) !== '');
  return (
    <li className={classes['item']}>
      <Link to="/executions/$id" params={{ id: execution.id }} className={classes['row']}>
        <span className={classes['title']}>
          <strong>{named ? execution.pipeline.name : t('executions.number', { number: execution.number })}</strong>
          {named && <small>{t('executions.number', { number: execution.number })}</small>}
          {pinned.map((name) => (
            <span key={name} className={classes['pinned']}>
              {name} <code>{shownValue(execution.parameters[name])}</code>
            </span>
          ))}
        </span>
        <span className={classes['status']}>
          <ExecutionBadge execution={execution} size="sm" />
        </span>
        <StageBar stages={execution.stages} awaiting={execution.awaitingJudgment} />
        <span className={classes['who']}>
          <Who name={execution.startedBy} />
        </span>
        <Took execution={execution} />
        <span className={classes['when']}>
          <RelativeTime at={execution.createdAt} />
        </span>
      </Link>
      {awaiting && (
        <span className={classes['judge']}>
          <JudgmentPopover execution={execution} />
        </span>
      )}
    </li>
  );
}

const shownValue = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

function Took({ execution: { startedAt, endedAt } }: { readonly execution: ExecutionItem }) {
  const { t, i18n } = useTranslation('pipelines');
  const took = startedAt === null || endedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt);
  return (
    <span className={classes['took']} title={t('executions.duration')}>
      {took === null ? '' : humanDuration(took, i18n.language)}
    </span>
  );
}

/** How far the stages are, at a glance; told in words to those who do not see it. */
function StageBar({ stages, awaiting }: { readonly stages: readonly StageItem[]; readonly awaiting: boolean }) {
  const { t } = useTranslation('pipelines');
  const shownAs = ({ type, status }: StageItem) =>
    awaiting && type === 'manualJudgment' && status === 'RUNNING' ? 'AWAITING' : status;
  const done = stages.filter(({ status }) => status !== 'NOT_STARTED' && status !== 'RUNNING').length;
  return (
    <span className={classes['bar']} role="img" aria-label={t('executions.progress', { done, all: stages.length })}>
      {stages.map((stage) => (
        <span key={stage.refId} title={stage.name} data-tone={statusLooks[shownAs(stage)].tone} />
      ))}
    </span>
  );
}
