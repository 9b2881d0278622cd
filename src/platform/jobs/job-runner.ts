import { type Job, PgBoss } from 'pg-boss';
import type { Pool } from 'pg';
import { CompiledQuery } from 'kysely';
import type { Tx } from '../db/handles.ts';
import type { QueuedJob } from '../events/reader.ts';
import type { Log } from '../log.ts';
import type { JobHandler } from './job.ts';

export interface JobRunnerOptions {
  readonly pool: Pool;
  /** For the one connection that listens for wake-ups. */
  readonly connectionString: string;
  readonly log: Log;
  readonly handlers: readonly JobHandler[];
}

export interface JobRunner {
  /** Installs the queues; required before anything is enqueued. */
  prepare(): Promise<void>;
  /** Begins to work off jobs in this process. */
  start(): Promise<void>;
  enqueue<Data extends object>(tx: Tx, queue: string, jobs: readonly QueuedJob<Data>[]): Promise<void>;
  /** Runs all jobs that are due, in this call; for tests and `settle`. Returns how many ran. */
  drain(): Promise<number>;
  stop(): Promise<void>;
}

const schema = 'job';
const defaultExpireSeconds = 120;
const defaultRetryLimit = 5;
const drainBatch = 50;

export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const boss = new PgBoss({
    connectionString: options.connectionString,
    schema,
    max: 4,
    application_name: 'quayside-jobs',
    useListenNotify: true,
    supervise: true,
    schedule: false,
  });
  boss.on('error', (error) => options.log.error({ event: 'job-queue-error', err: error }));
  const byQueue = new Map(options.handlers.map((handler) => [handler.queue, handler]));
  let started = false;

  return {
    async prepare() {
      await boss.start();
      for (const handler of options.handlers) {
        const settings = queueSettings(handler);
        if ((await boss.getQueue(handler.queue)) === null) await boss.createQueue(handler.queue, settings);
        else await boss.updateQueue(handler.queue, settings);
      }
    },
    async start() {
      started = true;
      for (const handler of options.handlers) {
        await boss.work<object>(
          handler.queue,
          {
            localConcurrency: handler.concurrency ?? 4,
            pollingIntervalSeconds: 1,
            notifyPollingIntervalSeconds: 1,
          },
          async ([job]) => {
            if (job !== undefined) await runOne(options.log, handler, job);
          },
        );
      }
    },
    enqueue: async (tx, queue, jobs) => insertJobs(boss, tx, queue, jobs),
    async drain() {
      let ran = 0;
      for (const [queue, handler] of byQueue) {
        const jobs = await boss.fetch<object>(queue, { batchSize: drainBatch });
        for (const job of jobs) {
          ran += 1;
          await runOne(options.log, handler, job).then(
            async () => boss.complete(queue, job.id),
            async (error: unknown) => boss.fail(queue, job.id, { message: String(error) }),
          );
        }
      }
      return ran;
    },
    async stop() {
      await boss.stop({ graceful: started, timeout: 10_000, close: true });
    },
  };
}

function queueSettings(handler: JobHandler) {
  return {
    notify: true,
    expireInSeconds: handler.expireSeconds ?? defaultExpireSeconds,
    retryLimit: handler.retryLimit ?? defaultRetryLimit,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
    deleteAfterSeconds: 86_400,
  };
}

async function runOne(log: Log, handler: JobHandler, job: Job): Promise<void> {
  const before = performance.now();
  try {
    await handler.run(job.data);
    log.debug({ event: 'job-done', queue: handler.queue, job: job.id, ms: Math.round(performance.now() - before) });
  } catch (error) {
    log.error({ event: 'job-failed', queue: handler.queue, job: job.id, err: error });
    throw error;
  }
}

async function insertJobs(boss: PgBoss, tx: Tx, queue: string, jobs: readonly QueuedJob<object>[]): Promise<void> {
  if (jobs.length === 0) return;
  const rows = jobs.map(({ data, startAfter }) => (startAfter === undefined ? { data } : { data, startAfter }));
  await boss.insert(queue, rows, {
    db: {
      executeSql: async (text, values) => ({
        rows: (await tx.executeQuery(CompiledQuery.raw(text, values ?? []))).rows as never[],
      }),
    },
  });
}
