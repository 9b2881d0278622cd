import { IconRoute } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../ui/states.tsx';
import { humanDuration, RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import { ExecutionBadge, statusLooks } from './execution-badge.tsx';
import classes from './execution-list.module.css';
import type { ExecutionItem, StageItem } from './wire.ts';

interface ExecutionListProps {
  readonly executions: readonly ExecutionItem[];
  /** Names the pipeline too, where executions of several stand together. */
  readonly named?: boolean;
  readonly empty: ReactNode;
  readonly action?: ReactNode;
}

/** Executions, newest first, each with a bar of its stages. */
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
        <li key={execution.id}>
          <Link to="/executions/$id" params={{ id: execution.id }} className={classes['row']}>
            <span className={classes['title']}>
              <strong>{named ? execution.pipeline.name : t('executions.number', { number: execution.number })}</strong>
              {named && <small>{t('executions.number', { number: execution.number })}</small>}
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
        </li>
      ))}
    </ul>
  );
}

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
