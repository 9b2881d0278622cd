import type { Reader } from '#platform/events/reader.ts';
import { recomputeQueue } from './jobs.ts';
import { scorecardEventKinds } from './scorecard-events.ts';

/** After a change of scorecards the entities of their blueprint are scored anew, once for all changes of a batch. */
export const scoringReader: Reader = {
  name: 'scorecards',
  concerns: (event) => scorecardEventKinds.has(event.kind),
  async handle(ctx, events) {
    const blueprints = new Set(events.map((event) => event.context.blueprint));
    const jobs = [...blueprints]
      .filter((blueprint) => blueprint !== undefined)
      .map((blueprint) => ({ data: { orgId: ctx.orgId, blueprint } }));
    await ctx.enqueue(recomputeQueue, jobs);
  },
};
