import { useTranslation } from 'react-i18next';
import { Panel } from '../ui/panel.tsx';
import { humanDuration, useNow } from '../ui/time.tsx';
import { statusLooks } from './execution-badge.tsx';
import classes from './execution-timeline.module.css';
import { spansOf } from './timeline-spans.ts';
import type { Stage } from './wire.ts';

interface ExecutionTimelineProps {
  readonly stages: readonly (Stage & { readonly awaiting: boolean })[];
  readonly selected: string | undefined;
  readonly onSelect: (refId: string) => void;
}

/** When each stage ran and for how long, one under another over the same span of time. */
export function ExecutionTimeline({ stages, selected, onSelect }: ExecutionTimelineProps) {
  const { t, i18n } = useTranslation('pipelines');
  const now = useNow(1_000);
  const spans = spansOf(stages, now.getTime());
  if (spans.length === 0) return null;
  return (
    <Panel title={t('execution.timeline')} flush>
      <ol className={classes['timeline']}>
        {spans.map(({ stage, left, width, milliseconds }) => {
          const look = statusLooks[stage.awaiting ? 'AWAITING' : stage.status];
          return (
            <li key={stage.refId}>
              <button
                type="button"
                className={classes['row']}
                aria-current={stage.refId === selected || undefined}
                onClick={() => onSelect(stage.refId)}
              >
                <span className={classes['name']}>
                  <look.icon size={14} stroke={2} aria-hidden data-tone={look.tone} className={classes['mark']} />
                  <span>{stage.name}</span>
                </span>
                <span className={classes['track']} aria-hidden>
                  <span
                    data-tone={look.tone}
                    data-running={stage.status === 'RUNNING' || undefined}
                    style={{ insetInlineStart: `${left}%`, width: `${width}%` }}
                  />
                </span>
                <span className={classes['took']}>{humanDuration(milliseconds, i18n.language)}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
