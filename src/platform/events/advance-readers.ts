import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Db, Tx } from '../db/handles.ts';
import type { LoggedEvent } from './event.ts';
import { eventsAfter } from './read-events.ts';
import type { QueuedJob, Reader } from './reader.ts';

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
    cross join unnest(${[...byName.keys()]}::text[]) as reader(name)
    left join reader_cursor on reader_cursor.org_id = counter.org_id and reader_cursor.reader = reader.name
    where counter.last > coalesce(reader_cursor.number, 0)`.execute(db);
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
    const published = events.filter((event) => event.status === 'SUCCESS');
    const passing: string[] = [];
    for (const reader of readers) {
      try {
        const concerned = published.filter((event) => reader.concerns?.(event) ?? true);
        if (concerned.length === 0) passing.push(reader.name);
        else if (await handleBatch(options, reader, { orgId, position, last }, concerned)) moved = true;
      } catch (error) {
        onFailure(reader.name, orgId, error);
      }
    }
    if (passing.length === 0) continue;
    moved = true;
    await sql`
      update reader_cursor set number = ${last}, advanced_at = ${options.clock.now()}
      where org_id = ${orgId} and reader = any(${passing}::text[]) and number = ${position}`.execute(options.db);
  }
  return moved;
}

/** False when another process has taken the batch meanwhile. */
async function handleBatch(
  options: AdvanceOptions,
  reader: Reader,
  step: { readonly orgId: string; readonly position: number; readonly last: number },
  events: readonly LoggedEvent[],
): Promise<boolean> {
  const queues = new Set<string>();
  const now = options.clock.now();
  const taken = await options.db.transaction().execute(async (tx) => {
    // Moved first: the row stays locked to the commit, so nobody else can hand out the same batch.
    const cursor = await sql`
      update reader_cursor set number = ${step.last}, advanced_at = ${now}
      where org_id = ${step.orgId} and reader = ${reader.name} and number = ${step.position} returning 1`.execute(tx);
    if (cursor.rows.length === 0) return false;
    await reader.handle(
      {
        db: tx,
        orgId: step.orgId,
        now,
        async enqueue(queue, jobs) {
          if (jobs.length > 0) queues.add(queue);
          await options.enqueue(tx, queue, jobs);
        },
      },
      events,
    );
    return true;
  });
  if (taken && queues.size > 0) options.onEnqueued?.(queues);
  return taken;
}
