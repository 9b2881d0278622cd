import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import type { Approval } from './api.ts';
import { ApprovalBadge } from './approval-badge.tsx';
import classes from './approval-row.module.css';
import { quorumWords } from './quorum-words.ts';

/** ↑ and ↓ walk from row to row; Enter opens, as on any button. */
function walk(event: KeyboardEvent<HTMLButtonElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const rows = [...(event.currentTarget.closest('ul')?.querySelectorAll('button') ?? [])];
  const next = rows[rows.indexOf(event.currentTarget) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

interface ApprovalRowProps {
  readonly approval: Approval;
  readonly selected: boolean;
  readonly onOpen: (id: string) => void;
}

export function ApprovalRow({ approval, selected, onOpen }: ApprovalRowProps) {
  const { t } = useTranslation('approvals');
  const { decision, timeout } = approval;
  return (
    <li className={classes['row']} data-selected={selected || undefined}>
      <span className={classes['badge']}>
        <ApprovalBadge state={approval.state} />
      </span>
      <div className={classes['words']}>
        <button
          type="button"
          className={classes['title']}
          aria-expanded={selected}
          aria-label={t('select', { title: approval.title })}
          onClick={() => onOpen(approval.id)}
          onKeyDown={walk}
        >
          {approval.title}
        </button>
        <span className={classes['kind']}>
          {t(`kind.${approval.subject.kind}`)}
          {approval.state === 'open' && timeout !== null && (
            <>
              {' · '}
              {t('until')} <RelativeTime at={timeout.at} />
            </>
          )}
          {quorumWords(approval, t).map((words) => ` · ${words}`)}
          {decision !== null && decision.comment !== null && ` · ${decision.comment}`}
        </span>
      </div>
      <Who name={decision?.byName ?? approval.requestedBy.name} />
      <span className={classes['when']}>
        <RelativeTime at={approval.closedAt ?? approval.requestedAt} />
      </span>
    </li>
  );
}
