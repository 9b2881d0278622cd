import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settableClock } from '#platform/clock.ts';
import { startRawHttpServer, type RawHttpServer } from '#testing/raw-http-server.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

const clock = settableClock(new Date());
let app: TestApp;
let backend: RawHttpServer;
beforeAll(async () => {
  backend = await startRawHttpServer((_, response) => void response.end('{}'));
  app = await startTestApp({ clock, allow: [backend.authority] });
  await app.call('POST', '/v1/actions', {
    identifier: 'call',
    trigger: { type: 'self-service', operation: 'CREATE' },
    invocationMethod: { type: 'WEBHOOK', url: `${backend.origin}/hook` },
  });
});
afterAll(async () => {
  await app.stop();
  await backend.close();
});

async function execute(): Promise<string> {
  const answer = await app.call('POST', '/v1/actions/call/runs', {});
  expect(answer.status).toBe(202);
  return (answer.body['run'] as { id: string }).id;
}

async function readRun(id: string): Promise<unknown> {
  return (await app.call('GET', `/v1/actions/runs/${id}?version=v2`)).body['run'];
}

/** The reader has passed on, and what it enqueued is gone. */
async function loseJobs(): Promise<void> {
  await sql`update reader_cursor set number = (select last from event_counter)`.execute(app.app.core.db);
  await sql`insert into reader_cursor (org_id, reader, number)
    select org_id, 'runs.dispatch', last from event_counter on conflict (org_id, reader) do update
    set number = excluded.number`.execute(app.app.core.db);
  await sql`delete from job.job where name = 'run-dispatch'`.execute(app.app.core.db);
}

async function lookForStranded(): Promise<void> {
  const chores = app.app.modules.list.flatMap((module) => module.chores ?? []);
  await chores.find((chore) => chore.name === 'stranded-runs')?.run();
  await app.settle();
}

test('a run whose job got lost before the call is called after all, once', async () => {
  const run = await execute();
  await loseJobs();
  await lookForStranded();
  expect(await readRun(run)).toMatchObject({ dispatchState: 'waiting' });
  clock.advance(61_000);
  await lookForStranded();
  await lookForStranded();
  expect(await readRun(run)).toMatchObject({ dispatchState: 'called' });
  expect(backend.seen).toHaveLength(1);
});

test('a run whose job was given up during the call says so and is not called again', async () => {
  const run = await execute();
  await loseJobs();
  await sql`update run set dispatch_state = 'calling', dispatch_started_at = ${clock.now()} where id = ${run}`.execute(
    app.app.core.db,
  );
  const before = backend.seen.length;
  await lookForStranded();
  expect(await readRun(run)).toMatchObject({ dispatchState: 'calling' });
  clock.advance(61_000);
  await lookForStranded();
  expect(await readRun(run)).toMatchObject({ dispatchState: 'unknown', statusLabel: 'Delivery unknown' });
  const logs = await app.call('GET', `/v1/actions/runs/${run}/logs`);
  expect(JSON.stringify(logs.body)).toContain('not called again');
  expect(backend.seen).toHaveLength(before);
});
