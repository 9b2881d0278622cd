import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settableClock, systemClock } from '#platform/clock.ts';
import type { Core } from '#platform/core.ts';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';
import { begin, readLog, readRun, saveAction } from '#testing/test-action.ts';
import { overdueRunsChore } from './end-overdue-runs.ts';
import { purgeRunsChore } from './purge-runs.ts';

const minute = 60_000;
const day = 86_400_000;
const clock = settableClock(systemClock.now());
let app: TestApp;
let core: Core;
beforeAll(async () => {
  app = await startTestApp({ clock });
  ({ core } = app.app);
});
afterAll(async () => app.stop());

describe('a time limit', () => {
  test('ends a run with a label, once, and not before', async () => {
    const action = await saveAction(app, { type: 'KAFKA' }, { timeLimitMinutes: 5 });
    const { id } = await begin(app, action);
    await app.settle();
    expect(await readRun(app, id)).toMatchObject({ deadline: expect.any(String) as string });
    clock.advance(5 * minute - 1);
    await overdueRunsChore(core).run();
    expect(await readRun(app, id)).toMatchObject({ status: 'IN_PROGRESS' });
    clock.advance(1);
    await Promise.all([overdueRunsChore(core).run(), overdueRunsChore(core).run()]);
    expect(await readRun(app, id)).toMatchObject({ status: 'FAILURE', statusLabel: 'Timed out' });
    const last = (await readLog(app, id)).filter((line) => line.includes('within the 5 minutes'));
    expect(last).toHaveLength(1);
    const late = await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' });
    expect(late).toMatchObject({ status: 422, body: { error: 'run_exhausted' } });
  });

  test('begins with the approval, not with the question', async () => {
    const parts = { timeLimitMinutes: 5, requiredApproval: true };
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA' }, parts));
    await app.settle();
    clock.advance(20 * minute);
    await overdueRunsChore(core).run();
    expect(await readRun(app, id)).toMatchObject({ status: 'WAITING_FOR_APPROVAL' });
  });

  test.each([0, 1.5, 43_201, 'soon'])('of %s is refused', async (timeLimitMinutes) => {
    const answer = await app.call('POST', '/v1/actions', {
      identifier: uniqueName('limited'),
      trigger: { type: 'self-service', operation: 'CREATE' },
      invocationMethod: { type: 'KAFKA' },
      timeLimitMinutes,
    });
    expect(answer).toMatchObject({ status: 422 });
  });
});

describe('cancelling', () => {
  test('ends a run that waits for approval, an agent or its turn', async () => {
    const waiting = await begin(app, await saveAction(app, { type: 'KAFKA' }, { requiredApproval: true }));
    const offered = await begin(app, await saveAction(app, { type: 'INTEGRATION_ACTION', installationId: 'x' }));
    await app.settle();
    const queued = await begin(app, await saveAction(app, { type: 'KAFKA' }));
    for (const { id } of [waiting, offered, queued]) {
      const answer = await app.call('POST', `/api/v1/runs/${id}/cancel`);
      expect(answer).toMatchObject({ status: 200, body: { run: { status: 'FAILURE', statusLabel: 'Cancelled' } } });
    }
    await app.settle();
    expect(await readRun(app, queued.id)).toMatchObject({ statusLabel: 'Cancelled', dispatchState: 'waiting' });
  });

  test("by Port's own way has the label too", async () => {
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA' }, { requiredApproval: true }));
    await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'FAILURE' });
    expect(await readRun(app, id)).toMatchObject({ status: 'FAILURE', statusLabel: 'Cancelled' });
  });

  test('a run that is being worked on, or has ended, is refused', async () => {
    const { id } = await begin(app, await saveAction(app, { type: 'MOCK' }));
    await app.settle();
    const started = await app.call('POST', `/api/v1/runs/${id}/cancel`);
    expect(started).toMatchObject({ status: 409, body: { error: 'run_already_started' } });
    await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' });
    expect(await app.call('POST', `/api/v1/runs/${id}/cancel`)).toMatchObject({ status: 422 });
    expect(await app.call('POST', '/api/v1/runs/r_none/cancel')).toMatchObject({ status: 404 });
  });

  test('is for who asked, and for administrators', async () => {
    const member = await addPerson(app, { email: `${uniqueName('member')}@example.com` });
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA' }, { requiredApproval: true }));
    expect((await member.call('POST', `/api/v1/runs/${id}/cancel`)).status).toBe(403);
  });
});

test('a key creates a run once, whatever the number of requests', async () => {
  const action = await saveAction(app, { type: 'KAFKA' });
  const create = async (body: object) =>
    app.call('POST', `/v1/actions/${action}/runs`, body, { 'idempotency-key': 'one' });
  const answers = await Promise.all(Array.from({ length: 5 }, async () => create({ properties: {} })));
  const ids = answers.map(({ body }) => (body['run'] as { id: string }).id);
  expect(new Set(ids).size).toBe(1);
  expect(await create({ properties: { other: 1 } })).toMatchObject({ status: 409 });
  const listed = await app.call('GET', `/v1/actions/runs?action=${action}`);
  expect(listed.body['runs']).toHaveLength(1);
});

// Last, since the days that pass end the access token.
describe('retention', () => {
  test('deletes log lines, and later runs, some time after their end; open runs stay', async () => {
    const action = await saveAction(app, { type: 'KAFKA' });
    const [ended, open] = [await begin(app, action), await begin(app, action)];
    for (const { id } of [ended, open]) await app.call('POST', `/v1/actions/runs/${id}/logs`, { message: 'a line' });
    await app.call('PATCH', `/v1/actions/runs/${ended.id}`, { status: 'SUCCESS' });
    const purge = purgeRunsChore(core, { runRetentionDays: 20, runLogRetentionDays: 10 });
    const left = async (): Promise<object> => {
      const count = async (table: 'run' | 'run_log', id: string): Promise<number> => {
        const key = table === 'run' ? sql`id` : sql`run_id`;
        const found = await sql`select 1 from ${sql.table(table)} where ${key} = ${id}`.execute(core.db);
        return found.rows.length;
      };
      return {
        ended: [await count('run', ended.id), await count('run_log', ended.id)],
        open: [await count('run', open.id), await count('run_log', open.id)],
      };
    };
    clock.advance(9 * day);
    await purge.run();
    expect(await left()).toEqual({ ended: [1, 1], open: [1, 1] });
    clock.advance(2 * day);
    await purge.run();
    expect(await left()).toEqual({ ended: [1, 0], open: [1, 1] });
    clock.advance(10 * day);
    await purge.run();
    expect(await left()).toEqual({ ended: [0, 0], open: [1, 1] });
  });
});
