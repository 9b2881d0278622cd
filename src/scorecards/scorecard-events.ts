import type { NewEvent } from '#platform/events/event.ts';
import type { ScorecardDocument } from './scorecard.ts';

/** Kinds after which the entities of the blueprint are scored anew. */
export const scorecardEventKinds: ReadonlySet<string> = new Set([
  'scorecard.created',
  'scorecard.updated',
  'scorecard.deleted',
]);

/** Kinds after which one entity is scored anew. */
export const exemptionEventKinds: ReadonlySet<string> = new Set([
  'exemption.approved',
  'exemption.revoked',
  'exemption.expired',
]);

export function scorecardEvent(change: {
  readonly before: ScorecardDocument | null;
  readonly after: ScorecardDocument | null;
}): NewEvent {
  const { before, after } = change;
  const scorecard = after ?? before;
  if (scorecard === null) throw new Error('An event needs a scorecard');
  const { blueprint, identifier } = scorecard;
  const [verb, action] =
    before === null
      ? (['created', 'CREATE'] as const)
      : after === null
        ? (['deleted', 'DELETE'] as const)
        : (['updated', 'UPDATE'] as const);
  return {
    kind: `scorecard.${verb}`,
    resource: 'scorecard',
    action,
    subject: `scorecard:${blueprint}/${identifier}`,
    context: { blueprint, scorecard: identifier },
    before: before === null ? null : { ...before },
    after: after === null ? null : { ...after },
  };
}
