import type { LoggedEvent } from '#platform/events/event.ts';
import type { Reader } from '#platform/events/reader.ts';
import { dispatchGroup, dispatchQueue, firstFollowMs, type FollowJob, followQueue, type RunJob } from './jobs.ts';

/** A run that began, or was approved, has its backend called; a backend that was called is followed. */
export const dispatchReader: Reader = {
  name: 'runs.dispatch',
  concerns: (event) => begins(event) || isToBeFollowed(event),
  handle: async (ctx, events) => {
    await ctx.enqueue<RunJob>(
      dispatchQueue,
      events.filter(begins).map((event) => ({
        data: runJob(event),
        group: dispatchGroup(event.orgId, String(event.context.action)),
      })),
    );
    const startAfter = new Date(ctx.now.getTime() + firstFollowMs);
    await ctx.enqueue<FollowJob>(
      followQueue,
      events.filter(isToBeFollowed).map((event) => ({ data: { ...runJob(event), askedTimes: 0 }, startAfter })),
    );
  },
};

function runJob(event: LoggedEvent): RunJob {
  return { orgId: event.orgId, runId: String(event.context.run) };
}

/** A run that waits for approval begins when it has it. */
function begins(event: LoggedEvent): boolean {
  if (event.kind === 'run.created') return event.after?.['status'] === 'IN_PROGRESS';
  return (
    event.kind === 'run.updated' &&
    event.before?.['status'] === 'WAITING_FOR_APPROVAL' &&
    event.after?.['status'] === 'IN_PROGRESS'
  );
}

/** Most backends report by themselves; those that are asked left a state to ask with. */
function isToBeFollowed(event: LoggedEvent): boolean {
  return (
    event.kind === 'run.updated' &&
    event.before?.['dispatchState'] === 'calling' &&
    (event.after?.['dispatchState'] === 'called' || event.after?.['dispatchState'] === 'unknown') &&
    event.after['followed'] === true
  );
}
