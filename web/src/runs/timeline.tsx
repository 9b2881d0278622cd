import {
  IconArrowsExchange,
  IconArrowUpCircle,
  IconBell,
  IconCircleCheck,
  IconCircleX,
  IconClockPause,
  IconCube,
  IconHandClick,
  IconHandStop,
  IconHourglassOff,
  IconPencil,
  IconSend,
  IconTerminal2,
  IconThumbUp,
  type Icon,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Run, TimelineEntry } from '../api/wire.ts';
import { DiffView } from '../ui/diff-view.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import { isOver } from './api.ts';
import classes from './timeline.module.css';

const icons: Readonly<Record<TimelineEntry['kind'], Icon>> = {
  asked: IconHandClick,
  dispatched: IconSend,
  log: IconTerminal2,
  'entity-changed': IconCube,
  updated: IconPencil,
  ended: IconCircleCheck,
  failed: IconCircleX,
  'approval-asked': IconClockPause,
  'approval-voted': IconThumbUp,
  'approval-reminded': IconBell,
  'approval-escalated': IconArrowUpCircle,
  'approval-delegated': IconArrowsExchange,
  'approval-approved': IconCircleCheck,
  'approval-rejected': IconHandStop,
  'approval-expired': IconHourglassOff,
};

type Step = TimelineEntry & { readonly count: number };

/** Neighbouring log lines become one step: the log itself stands beside the timeline. */
export function folded(entries: readonly TimelineEntry[]): readonly Step[] {
  const steps: Step[] = [];
  for (const entry of entries) {
    const last = steps.at(-1);
    if (entry.kind === 'log' && last?.kind === 'log')
      steps[steps.length - 1] = { ...entry, at: last.at, count: last.count + 1 };
    else steps.push({ ...entry, count: 1 });
  }
  return steps;
}

export function Timeline({
  entries,
  status,
}: {
  readonly entries: readonly TimelineEntry[];
  readonly status: Run['status'];
}) {
  const { t } = useTranslation('runs');
  const running = !isOver(status);
  return (
    <ol className={classes['timeline']}>
      {folded(entries).map((step) => (
        <TimelineStep key={`${step.at} ${step.kind} ${step.entity ?? ''}`} step={step} badly={status === 'FAILURE'} />
      ))}
      {running && (
        <li data-kind="running">
          <span className={classes['dot']} aria-hidden />
          <div className={classes['words']}>
            <span className={classes['title']}>{t('timeline.running')}</span>
          </div>
        </li>
      )}
    </ol>
  );
}

/** `badly`: how the run ended, which its last step shows. */
function TimelineStep({ step, badly }: { readonly step: Step; readonly badly: boolean }) {
  const { t } = useTranslation('runs');
  const mark = step.kind === 'ended' && badly ? 'failed' : step.kind;
  const Mark = icons[mark];
  const title =
    step.kind === 'log'
      ? t('timeline.logs', { count: step.count })
      : step.kind === 'entity-changed'
        ? t(`timeline.entity.${step.action ?? 'UPDATE'}`)
        : t(`timeline.${step.kind}`);
  return (
    <li data-kind={mark}>
      <span className={classes['mark']} aria-hidden>
        <Mark size={14} stroke={1.8} />
      </span>
      <div className={classes['words']}>
        <div className={classes['row']}>
          <span className={classes['title']}>
            {title}
            {step.entity !== undefined && step.blueprint !== undefined && (
              <>
                {' '}
                <Link
                  to="/catalog/$blueprint/$identifier"
                  params={{ blueprint: step.blueprint, identifier: step.entity }}
                >
                  {step.entity}
                </Link>
              </>
            )}
          </span>
          <span className={classes['time']}>
            <RelativeTime at={step.at} />
          </span>
        </div>
        {step.by !== undefined && (
          <Who name={step.by.name} machine={step.by.kind !== 'user' && step.by.kind !== 'person'} size={18} />
        )}
        {step.title != null && step.kind !== 'log' && <span className={classes['detail']}>{step.title}</span>}
        {step.message !== undefined && <span className={classes['detail']}>{step.message.split('\n')[0]}</span>}
        {step.diff !== undefined && step.kind !== 'failed' && (
          <DiffView before={step.diff.before} after={step.diff.after} />
        )}
      </div>
    </li>
  );
}
