import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Db, Tx } from '../db/handles.ts';
import type { Log } from '../log.ts';
import { eventsAfter } from './read-events.ts';
import type { QueuedJob, Reader } from './reader.ts';

export interface ReaderRunnerOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly readers: readonly Reader[];
  readonly enqueue: <Data extends object>(tx: Tx, queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
  /** Milliseconds between looks at the counters when nobody in this process has written. */
  readonly pollMs?: number;
}

export interface ReaderRunner {
  start(): void;
  /** Says that an organisation has new events; readers of this process run at once. */
  wake(orgId: string): void;
  /** Runs every reader to the end of the log. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** Small enough that a batch with its jobs stays well below the 200 ms a transaction may last. */
const batchSize = 200;
const defaultPollMs = 100;
const failureDelayMs = 1_000;

interface Behind {
  readonly org_id: string;
  readonly reader: string;
}

/** Moves every reader through the log. Several processes may run it: a cursor is locked by whoever advances it. */
export function createReaderRunner(options: ReaderRunnerOptions): ReaderRunner {
  const byName = new Map(options.readers.map((reader) => [reader.name, reader]));
  const names = [...byName.keys()];
  let stopped = true;
  let running: Promise<void> = Promise.resolve();
  let rouse: () => void = () => undefined;

  async function advanceAll(): Promise<boolean> {
    const behind = await findBehind(options.db, names);
    const moved = await Promise.all(
      behind.map(async ({ org_id, reader }) => {
        const found = byName.get(reader);
        return found === undefined ? false : advanceReader(options, found, org_id);
      }),
    );
    return moved.some(Boolean);
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      let pause = options.pollMs ?? defaultPollMs;
      try {
        if (await advanceAll()) pause = 0;
      } catch (error) {
        options.log.error({ event: 'reader-failed', err: error });
        pause = failureDelayMs;
      }
      if (pause > 0 && !stopped) await sleepUnlessRoused(pause, (wakeUp) => (rouse = wakeUp));
    }
  }

  return {
    start() {
      stopped = false;
      running = loop();
    },
    wake: () => rouse(),
    async drain() {
      while (await advanceAll());
    },
    async stop() {
      stopped = true;
      rouse();
      await running;
    },
  };
}

async function sleepUnlessRoused(milliseconds: number, offer: (wakeUp: () => void) => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    offer(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function findBehind(db: Db, names: readonly string[]): Promise<readonly Behind[]> {
  if (names.length === 0) return [];
  const result = await sql<Behind>`
    select counter.org_id, reader.name as reader
    from event_counter counter
    cross join unnest(${names}::text[]) as reader(name)
    left join reader_cursor on reader_cursor.org_id = counter.org_id and reader_cursor.reader = reader.name
    where counter.last > coalesce(reader_cursor.number, 0)`.execute(db);
  return result.rows;
}

/** One batch of one reader for one organisation; false when another process holds the cursor or nothing is new. */
async function advanceReader(options: ReaderRunnerOptions, reader: Reader, orgId: string): Promise<boolean> {
  return options.db.transaction().execute(async (tx) => {
    await sql`insert into reader_cursor (org_id, reader, number) values (${orgId}, ${reader.name}, 0)
      on conflict do nothing`.execute(tx);
    const cursor = await sql<{ number: number }>`
      select number from reader_cursor where org_id = ${orgId} and reader = ${reader.name}
      for update skip locked`.execute(tx);
    const position = cursor.rows[0]?.number;
    if (position === undefined) return false;
    const events = await eventsAfter(tx, orgId, position, batchSize);
    const last = events.at(-1);
    if (last === undefined) return false;
    const published = events.filter((event) => event.status === 'SUCCESS');
    if (published.length > 0) {
      await reader.handle(
        { db: tx, orgId, now: options.clock.now(), enqueue: async (queue, jobs) => options.enqueue(tx, queue, jobs) },
        published,
      );
    }
    await sql`update reader_cursor set number = ${last.number}, advanced_at = ${options.clock.now()}
      where org_id = ${orgId} and reader = ${reader.name}`.execute(tx);
    return true;
  });
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
    group by reader.name`.execute(db);
  return result.rows;
}
