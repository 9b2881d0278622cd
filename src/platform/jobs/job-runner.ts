import { type JobInsert, type JobWithMetadata, PgBoss } from 'pg-boss';
import { CompiledQuery } from 'kysely';
import type { Tx } from '../db/handles.ts';
import type { QueuedJob } from '../events/reader.ts';
import type { Log } from '../log.ts';
import { deadQueue } from './dead-jobs.ts';
import type { JobHandler } from './job.ts';
import { createLane, type Lane } from './queue-lane.ts';
import { watchQueues } from './watch-queues.ts';

export interface JobRunnerOptions {
  readonly connectionString: string;
  readonly log: Log;
  readonly handlers: readonly JobHandler[];
  readonly observe?: (queue: string, outcome: 'done' | 'failed', seconds: number) => void;
}

export interface JobRunner {
  /** Installs the queues; required before anything is enqueued. */
  prepare(): Promise<void>;
  /** Begins to work off jobs in this process. */
  start(): void;
  enqueue<Data extends object>(tx: Tx, queue: string, jobs: readonly QueuedJob<Data>[]): Promise<void>;
  /** Enqueues outside a transaction: for a job that asks for its own next run. */
  enqueueNow<Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]): Promise<void>;
  /** Says that jobs of these queues were committed; this process looks at once, others at their next look. */
  wake(queues: Iterable<string>): void;
  /** Runs all jobs that are due, in this call; for tests and `settle`. Returns how many ran. */
  drain(): Promise<number>;
  /** Claims nothing more and waits for what runs. */
  stop(): Promise<void>;
}

type Job = Pick<JobWithMetadata, 'id' | 'data' | 'retryCount' | 'groupId'>;

const schema = 'job';
const defaults = { expireSeconds: 120, retryLimit: 5, concurrency: 4 };
const drainBatch = 50;
/** Between looks for jobs of other processes and for those whose time has come. */
const pollMs = 500;
/** Whatever else happens, a queue is looked at this often. */
const lanePollMs = 30_000;
const stopTimeoutMs = 10_000;
/** A process says this often that it still works on its jobs; after three missed times they count as lost. */
const heartbeatMs = 5_000;
const heartbeatSeconds = 15;
const superviseSeconds = 10;

export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const { log } = options;
  const boss = createBoss(options.connectionString);
  const failed = (error: unknown): void => log.error({ event: 'job-queue-error', err: error });
  boss.on('error', failed);
  const lanes = new Map<string, Lane<Job>>();
  let heartbeat: NodeJS.Timeout | undefined;
  const watch = watchQueues({
    queues: options.handlers.map(({ queue }) => queue),
    everyMs: pollMs,
    query: async (text, values) => boss.getDb().executeSql(text, values),
    onDue: wake,
    onError: failed,
  });

  async function runOne(handler: JobHandler, job: Job): Promise<void> {
    const before = performance.now();
    let outcome: 'done' | 'failed' = 'failed';
    try {
      await handler.run(job.data);
      outcome = 'done';
    } catch (error) {
      log.error({ event: 'job-failed', queue: handler.queue, job: job.id, err: error });
      throw error;
    } finally {
      const ms = performance.now() - before;
      options.observe?.(handler.queue, outcome, ms / 1000);
      log.debug({ event: 'job', queue: handler.queue, job: job.id, outcome, ms: Math.round(ms) });
    }
  }

  function laneOf(handler: JobHandler): Lane<Job> {
    const { queue, concurrency = defaults.concurrency } = handler;
    return createLane<Job>({
      concurrency,
      groupConcurrency: handler.groupConcurrency ?? concurrency,
      pollMs: lanePollMs,
      fetch: async (count, withoutGroups) =>
        boss.fetch<object>(queue, {
          batchSize: count,
          ...(withoutGroups.length === 0 ? {} : { ignoreGroups: [...withoutGroups] }),
        }) as Promise<Job[]>,
      run: async (job) => runOne(handler, job),
      complete: async (jobs) => void (await boss.complete(queue, [...jobs])),
      fail: async (job, error) => void (await boss.fail(queue, [job], { message: messageOf(error) })),
      giveBack: async (jobs) => void (await boss.fail(queue, [...jobs], { message: 'Not begun before a shutdown.' })),
      onError: failed,
    });
  }

  function wake(queues: Iterable<string>): void {
    for (const queue of queues) lanes.get(queue)?.wake();
  }

  async function keepAlive(): Promise<void> {
    for (const [queue, lane] of lanes) {
      const held = lane.held();
      if (held.length > 0) await boss.touch(queue, [...held]);
    }
  }

  return {
    async prepare() {
      await boss.start();
      await install(boss, options.handlers);
    },
    start() {
      for (const handler of options.handlers) lanes.set(handler.queue, laneOf(handler));
      for (const lane of lanes.values()) lane.start();
      watch.start();
      heartbeat = setInterval(() => void keepAlive().catch(failed), heartbeatMs);
    },
    async enqueue(tx, queue, jobs) {
      if (jobs.length === 0) return;
      await boss.insert(queue, jobs.map(toInsert), {
        db: {
          executeSql: async (text, values) => ({
            rows: (await tx.executeQuery(CompiledQuery.raw(text, values ?? []))).rows as never[],
          }),
        },
      });
    },
    async enqueueNow(queue, jobs) {
      if (jobs.length === 0) return;
      await boss.insert(queue, jobs.map(toInsert));
      lanes.get(queue)?.wake();
    },
    wake,
    async drain() {
      let ran = 0;
      for (const handler of options.handlers) {
        const jobs = (await boss.fetch<object>(handler.queue, { batchSize: drainBatch })) as Job[];
        for (const job of jobs) {
          ran += 1;
          await runOne(handler, job).then(
            async () => boss.complete(handler.queue, [job]),
            async (error: unknown) => boss.fail(handler.queue, [job], { message: messageOf(error) }),
          );
        }
      }
      return ran;
    },
    async stop() {
      await watch.stop();
      await Promise.all([...lanes.values()].map(async (lane) => lane.stop(stopTimeoutMs)));
      clearInterval(heartbeat);
      await boss.stop({ graceful: false, close: true });
    },
  };
}

function createBoss(connectionString: string): PgBoss {
  return new PgBoss({
    connectionString,
    schema,
    max: 4,
    application_name: 'quayside-jobs',
    // Who enqueues usually works, too, and wakes itself (`wake`); notifications cost every other commit.
    useListenNotify: false,
    supervise: true,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    schedule: false,
  });
}

async function install(boss: PgBoss, handlers: readonly JobHandler[]): Promise<void> {
  const known = new Set((await boss.getQueues()).map((queue) => queue.name));
  const monthSeconds = 30 * 86_400;
  if (!known.has(deadQueue)) await boss.createQueue(deadQueue, { retentionSeconds: monthSeconds });
  for (const handler of handlers) {
    const settings = {
      notify: false,
      expireInSeconds: handler.expireSeconds ?? defaults.expireSeconds,
      heartbeatSeconds,
      retryLimit: handler.retryLimit ?? defaults.retryLimit,
      retryDelay: 1,
      retryBackoff: true,
      retryDelayMax: 60,
      deadLetter: deadQueue,
      // Done is done: the log tells what happened. At 200 jobs a second an hour of them would be 700,000 rows.
      deleteAfterSeconds: 60,
    };
    if (known.has(handler.queue)) await boss.updateQueue(handler.queue, settings);
    else await boss.createQueue(handler.queue, settings);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toInsert<Data extends object>(job: QueuedJob<Data>): JobInsert<Data> {
  return {
    data: job.data,
    ...(job.startAfter === undefined ? {} : { startAfter: job.startAfter }),
    ...(job.group === undefined ? {} : { group: { id: job.group } }),
  };
}
