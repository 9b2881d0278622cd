import type { ApprovalDetail } from './api.ts';

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
