import { createBatcher } from '../batcher.ts';
import { createWakeablePause } from '../wakeable-pause.ts';
import { createJobGroups, type GroupedJob } from './job-groups.ts';

export interface LaneOptions<Job extends GroupedJob> {
  readonly concurrency: number;
  readonly groupConcurrency: number;
  /** Milliseconds between looks at the queue when nobody wakes the lane. */
  readonly pollMs: number;
  /** Claims up to `count` due jobs, none of the named groups. */
  readonly fetch: (count: number, withoutGroups: readonly string[]) => Promise<readonly Job[]>;
  /** Rejects when the job is to be tried again. */
  readonly run: (job: Job) => Promise<void>;
  readonly complete: (jobs: readonly Job[]) => Promise<void>;
  readonly fail: (job: Job, error: unknown) => Promise<void>;
  /** Takes claimed jobs back that were never begun. */
  readonly giveBack: (jobs: readonly Job[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

export interface Lane<Job extends GroupedJob> {
  start(): void;
  wake(): void;
  /** Claimed and not settled yet: what must be kept from counting as lost. */
  held(): readonly Job[];
  /** Claims nothing more; resolves when what runs has ended and been recorded, or after the timeout. */
  stop(timeoutMs: number): Promise<void>;
}

/**
 * Works off one queue: one look fetches as many jobs as there is room for, and whatever ended meanwhile is recorded in
 * one statement. Jobs of a group that is full wait here; the queue is not asked for more of that group.
 */
export function createLane<Job extends GroupedJob>(options: LaneOptions<Job>): Lane<Job> {
  const groups = createJobGroups<Job>(options.groupConcurrency);
  const record = createRecorder(options.complete);
  const running = new Map<Job, Promise<void>>();
  const pause = createWakeablePause();
  let stopped = true;
  /** The last look left jobs in the queue for want of room. */
  let crowded = false;
  let looping: Promise<void> = Promise.resolve();

  function begin(job: Job): void {
    const settled = settle(options, record, job)
      .catch(options.onError)
      .finally(() => {
        running.delete(job);
        const next = groups.leave(job);
        if (next !== undefined) begin(next);
        if (crowded) pause.wake();
      });
    running.set(job, settled);
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      pause.reset();
      try {
        const room = options.concurrency - running.size;
        const full = groups.full();
        crowded = room <= 0 || full.length > 0;
        const jobs = room > 0 ? await options.fetch(room, full) : [];
        for (const job of jobs) if (groups.enter(job)) begin(job);
        if (jobs.length > 0) continue;
      } catch (error) {
        options.onError(error);
        pause.reset();
      }
      if (!stopped) await pause.wait(options.pollMs);
    }
  }

  return {
    start() {
      stopped = false;
      looping = loop();
    },
    wake: pause.wake,
    held: () => [...running.keys(), ...groups.waiting()],
    async stop(timeoutMs) {
      stopped = true;
      pause.wake();
      await looping;
      const unbegun = groups.takeWaiting();
      if (unbegun.length > 0) await options.giveBack(unbegun).catch(options.onError);
      await within(timeoutMs, Promise.all(running.values()));
    },
  };
}

async function settle<Job extends GroupedJob>(
  options: LaneOptions<Job>,
  record: (job: Job) => Promise<undefined>,
  job: Job,
): Promise<void> {
  try {
    await options.run(job);
  } catch (error) {
    return options.fail(job, error);
  }
  await record(job);
}

/** All that end while one recording is under way are recorded together by the next. */
function createRecorder<Job>(complete: (jobs: readonly Job[]) => Promise<void>): (job: Job) => Promise<undefined> {
  return createBatcher(async (jobs) => {
    await complete(jobs);
    return [];
  });
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}
