import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Db, Tx } from '../db/handles.ts';
import { prepared } from '../db/prepared.ts';
import type { LoggedEvent } from './event.ts';
import { eventsAfter } from './read-events.ts';
import type { QueuedJob, Reader, ReaderContext } from './reader.ts';

export interface AdvanceOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly enqueue: <Data extends object>(tx: Tx, queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
  /** Called after the commit of a batch that enqueued jobs, with the names of their queues. */
  readonly onEnqueued?: (queues: ReadonlySet<string>) => void;
}

export type FailureHandler = (reader: string, orgId: string, error: unknown) => void;

export function cursorKey(orgId: string, reader: string): string {
  return `${orgId} ${reader}`;
}

/** Small enough that a batch with its jobs stays well below the 200 ms a transaction may last. */
const batchSize = 200;

/** An organisation with readers that have not seen all of its events, by how far they are. */
export interface OrganisationCursors {
  readonly orgId: string;
  readonly readersAt: ReadonlyMap<number, readonly Reader[]>;
}

export async function findBehind(
  db: Db,
  readers: readonly Reader[],
  isWaiting: (key: string) => boolean,
): Promise<readonly OrganisationCursors[]> {
  if (readers.length === 0) return [];
  const byName = new Map(readers.map((reader) => [reader.name, reader]));
  const found = await sql<{ org_id: string; reader: string; number: number | null }>`
    select counter.org_id, reader.name as reader, reader_cursor.number
    from event_counter counter
    cross join unnest(${[...byName.keys()]}::text[]) with ordinality as reader(name, place)
    left join reader_cursor on reader_cursor.org_id = counter.org_id and reader_cursor.reader = reader.name
    where counter.last > coalesce(reader_cursor.number, 0)
    order by reader.place`.execute(db);
  const organisations = new Map<string, Map<number, Reader[]>>();
  for (const { org_id, reader, number } of found.rows) {
    const known = byName.get(reader);
    if (known === undefined || isWaiting(cursorKey(org_id, reader))) continue;
    const readersAt = organisations.get(org_id) ?? new Map<number, Reader[]>();
    organisations.set(org_id, readersAt);
    readersAt.set(number ?? 0, [...(readersAt.get(number ?? 0) ?? []), known]);
  }
  await makeCursors(
    db,
    found.rows.filter((row) => row.number === null),
  );
  return [...organisations].map(([orgId, readersAt]) => ({ orgId, readersAt }));
}

async function makeCursors(db: Db, missing: readonly { org_id: string; reader: string }[]): Promise<void> {
  if (missing.length === 0) return;
  await sql`
    insert into reader_cursor (org_id, reader, number)
    select org_id, reader, 0 from jsonb_to_recordset(${JSON.stringify(missing)}::jsonb) as row(org_id text, reader text)
    on conflict do nothing`.execute(db);
}

interface Step {
  readonly orgId: string;
  readonly position: number;
  readonly last: number;
  /** What was not refused. */
  readonly published: readonly LoggedEvent[];
}

/** One batch for each reader of an organisation; events are read once for all readers at the same place. */
export async function advanceOrganisation(
  options: AdvanceOptions,
  { orgId, readersAt }: OrganisationCursors,
  onFailure: FailureHandler,
): Promise<boolean> {
  let moved = false;
  for (const [position, readers] of readersAt) {
    const events = await eventsAfter(options.db, orgId, position, batchSize);
    const last = events.at(-1)?.number;
    if (last === undefined) continue;
    const step = { orgId, position, last, published: events.filter((event) => event.status === 'SUCCESS') };
    if (await advanceFrom(options, readers, step, onFailure)) moved = true;
  }
  return moved;
}

/**
 * Readers at the same place share one transaction, which is most of what a small batch costs. Where one of them fails,
 * each has its own, so that it fails alone; those that take long always do.
 */
async function advanceFrom(
  options: AdvanceOptions,
  readers: readonly Reader[],
  step: Step,
  onFailure: FailureHandler,
): Promise<boolean> {
  let moved = false;
  const each = async (some: readonly Reader[]): Promise<void> => {
    for (const reader of some) {
      try {
        if (await handleBatch(options, [reader], step)) moved = true;
      } catch (error) {
        onFailure(reader.name, step.orgId, error);
      }
    }
  };
  const together = readers.filter(({ takesLong }) => takesLong !== true);
  if (together.length > 1) {
    await handleBatch(options, together, step).then(
      (taken) => (moved = taken),
      async () => each(together),
    );
  } else {
    await each(together);
  }
  await each(readers.filter(({ takesLong }) => takesLong === true));
  return moved;
}

/** False when other processes have taken the batch of all of them meanwhile. */
async function handleBatch(options: AdvanceOptions, readers: readonly Reader[], step: Step): Promise<boolean> {
  const queues = new Set<string>();
  const now = options.clock.now();
  const work = readers.map((reader) => ({
    reader,
    events: step.published.filter((event) => reader.concerns?.(event) ?? true),
  }));
  const move = async (db: Db | Tx): Promise<ReadonlySet<string>> => moveCursors(db, readers, step, now);
  // Passing by costs no transaction.
  if (work.every(({ events }) => events.length === 0)) return (await move(options.db)).size > 0;
  const taken = await options.db.transaction().execute(async (tx) => {
    // Moved first: the rows stay locked to the commit, so nobody else can hand out the same batch.
    const mine = await move(tx);
    for (const { reader, events } of work) {
      if (events.length === 0 || !mine.has(reader.name)) continue;
      await reader.handle(contextOf(options, tx, { orgId: step.orgId, now, queues }), events);
    }
    return mine.size > 0;
  });
  if (taken && queues.size > 0) options.onEnqueued?.(queues);
  return taken;
}

function contextOf(
  { enqueue }: AdvanceOptions,
  db: Tx,
  { orgId, now, queues }: { readonly orgId: string; readonly now: Date; readonly queues: Set<string> },
): ReaderContext {
  return {
    db,
    orgId,
    now,
    async enqueue(queue, jobs) {
      if (jobs.length === 0) return;
      queues.add(queue);
      await enqueue(db, queue, jobs);
    },
  };
}

/** Answers whose cursors were moved: those of the others are moved, or being moved, by another process. */
async function moveCursors(
  db: Db | Tx,
  readers: readonly Reader[],
  { orgId, position, last }: Step,
  now: Date,
): Promise<ReadonlySet<string>> {
  const found = await sql<{ reader: string }>`${prepared}
    with mine as (
      select reader from reader_cursor
      where org_id = ${orgId} and reader = any(${readers.map(({ name }) => name)}::text[]) and number = ${position}
      order by reader for update skip locked
    )
    update reader_cursor set number = ${last}, advanced_at = ${now} from mine
    where reader_cursor.org_id = ${orgId} and reader_cursor.reader = mine.reader
    returning reader_cursor.reader`.execute(db);
  return new Set(found.rows.map(({ reader }) => reader));
}
