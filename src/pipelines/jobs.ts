import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { Chore } from '#platform/module.ts';
import { admitExecutions } from './admit-executions.ts';
import { advanceExecution, type EngineParts, type ExecutionKey } from './advance-execution.ts';
import { type CatalogJob, fireAfterExecution, fireForChange, type FireParts } from './fire-triggers.ts';
import { type AdmitJob, admitQueue, advanceQueue, sweepSeconds, timerReachMs } from './reactions.ts';
import { afterQueue, catalogQueue } from './trigger-reactions.ts';

export type PipelineJobParts = EngineParts & FireParts;

/** An overloaded machine is no reason to leave an execution where it is; the sweep comes again, too. */
const retryLimit = 20;

export function pipelineJobs(parts: PipelineJobParts): readonly JobHandler[] {
  return [
    jobHandler<ExecutionKey>({
      queue: advanceQueue,
      concurrency: 32,
      retryLimit,
      run: async (key) => void (await advanceExecution(parts, key)),
    }),
    jobHandler<AdmitJob>({
      queue: admitQueue,
      concurrency: 2,
      retryLimit,
      run: async (job) => admit(parts, job),
    }),
    jobHandler<ExecutionKey>({ queue: afterQueue, concurrency: 2, run: async (key) => fireAfterExecution(parts, key) }),
    jobHandler<CatalogJob>({ queue: catalogQueue, concurrency: 4, run: async (job) => fireForChange(parts, job) }),
  ];
}

async function admit({ core, kinds }: EngineParts, { orgId, pipelineId }: AdmitJob): Promise<void> {
  const caller = { actor: systemActor(orgId, 'pipelines'), origin: 'SYSTEM', requestId: null } as const;
  const command = admitExecutions(kinds);
  while (await core.runner.execute(caller, command, { pipeline: pipelineId }));
}

const batch = 500;
/** Of those whose time has come, names alone: many, since the last ones of a page have nobody beside them. */
const dueBatch = 2_000;
/** As many are planned at once: one that is slow holds up few others, and some are read while others are written. */
const lanes = 200;
/** Readers and the queue have had their turn by then. */
const patienceMs = 60_000;
/** Whoever started an execution and goes on with it has done so by then. */
const startPatienceMs = 5_000;

/**
 * Has executions whose time has come go on, whatever became of their jobs, and those that nobody looked at for long.
 * After a start it is the first to do so.
 */
export function sweepChore(parts: PipelineJobParts): Chore {
  const { core, enqueueNow } = parts;
  let isFirst = true;
  return {
    name: 'pipeline-sweep',
    everySeconds: sweepSeconds,
    atStart: true,
    async run() {
      const now = core.clock.now();
      const patient = new Date(now.getTime() - patienceMs);
      // What somebody started and left when this process, or another, ended.
      const left = new Date(now.getTime() - (isFirst ? 0 : startPatienceMs));
      isFirst = false;
      await advanceDue(parts, now);
      await enqueueNow<ExecutionKey>(advanceQueue, await comingTimers(core, now));
      // Running, and no stage of it waits for anything: a job was lost.
      const stuck = await sql<ExecutionKey>`
        select execution.org_id as "orgId", execution.id as "executionId" from execution
        where ended_at is null and status = 'RUNNING'
          and (updated_at < ${patient} or (version = 1 and updated_at < ${left}))
          and not exists (select from stage where stage.org_id = execution.org_id
            and stage.execution = execution.id and stage.status = 'RUNNING' and stage.wait is not null)
        order by updated_at limit ${batch}`.execute(core.db);
      const waiting = await sql<AdmitJob>`
        select distinct waiting.org_id as "orgId", waiting.pipeline as "pipelineId" from execution waiting
        where waiting.ended_at is null and waiting.status = 'NOT_STARTED' and waiting.updated_at < ${patient}
          and not exists (select from execution open where open.org_id = waiting.org_id
            and open.pipeline = waiting.pipeline and open.ended_at is null and open.status in ('RUNNING', 'PAUSED'))
        limit ${batch}`.execute(core.db);
      await enqueueNow<ExecutionKey>(
        advanceQueue,
        stuck.rows.map((data) => ({ data })),
      );
      await enqueueNow<AdmitJob>(
        admitQueue,
        waiting.rows.map((data) => ({ data })),
      );
    },
  };
}

type DueExecution = ExecutionKey & { readonly dueAt: Date };

/** Each once; those that fail are left for the next sweep. */
async function advanceDue(parts: PipelineJobParts, now: Date): Promise<void> {
  const { db, log } = parts.core;
  let last: DueExecution | undefined;
  for (;;) {
    const after = last === undefined ? sql`` : sql`and (due_at, id) > (${last.dueAt}, ${last.executionId})`;
    const due = await sql<DueExecution>`
      select org_id as "orgId", id as "executionId", due_at as "dueAt" from execution
      where due_at is not null and due_at <= ${now} ${after} order by due_at, id limit ${dueBatch}`.execute(db);
    last = due.rows.at(-1);
    if (last === undefined) return;
    const left = due.rows.values();
    const lane = async (): Promise<void> => {
      for (const { orgId, executionId } of left) {
        await advanceExecution(parts, { orgId, executionId }).catch((error: unknown) =>
          log.warn({ event: 'execution-not-advanced', execution: executionId, err: error }),
        );
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }
}

/** Whose time comes before the next sweep, unless the reader of its last change set a timer already. */
async function comingTimers({ db }: Core, now: Date): Promise<readonly QueuedJob<ExecutionKey>[]> {
  const next = new Date(now.getTime() + sweepSeconds * 1000);
  const coming = await sql<DueExecution>`
    select org_id as "orgId", id as "executionId", due_at as "dueAt" from execution
    where due_at > ${now} and due_at <= ${next} and due_at > updated_at + make_interval(secs => ${timerReachMs / 1000})
    order by due_at`.execute(db);
  return coming.rows.map(({ dueAt, ...data }) => ({ data, startAfter: dueAt }));
}
