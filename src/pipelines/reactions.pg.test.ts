import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settableClock } from '#platform/clock.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { pipelineDesk, type PipelineDesk, valueStage } from '#testing/pipeline-desk.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { createExecution } from './create-execution.ts';

const clock = settableClock(new Date());
let app: TestApp;
let desk: PipelineDesk;
beforeAll(async () => {
  app = await startTestApp({ clock });
  desk = pipelineDesk(app);
});
afterAll(async () => app.stop());

const local = [valueStage('1', [], '{{ .execution.number + 1 }}'), valueStage('2', ['1'], '{{ .vars.v1 * 2 }}')];

/** Of pipelines, done ones included. */
async function jobs(): Promise<Readonly<Record<string, number>>> {
  const found = await sql<{ name: string; jobs: number }>`
    select name, count(*)::int as jobs from job.job where name like 'pipeline-%' group by name`.execute(
    app.app.core.db,
  );
  return Object.fromEntries(found.rows.map(({ name, jobs: count }) => [name, count]));
}

async function eventsOf(execution: string): Promise<readonly string[]> {
  const found = await sql<{ kind: string }>`
    select kind from event where subject = ${`execution:${execution}`} order by number`.execute(app.app.core.db);
  return found.rows.map(({ kind }) => kind);
}

test('stages that wait for nothing cost two events and no job, while nobody listens', async () => {
  const pipeline = await desk.save(local);
  await app.settle();
  const before = await jobs();
  const execution = await desk.start(pipeline);
  expect(execution).toMatchObject({ status: 'SUCCEEDED', stages: [{ outputs: { v1: 2 } }, { outputs: { v2: 4 } }] });
  expect(await desk.read(execution.id)).toEqual(execution);
  await app.settle();
  expect(await jobs()).toEqual(before);
  expect(await eventsOf(execution.id)).toEqual(['execution.created', 'execution.ended']);
});

test('a pipeline that listens to the end is started by it', async () => {
  const first = await desk.save(local);
  const trigger = { type: 'pipeline', application: 'shop', pipeline: first, status: ['successful'], enabled: true };
  const second = await desk.save(local, { triggers: [trigger] });
  await desk.start(first);
  await app.settle();
  expect(await desk.list(second)).toMatchObject([{ status: 'SUCCEEDED', trigger: { type: 'pipeline' } }]);
});

test('who wants to be told is told: by the pipeline, the stage or the application', async () => {
  const told = { type: 'email', address: 'team@example.com', when: ['pipeline.complete', 'stage.complete'] };
  const occasions = async (more: object, stages: readonly object[] = local): Promise<number> => {
    const pipeline = await desk.save(stages, more);
    const before = await jobs();
    await desk.start(pipeline);
    await app.settle();
    return ((await jobs())['pipeline-occasion'] ?? 0) - (before['pipeline-occasion'] ?? 0);
  };
  expect(await occasions({})).toBe(0);
  expect(await occasions({ notifications: [told] })).toBe(2);
  const telling = { ...valueStage('1', [], 'x'), sendNotifications: true, notifications: [told] };
  expect(await occasions({}, [telling])).toBe(1);
  const application = { name: 'Telling', email: 'owner@example.com', notifications: [told] };
  await app.call('POST', '/api/v1/applications', application);
  const saved = await app.call('GET', '/api/v1/applications/Telling');
  expect(saved.body).toMatchObject({ application: { notifications: [told] } });
  expect(await occasions({ application: 'Telling' })).toBe(2);
});

test('an execution that was started and left by who goes on with it is found', async () => {
  const pipeline = await desk.save(local);
  const { orgId } = app;
  const caller = { actor: systemActor(orgId, 'pipelines'), origin: 'SYSTEM', requestId: null } as const;
  const { id } = await app.app.core.runner.execute(caller, createExecution, {
    pipeline,
    trigger: { type: 'manual' },
    parameters: {},
    goesOn: true,
  });
  await app.settle();
  expect((await desk.read(id)).status).toBe('RUNNING');
  const chores = app.app.modules.list.flatMap((module) => module.chores ?? []);
  const sweep = chores.find(({ name }) => name === 'pipeline-sweep');
  clock.advance(6_000);
  await sweep?.run();
  await app.settle();
  expect((await desk.read(id)).status).toBe('SUCCEEDED');
});

test('many started at once end once each, with numbers of their own', async () => {
  const pipeline = await desk.save(local);
  const started = await Promise.all(Array.from({ length: 40 }, async () => desk.start(pipeline)));
  await app.settle();
  expect(new Set(started.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
  const values = started.map(({ stages }) => Number(stages[0]?.outputs['v1'])).toSorted((left, right) => left - right);
  expect(values).toEqual(Array.from({ length: 40 }, (_, at) => at + 2));
  for (const { id } of started) expect(await eventsOf(id)).toEqual(['execution.created', 'execution.ended']);
});
