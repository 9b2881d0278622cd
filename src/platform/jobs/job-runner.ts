import { type Job, type JobInsert, PgBoss } from 'pg-boss';
import { CompiledQuery } from 'kysely';
import type { Tx } from '../db/handles.ts';
import type { QueuedJob } from '../events/reader.ts';
import type { Log } from '../log.ts';
import type { JobHandler } from './job.ts';

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
  start(): Promise<void>;
  enqueue<Data extends object>(tx: Tx, queue: string, jobs: readonly QueuedJob<Data>[]): Promise<void>;
  /** Enqueues outside a transaction: for a job that asks for its own next run. */
  enqueueNow<Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]): Promise<void>;
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

  async function runOne(handler: JobHandler, job: Job): Promise<void> {
    const before = performance.now();
    let outcome: 'done' | 'failed' = 'failed';
    try {
      await handler.run(job.data);
      outcome = 'done';
    } catch (error) {
      options.log.error({ event: 'job-failed', queue: handler.queue, job: job.id, err: error });
      throw error;
    } finally {
      const milliseconds = performance.now() - before;
      options.observe?.(handler.queue, outcome, milliseconds / 1000);
      options.log.debug({ event: 'job', queue: handler.queue, job: job.id, outcome, ms: Math.round(milliseconds) });
    }
  }

  return {
    async prepare() {
      await boss.start();
      for (const handler of options.handlers) {
        const settings = {
          notify: true,
          expireInSeconds: handler.expireSeconds ?? defaultExpireSeconds,
          retryLimit: handler.retryLimit ?? defaultRetryLimit,
          retryDelay: 1,
          retryBackoff: true,
          retryDelayMax: 60,
          deleteAfterSeconds: 86_400,
        };
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
            if (job !== undefined) await runOne(handler, job);
          },
        );
      }
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
      if (jobs.length > 0) await boss.insert(queue, jobs.map(toInsert));
    },
    async drain() {
      let ran = 0;
      for (const [queue, handler] of byQueue) {
        const jobs = await boss.fetch<object>(queue, { batchSize: drainBatch });
        for (const job of jobs) {
          ran += 1;
          await runOne(handler, job).then(
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

function toInsert<Data extends object>(job: QueuedJob<Data>): JobInsert<Data> {
  return job.startAfter === undefined ? { data: job.data } : { data: job.data, startAfter: job.startAfter };
}
