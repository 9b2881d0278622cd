import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import type { Db } from '#platform/db/handles.ts';
import { migrate } from '#platform/db/migrate.ts';
import { openDatabase } from '#platform/db/open-database.ts';
import { startEmbeddedPostgres } from '#platform/postgres/start-embedded-postgres.ts';
import { addOrganisation, testRunner, wholeLog, write } from '#testing/event-log.ts';
import { uniqueName } from '#testing/start-app.ts';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';
import { maintainEventPartitions } from './event-partitions.ts';
import type { Reader } from './reader.ts';
import { createReaderRunner } from './reader-runner.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.database.kysely;
});
afterAll(async () => database.drop());

async function partitions(): Promise<string[]> {
  const found = await sql<{ name: string }>`
    select child.relname as name from pg_inherits join pg_class child on child.oid = inhrelid
    where inhparent = 'event'::regclass order by 1`.execute(db);
  return found.rows.map((row) => row.name);
}

async function insertAt(orgId: string, number: number, at: string): Promise<void> {
  await sql`
    insert into event (org_id, number, id, at, kind, resource, action, subject, context, changed, actor, origin, status)
    values (${orgId}, ${number}, ${`event_${number}`}, ${at}, 'k', 'r', 'CREATE', 's', '{}', '[]', '{}', 'API', 'SUCCESS')`.execute(
    db,
  );
}

describe('the log', () => {
  test('refuses to be changed, row by row or whole', async () => {
    const orgId = uniqueName('org');
    await addOrganisation(db, orgId);
    await write(testRunner(db), orgId, 'thing:1');
    await expect(sql`update event set message = 'x' where org_id = ${orgId}`.execute(db)).rejects.toThrow(
      'append-only',
    );
    await expect(sql`delete from event where org_id = ${orgId}`.execute(db)).rejects.toThrow('append-only');
    await expect(sql`truncate event`.execute(db)).rejects.toThrow('append-only');
    expect(await wholeLog(db, orgId)).toHaveLength(1);
  });

  test('has a partition for this month and the next two, made once, by however many processes', async () => {
    const now = new Date('2031-11-15T12:00:00Z');
    await Promise.all([1, 2, 3].map(async () => maintainEventPartitions(db, now, 365)));
    expect(await partitions()).toEqual(['event_2031_11', 'event_2031_12', 'event_2032_01', 'event_default']);
    await insertAt('org', 1, '2031-12-31T23:59:59.999Z');
    await insertAt('org', 2, '2032-01-01T00:00:00.000Z');
    const found = await sql<{ place: string }>`
      select tableoid::regclass::text as place from event where org_id = 'org' order by number`.execute(db);
    expect(found.rows.map((row) => row.place)).toEqual(['event_2031_12', 'event_2032_01']);
  });

  test('drops a month whole once all of it is older than the retention, not a day sooner', async () => {
    await maintainEventPartitions(db, new Date('2031-11-15T12:00:00Z'), 365);
    await maintainEventPartitions(db, new Date('2032-01-30T23:59:59Z'), 31);
    expect(await partitions()).toContain('event_2031_12');
    await maintainEventPartitions(db, new Date('2032-02-01T00:00:00Z'), 31);
    expect(await partitions()).not.toContain('event_2031_12');
    expect(await partitions()).toContain('event_2032_01');
  });

  test('keeps working when events of a month came before its partition', async () => {
    await insertAt('org', 3, '2033-05-05T00:00:00Z');
    await maintainEventPartitions(db, new Date('2033-05-06T00:00:00Z'), 3650);
    expect(await partitions()).toContain('event_2033_06');
    await insertAt('org', 4, '2033-05-07T00:00:00Z');
    expect((await wholeLog(db, 'org')).map((event) => event.number)).toEqual(expect.arrayContaining([3, 4]));
  });
});

test('a dump restored into a fresh cluster goes on where it stood: no event is handled again, none is passed by', async () => {
  const orgId = uniqueName('org');
  await addOrganisation(db, orgId);
  for (const subject of ['thing:1', 'thing:2', 'thing:3']) await write(testRunner(db), orgId, subject);
  const name = uniqueName('reader');
  const before = await numbersSeen(db, name, orgId);
  await write(testRunner(db), orgId, 'thing:4');
  const restored = await startFreshCluster();
  try {
    await copyInto(restored, ['organisation', 'event_counter', 'event', 'reader_cursor']);
    const copy = restored.db;
    await write(testRunner(copy), orgId, 'thing:5');
    expect(before).toEqual([1, 2, 3]);
    expect(await numbersSeen(copy, name, orgId)).toEqual([4, 5]);
    expect((await wholeLog(copy, orgId)).map((event) => event.subject)).toEqual(
      [1, 2, 3, 4, 5].map((number) => `thing:${number}`),
    );
  } finally {
    await restored.remove();
  }
});

async function numbersSeen(on: Db, name: string, orgId: string): Promise<number[]> {
  const seen: number[] = [];
  const reader: Reader = {
    name,
    handle: async (ctx, events) => void (ctx.orgId === orgId && seen.push(...events.map((event) => event.number))),
  };
  const options = { db: on, clock: systemClock, log: pino({ level: 'silent' }), readers: [reader] };
  await createReaderRunner({ ...options, enqueue: async () => undefined }).drain();
  return seen;
}

interface FreshCluster {
  readonly connectionString: string;
  readonly db: Db;
  remove(): Promise<void>;
}

/** Another PostgreSQL server, with transaction ids and sequences of its own, migrated and empty. */
async function startFreshCluster(): Promise<FreshCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'quayside-restored-'));
  await chmod(folder, 0o711);
  const server = await startEmbeddedPostgres({ dataDirectory: folder, log: () => undefined, durable: false });
  const { connectionString } = server;
  const opened = openDatabase({ connectionString, applicationName: 'quayside test' });
  await migrate(opened.pool, fileURLToPath(new URL('../../../migrations', import.meta.url)), () => undefined);
  return {
    connectionString,
    db: opened.kysely,
    async remove() {
      await opened.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A logical copy as pg_dump and psql make one, into a cluster that has seen no transaction of ours. */
async function copyInto(target: FreshCluster, tables: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: target.connectionString });
  await client.connect();
  for (const table of tables) {
    const rows = await sql<{ row: string }>`select row_to_json(t)::text as row from ${sql.table(table)} t`.execute(db);
    for (const { row } of rows.rows) {
      await client.query(`insert into ${table} select * from json_populate_record(null::${table}, $1::json)`, [row]);
    }
  }
  await client.end();
}
