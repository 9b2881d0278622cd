import { renamedBlueprintOf } from '#catalog/rename/rename-in-documents.ts';
import type { Reader } from '#platform/events/reader.ts';
import type { LoggedEvent } from '#platform/events/event.ts';
import { type RecomputeJob, recomputeQueue } from './jobs.ts';
import { exemptionEventKinds, scorecardEventKinds } from './scorecard-events.ts';

/** After a change of scorecards the entities of their blueprint are scored anew, once for all changes of a batch. */
export const scoringReader: Reader = {
  name: 'scorecards',
  concerns: (event) => changesScores(event) || exemptionEventKinds.has(event.kind),
  async handle(ctx, events) {
    const scorecards = events.filter(changesScores);
    const blueprints = new Set(scorecards.map((event) => event.context.blueprint));
    const jobs = [...blueprints]
      .filter((blueprint) => blueprint !== undefined)
      .map((blueprint) => ({ data: { orgId: ctx.orgId, blueprint } }));
    await ctx.enqueue(recomputeQueue, [...jobs, ...exemptionJobs(ctx.orgId, events)]);
  },
};

/** Of a renamed blueprint, changes on their way here said the old name. */
function changesScores(event: LoggedEvent): boolean {
  return scorecardEventKinds.has(event.kind) || renamedBlueprintOf(event) !== null;
}

function exemptionJobs(orgId: string, events: readonly LoggedEvent[]): readonly { readonly data: RecomputeJob }[] {
  return events.flatMap(({ kind, context: { blueprint, entity } }) =>
    exemptionEventKinds.has(kind) && blueprint !== undefined && entity !== undefined
      ? [{ data: { orgId, blueprint, entities: [entity] } }]
      : [],
  );
}
