import { sql } from 'kysely';
import type { Db } from '../db/handles.ts';
import type { Log } from '../log.ts';
import { createWakeablePause } from '../wakeable-pause.ts';
import {
  advanceOrganisation,
  type AdvanceOptions,
  cursorKey,
  type FailureHandler,
  findBehind,
  type OrganisationCursors,
} from './advance-readers.ts';
import type { Reader } from './reader.ts';

export interface ReaderRunnerOptions extends AdvanceOptions {
  readonly log: Log;
  readonly readers: readonly Reader[];
  /** Milliseconds between looks at the counters when nobody in this process has written. */
  readonly pollMs?: number;
}

export interface ReaderRunner {
  start(): void;
  /** Says that there are new events; readers of this process run at once. */
  wake(): void;
  /** Runs every reader to the end of the log; throws what a reader threw. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

const defaultPollMs = 100;
const failureDelayMs = 1_000;
/** Few, so that readers catching up leave connections to the requests of this process. */
const organisationsAtOnce = 3;

/** Moves every reader through the log. Several processes may run it: whoever moves a cursor first has the batch. */
export function createReaderRunner(options: ReaderRunnerOptions): ReaderRunner {
  const failures = createFailures();
  const pause = createWakeablePause();
  let stopped = true;
  let running: Promise<void> = Promise.resolve();

  async function round(onFailure: FailureHandler, isWaiting: (key: string) => boolean): Promise<boolean> {
    const behind = await findBehind(options.db, options.readers, isWaiting);
    let moved = false;
    await eachLimited(behind, organisationsAtOnce, async (cursors) => {
      if (await advanceOrganisation(options, cursors, onFailure)) moved = true;
    });
    return moved;
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      let pauseMs = options.pollMs ?? defaultPollMs;
      // Before looking: what is written from here on either is seen or ends the pause.
      pause.reset();
      try {
        if (await round(failures.note(options.log), failures.isWaiting)) continue;
      } catch (error) {
        options.log.error({ event: 'readers-failed', err: error });
        pauseMs = failureDelayMs;
        pause.reset();
      }
      if (!stopped) await pause.wait(pauseMs);
    }
  }

  return {
    start() {
      if (!stopped) return;
      stopped = false;
      running = loop();
    },
    wake: pause.wake,
    async drain() {
      const rethrow: FailureHandler = (_reader, _orgId, error) => {
        throw error;
      };
      while (await round(rethrow, () => false));
    },
    async stop() {
      stopped = true;
      pause.wake();
      await running;
    },
  };
}

/** One reader of one organisation that fails waits alone, ever longer; everybody else goes on. */
function createFailures() {
  const longestWaitMs = 30_000;
  const waits = new Map<string, { times: number; until: number }>();
  return {
    isWaiting: (key: string): boolean => (waits.get(key)?.until ?? 0) > performance.now(),
    note(log: Log): FailureHandler {
      return (reader, orgId, error) => {
        const key = cursorKey(orgId, reader);
        const times = (waits.get(key)?.times ?? 0) + 1;
        waits.set(key, { times, until: performance.now() + Math.min(longestWaitMs, 2 ** times * 250) });
        log.error({ event: 'reader-failed', reader, org: orgId, times, err: error });
      };
    },
  };
}

async function eachLimited(
  items: readonly OrganisationCursors[],
  limit: number,
  work: (item: OrganisationCursors) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

export interface ReaderLag {
  readonly reader: string;
  readonly events: number;
}

/** How many events each reader has still to see, over all organisations; shown in health and metrics. */
export async function readerLag(db: Db, readers: readonly Reader[]): Promise<readonly ReaderLag[]> {
  const names = readers.map((reader) => reader.name);
  if (names.length === 0) return [];
  const result = await sql<ReaderLag>`
    select reader.name as reader, coalesce(sum(counter.last - coalesce(reader_cursor.number, 0)), 0)::int as events
    from unnest(${names}::text[]) as reader(name)
    cross join event_counter counter
    left join reader_cursor on reader_cursor.org_id = counter.org_id and reader_cursor.reader = reader.name
    group by reader.name order by reader.name`.execute(db);
  return result.rows;
}
