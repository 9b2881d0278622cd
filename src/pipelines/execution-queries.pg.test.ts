import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pipelineDesk, type PipelineDesk } from '#testing/pipeline-desk.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

/** Nothing works by itself here: what a machine lost stays lost until somebody asks. */
let app: TestApp;
let desk: PipelineDesk;
beforeAll(async () => {
  app = await startTestApp();
  desk = pipelineDesk(app);
});
afterAll(async () => app.stop());

async function stuck(): Promise<readonly string[]> {
  const { body } = await app.call('GET', '/api/v1/executions?stuck=true');
  return (body['executions'] as { id: string }[]).map(({ id }) => id);
}

const wait = { refId: 'a', requisiteStageRefIds: [], type: 'wait', name: 'Wait', waitTime: 3600 };

test('an execution that stands still is listed, and goes on when it is put forward', async () => {
  const held = await desk.start(await desk.save([wait]));
  const fine = await desk.start(await desk.save([wait]));
  expect(await stuck()).toEqual([]);
  // Its time came long ago, and no timer told.
  await sql`update execution set due_at = now() - interval '1 hour' where id = ${held.id}`.execute(app.app.core.db);
  await sql`update stage set wait = jsonb_set(wait, '{until}', to_jsonb((now() - interval '1 hour')::text))
    where execution = ${held.id}`.execute(app.app.core.db);
  expect(await stuck()).toEqual([held.id]);
  const put = async (id: string) => app.call('POST', `/api/v1/executions/${id}/put-forward`);
  // Whatever fails on the way is told to who put it forward, and left to a job.
  const { pool } = app.database.database;
  await pool.query(`create function refuse() returns trigger language plpgsql as $$ begin raise 'the disk is full'; end $$;
    create trigger refuse before update on stage for each row execute function refuse()`);
  const failed = await put(held.id);
  await pool.query('drop trigger refuse on stage');
  expect(failed).toMatchObject({ status: 503, body: { error: 'execution_not_advanced' } });
  expect(failed.body['message']).toBe('It could not go on: the disk is full. A job tries again.');
  expect(await stuck()).toEqual([held.id]);
  expect(await put(held.id)).toMatchObject({ status: 200, body: { moved: true, execution: { status: 'SUCCEEDED' } } });
  expect(await stuck()).toEqual([]);
  // One that waits as it should is left as it is.
  expect(await put(fine.id)).toMatchObject({ status: 200, body: { moved: false, execution: { status: 'RUNNING' } } });
  expect(await put(held.id)).toMatchObject({ status: 409, body: { error: 'wrong_execution_status' } });
  expect(await put('nothing')).toMatchObject({ status: 404 });
  const member = await app.call('POST', `/api/v1/executions/${fine.id}/put-forward`, undefined, { authorization: '' });
  expect(member).toMatchObject({ status: 401 });
});
