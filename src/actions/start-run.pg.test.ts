import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewRun } from '#runs/create-run.ts';
import { newRunId } from '#runs/create-run.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, execute, readRun, saveAction, type WireRun } from '#testing/test-action.ts';
import { createRunStarts, type RunStarts } from './start-run.ts';

let app: TestApp;
let starts: RunStarts;
let action: string;
beforeAll(async () => {
  app = await startTestApp();
  starts = createRunStarts(app.app.core);
  action = await saveAction(app, { type: 'KAFKA' });
});
afterAll(async () => app.stop());

const caller = (requestId: string) => ({
  actor: { kind: 'credential', orgId: app.orgId, id: 'a-client', name: 'A client' } as const,
  origin: 'API' as const,
  requestId,
});

function newRun(id = newRunId()): NewRun {
  return {
    id,
    action: {
      identifier: action,
      legacyIdentifier: action,
      title: 'An action',
      icon: null,
      shape: 2,
      backendType: 'KAFKA',
      synchronized: false,
      allowAnyoneToViewRuns: true,
    },
    blueprint: null,
    entity: null,
    source: 'API',
    properties: { of: id },
    rawProperties: {},
    payload: {},
    sealedInvocation: 'sealed',
    impersonatedBy: null,
    approval: null,
  };
}

interface Begun {
  readonly at: Date;
  readonly request_id: string;
  readonly subject: string;
}

async function begunOf(ids: readonly string[]): Promise<readonly Begun[]> {
  const found = await sql<Begun>`
    select at, request_id, subject from event where kind = 'run.created'
      and subject = any(${ids.map((id) => `run:${id}`)}::text[]) order by number`.execute(app.app.core.db);
  return found.rows;
}

test('runs that are asked for at the same time share transactions, and each has its event and its request', async () => {
  const ids = Array.from({ length: 30 }, () => newRunId());
  const started = await Promise.all(
    ids.map(async (id) => starts.start(caller(`request of ${id}`), newRun(id), `who began ${id}`)),
  );
  expect(started.map(({ id }) => id)).toEqual(ids);
  const begun = await begunOf(ids);
  expect(begun.map(({ subject, request_id: request }) => [subject, request])).toEqual(
    ids.map((id) => [`run:${id}`, `request of ${id}`]),
  );
  // The first goes alone, the others while it is under way.
  expect(new Set(begun.map(({ at }) => at.getTime())).size).toBeLessThanOrEqual(2);
  const runs = await Promise.all(ids.map(async (id) => starts.read(caller('').actor, id)));
  expect(runs.map(({ id, properties, created_by: by }) => [id, properties, by])).toEqual(
    ids.map((id) => [id, { of: id }, `who began ${id}`]),
  );
});

test('one that cannot be written does not keep the others from it', async () => {
  const taken = newRunId();
  await starts.start(caller('first'), newRun(taken), 'somebody');
  const ids = [newRunId(), taken, newRunId(), newRunId()];
  const outcomes = await Promise.allSettled(
    ids.map(async (id) => starts.start(caller('together'), newRun(id), 'somebody')),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(await begunOf(ids)).toHaveLength(4);
});

test('over HTTP each answer is of its own run, and a repeated request of the first one', async () => {
  const regional = await saveAction(
    app,
    { type: 'KAFKA' },
    { trigger: { userInputs: { properties: { region: { type: 'string' } } } } },
  );
  const regions = Array.from({ length: 20 }, (_, at) => `region-${at}`);
  const runs = await Promise.all(regions.map(async (region) => begin(app, regional, { properties: { region } })));
  expect(runs.map(({ properties }) => properties)).toEqual(regions.map((region) => ({ region })));
  expect(new Set(runs.map(({ id }) => id)).size).toBe(regions.length);
  const repeated = async (): Promise<string> => {
    const answer = await app.call(
      'POST',
      `/v1/actions/${regional}/runs`,
      { properties: {} },
      { 'idempotency-key': 'k' },
    );
    return (answer.body['run'] as WireRun).id;
  };
  const [first, again] = [await repeated(), await repeated()];
  expect(again).toBe(first);
  expect((await execute(app, regional)).status).toBe(202);
  expect(await readRun(app, first)).toMatchObject({ id: first });
});
