import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import { hasLiveJob } from '#platform/jobs/live-jobs.ts';
import type { Db } from '#platform/db/handles.ts';
import type { Chore } from '#platform/module.ts';
import type { DispatchOutcome } from './backend.ts';
import { dispatchGroup, dispatchQueue, type FollowJob, followQueue, type RunJob, type RunJobParts } from './jobs.ts';
import { recordDispatch } from './record-dispatch.ts';

const lookEverySeconds = 60;
/** Readers and the queue have had their turn by then. */
const patienceMs = 60_000;

const lostCall: DispatchOutcome = {
  outcome: 'unknown',
  log: [
    'Calling the backend failed again and again inside Quayside. It may have been called; it is not called again. ' +
      'The background work that was given up tells why.',
  ],
};

/** No run stays open because the job that was to call its backend is gone. */
export function strandedRunsChore({ core, enqueueNow }: RunJobParts): Chore {
  return {
    name: 'stranded-runs',
    everySeconds: lookEverySeconds,
    async run() {
      const before = new Date(core.clock.now().getTime() - patienceMs);
      const live = hasLiveJob(dispatchQueue, { orgId: sql`run.org_id`, runId: sql`run.id` });
      const found = await sql<RunJob & { readonly action: string; readonly wasCalling: boolean }>`
        select org_id as "orgId", id as "runId", action, dispatch_state = 'calling' as "wasCalling" from run
        where ended_at is null and status = 'IN_PROGRESS' and dispatch_state in ('waiting', 'calling')
          and coalesce(dispatch_started_at, created_at) < ${before} and not ${live}
        order by created_at limit 1000`.execute(core.db);
      const waiting = found.rows.filter((row) => !row.wasCalling);
      await enqueueNow<RunJob>(
        dispatchQueue,
        waiting.map(({ orgId, runId, action }) => ({ data: { orgId, runId }, group: dispatchGroup(orgId, action) })),
      );
      await enqueueNow<FollowJob>(
        followQueue,
        (await unfollowedRuns(core.db, before)).map((data) => ({ data })),
      );
      for (const { orgId, runId } of found.rows.filter((row) => row.wasCalling)) {
        const caller = { actor: systemActor(orgId, 'runs'), origin: 'SYSTEM', requestId: null } as const;
        await core.runner.execute(caller, recordDispatch, { id: runId, outcome: lostCall });
      }
    },
  };
}

/** Runs whose work at the other side is to be followed, while nobody is going to look. */
async function unfollowedRuns(db: Db, before: Date): Promise<readonly FollowJob[]> {
  const live = hasLiveJob(followQueue, { orgId: sql`run.org_id`, runId: sql`run.id` });
  const found = await sql<FollowJob>`
    select org_id as "orgId", id as "runId", 0 as "askedTimes" from run
    where ended_at is null and dispatch_state in ('called', 'unknown') and backend ? 'followed'
      and not backend ? 'over' and dispatch_started_at < ${before} and not ${live}
    order by created_at limit 1000`.execute(db);
  return found.rows;
}
