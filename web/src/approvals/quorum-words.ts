import type { TFunction } from 'i18next';
import type { Approval, ApprovalDetail } from './api.ts';

export interface QuorumLine {
  /** Empty where there is one. */
  readonly group: string;
  readonly approved: number;
  readonly needed: number;
  /** Whose approval is missing; none where any of many will do. */
  readonly waiting: readonly string[];
}

/** How far a decision is that takes several people, and who has still to approve. Empty where one is enough. */
export function quorumLines({ quorum, progress, mayStillDecide }: ApprovalDetail): readonly QuorumLine[] {
  if (quorum === 'any') return [];
  return progress.map(({ group, approved, needed }) => {
    const asked = mayStillDecide.filter(({ groups }) => group === '' || groups.includes(group));
    const isNamed = quorum === 'all' || group !== '';
    return { group, approved, needed, waiting: isNamed && approved < needed ? asked.map(({ name }) => name) : [] };
  });
}

/** The same in a row of a list. */
export const quorumWords = ({ state, quorum, progress }: Approval, t: TFunction<'approvals'>): readonly string[] =>
  state !== 'open' || quorum === 'any'
    ? []
    : progress.map(({ group, approved, needed }) =>
        group === '' ? t('who.progress', { approved, needed }) : t('who.group', { group, approved, needed }),
      );
