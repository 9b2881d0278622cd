import { sql } from 'kysely';
import type { Caller } from '#platform/commands/command-runner.ts';
import type { Core } from '#platform/core.ts';
import type { Reader } from '#platform/events/reader.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { Chore } from '#platform/module.ts';
import type { EntityParts } from '../apply-changes.ts';
import { resumeBulk } from './run-bulk.ts';

const queue = 'catalog-bulk-changes';
const expireSeconds = 3_600;
const checkSeconds = 30;
/** Without a batch for so long, whoever was at it is gone: a batch takes well below a second. */
const abandonedAfterMs = 60_000;
const keptDays = 30;

interface BulkJob {
  readonly orgId: string;
  readonly id: string;
}

/** What the request that asked for it leaves over is done by a job. */
export const bulkChangeReader: Reader = {
  name: 'catalog-bulk-changes',
  concerns: ({ kind }) => kind === 'bulk-change.created',
  async handle(ctx, events) {
    const jobs = events.map(({ context }) => ({
      data: { orgId: ctx.orgId, id: String(context['bulkChange']) },
      group: ctx.orgId,
    }));
    await ctx.enqueue<BulkJob>(queue, jobs);
  },
};

export function bulkChangeJobs(core: Core, parts: EntityParts): readonly JobHandler[] {
  return [
    jobHandler<BulkJob>({
      queue,
      expireSeconds,
      concurrency: 2,
      groupConcurrency: 1,
      run: async ({ orgId, id }) => {
        const found = await sql<{ caller: Omit<Caller, 'requestId'> }>`
          select caller from bulk_change where org_id = ${orgId} and id = ${id} and ended_at is null`.execute(core.db);
        const [one] = found.rows;
        if (one !== undefined) await resumeBulk(core, parts, { ...one.caller, requestId: null, id });
      },
    }),
  ];
}

/** Those whose process died are taken up by another; what ended long ago is forgotten. */
export function bulkChangeChores(core: Core, parts: EntityParts): readonly Chore[] {
  return [
    {
      name: 'bulk-changes',
      everySeconds: checkSeconds,
      run: async () => {
        const now = core.clock.now();
        const before = new Date(now.getTime() - abandonedAfterMs);
        const claimed = await sql<{ id: string; caller: Omit<Caller, 'requestId'> }>`
          update bulk_change set advanced_at = ${now} where ended_at is null and advanced_at < ${before}
          returning id, caller`.execute(core.db);
        for (const { id, caller } of claimed.rows) await resumeBulk(core, parts, { ...caller, requestId: null, id });
        const old = new Date(now.getTime() - keptDays * 86_400_000);
        await sql`delete from bulk_change where ended_at < ${old}`.execute(core.db);
      },
    },
  ];
}
