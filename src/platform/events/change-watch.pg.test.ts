import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemActor } from '#platform/commands/actor.ts';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';
import { openDatabase, type Database } from '../db/open-database.ts';
import { silentLog } from '../log.ts';
import { appendEvents } from './append-events.ts';
import { type ChangeWatch, createChangeWatch } from './change-watch.ts';

const farMs = 30_000;
let at: TestDatabase;
let database: Database;
let watch: ChangeWatch;
const never = new AbortController().signal;

beforeEach(async () => {
  at = await createTestDatabase();
  database = openDatabase({ connectionString: at.connectionString, applicationName: 'test' });
  for (const org of ['org_a', 'org_b']) {
    await sql`insert into organisation (id, name, created_at) values (${org}, ${org}, now())`.execute(database.kysely);
    await sql`insert into event_counter (org_id) values (${org})`.execute(database.kysely);
  }
  watch = createChangeWatch(database.kysely, silentLog);
});
afterEach(async () => {
  watch.stop();
  await database.close();
  await at.drop();
});

async function change(orgId: string, subject: string): Promise<void> {
  const origin = { actor: systemActor(orgId, 'test'), origin: 'SYSTEM', requestId: null, at: new Date(0) } as const;
  await database.kysely.transaction().execute(async (tx) => {
    const event = { kind: 'x', resource: 'entity', action: 'CREATE', subject, context: {}, before: null, after: {} };
    await appendEvents(tx, origin, [event as Parameters<typeof appendEvents>[2][number]]);
  });
}

/** The first look at an organisation wakes everybody, since nothing is known of before. */
async function settled(orgId: string, subject?: string) {
  const watched = watch.open(orgId, subject);
  await watched.next(farMs, never);
  return watched;
}

describe('the watch over changes', () => {
  test('tells whoever follows a subject of it, and nobody else, without being woken', async () => {
    await change('org_a', 'before');
    await change('org_b', 'before');
    const [all, one, other, foreign] = [
      watch.open('org_a'),
      watch.open('org_a', 'one'),
      watch.open('org_a', 'other'),
      watch.open('org_b', 'one'),
    ];
    for (const watched of [all, one, other, foreign]) await watched.next(farMs, never);
    const others = Promise.all([other.next(800, never), foreign.next(800, never)]);
    await change('org_a', 'one');
    expect(await one.next(farMs, never)).toBe(true);
    expect(await all.next(farMs, never)).toBe(true);
    expect(await others).toEqual([false, false]);
  });

  test('keeps news for a follower who was busy', async () => {
    await change('org_a', 'before');
    const [slow, quick] = [watch.open('org_a', 'one'), watch.open('org_a', 'one')];
    for (const watched of [slow, quick]) await watched.next(farMs, never);
    await change('org_a', 'one');
    watch.wake('org_a');
    expect(await quick.next(farMs, never)).toBe(true);
    expect(await slow.next(0, never)).toBe(true);
    expect(await slow.next(0, never)).toBe(false);
  });

  test('ends its waiting with the signal', async () => {
    await change('org_a', 'before');
    const watched = await settled('org_a', 'one');
    const stop = new AbortController();
    const waiting = watched.next(farMs, stop.signal);
    stop.abort();
    expect(await waiting).toBe(false);
  });

  test('counts on when a subject is left and followed again', async () => {
    await change('org_a', 'before');
    const first = await settled('org_a', 'one');
    const count = first.count;
    first.close();
    const keeper = await settled('org_a', 'other');
    await change('org_a', 'other');
    expect(await keeper.next(farMs, never)).toBe(true);
    expect(watch.open('org_a', 'one').count).toBeGreaterThan(count);
  });
});
