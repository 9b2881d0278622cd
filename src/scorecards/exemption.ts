import type { Approvers } from '#approvals/approval.ts';

export type ExemptionStatus = 'PENDING' | 'ACTIVE' | 'REJECTED' | 'EXPIRED' | 'REVOKED';

/** A rule that does not count for an entity until a date. */
export interface Exemption {
  readonly id: string;
  readonly blueprint: string;
  readonly entity: string;
  readonly scorecard: string;
  readonly rule: string;
  readonly status: ExemptionStatus;
  readonly until: Date;
  readonly reason: string;
  readonly requestedAt: Date;
  readonly requestedBy: string;
  readonly requestedByName: string;
  readonly decidedAt: Date | null;
  readonly decidedByName: string | null;
}

/** What a rule's result says of the exemption it was passed by. */
export interface ExemptionMark {
  readonly id: string;
  readonly until: string;
  readonly approvedBy: string | null;
}

/** Active ones by scorecard, rule and entity. */
export type ExemptionMarks = ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, ExemptionMark>>>>;

/** Who decides unless a scorecard says otherwise. */
export const usualApprovers: Approvers = { users: [], roles: ['Admin'], teams: [] };

/** Those that count at an instant; of two about the same, the one that ends later. */
export function marksOf(exemptions: readonly Exemption[], now: Date): ExemptionMarks {
  const marks = new Map<string, Map<string, Record<string, ExemptionMark>>>();
  for (const each of exemptions.toSorted((left, right) => left.until.getTime() - right.until.getTime())) {
    if (each.status !== 'ACTIVE' || each.until <= now) continue;
    const rules = marks.get(each.scorecard) ?? new Map<string, Record<string, ExemptionMark>>();
    marks.set(each.scorecard, rules);
    const entities = rules.get(each.rule) ?? {};
    rules.set(each.rule, entities);
    entities[each.entity] = { id: each.id, until: each.until.toISOString(), approvedBy: each.decidedByName };
  }
  return marks;
}
