import { sql } from 'kysely';
import { hasLiveJob } from '#platform/jobs/live-jobs.ts';
import type { Chore } from '#platform/module.ts';
import { type CallJob, type CallParts, callQueue } from './call-jobs.ts';
import { messageQueue } from './notify-jobs.ts';
import type { StageKey } from './report-stage.ts';

const strandedSeconds = 60;

/** No stage waits for a call or a message whose job is gone: pg-boss gives a job up after many failures. */
export function strandedCallsChore({ core, enqueueNow }: Pick<CallParts, 'core' | 'enqueueNow'>): Chore {
  return {
    name: 'stranded-pipeline-calls',
    everySeconds: strandedSeconds,
    async run() {
      const before = new Date(core.clock.now().getTime() - strandedSeconds * 1000);
      for (const [waitsFor, queue] of [
        ['call', callQueue],
        ['message', messageQueue],
      ] as const) {
        const live = hasLiveJob(queue, { stageId: sql`stage.id` });
        const found = await sql<StageKey & { readonly monitored: boolean }>`
          select stage.org_id as "orgId", stage.execution as "executionId", stage.id as "stageId", stage.attempt,
                 coalesce((stage.wait ->> 'turn')::int, 0) as turn,
                 stage.context -> 'webhook' ? 'statusEndpoint' as monitored
          from stage join execution on execution.org_id = stage.org_id and execution.id = stage.execution
          where stage.wait ->> 'for' = ${waitsFor} and stage.wait is not null and stage.status = 'RUNNING'
            and execution.updated_at < ${before} and not ${live}
          order by stage.started_at limit 500`.execute(core.db);
        await enqueueNow(
          queue,
          found.rows.map(({ monitored, ...key }) => ({
            data: waitsFor === 'call' ? { ...key, phase: monitored ? 'monitor' : 'create' } : key,
          })),
        );
      }
      const withdrawn = await sql<Omit<CallJob, 'phase'>>`
        select org_id as "orgId", execution as "executionId", stage as "stageId", attempt from withdrawn_call
        where withdrawn_at < ${before} and not ${hasLiveJob(callQueue, { stageId: sql`withdrawn_call.stage` })}
        order by withdrawn_at limit 500`.execute(core.db);
      await enqueueNow<CallJob>(
        callQueue,
        withdrawn.rows.map((key) => ({ data: { ...key, phase: 'cancel' } })),
      );
    },
  };
}
