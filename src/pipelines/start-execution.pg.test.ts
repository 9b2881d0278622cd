import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemActor } from '#platform/commands/actor.ts';
import { pipelineDesk, type PipelineDesk, type ShownExecution, valueStage } from '#testing/pipeline-desk.ts';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';
import { createExecution } from './create-execution.ts';

let app: TestApp;
let desk: PipelineDesk;
beforeAll(async () => {
  app = await startTestApp({});
  desk = pipelineDesk(app);
});
afterAll(async () => app.stop());

const local = [valueStage('1', [], '{{ .execution.number + 0 }}'), valueStage('2', ['1'], '{{ .vars.v1 * 2 }}')];

async function startMany(pipeline: string, bodies: readonly object[]): Promise<readonly TestAnswer[]> {
  return Promise.all(
    bodies.map(async (parameters) => app.call('POST', `/api/v1/pipelines/${pipeline}/executions`, { parameters })),
  );
}

interface Written {
  readonly id: string;
  readonly number: number;
  readonly status: string;
  readonly transaction: string;
}

async function writtenOf(pipeline: string): Promise<readonly Written[]> {
  const found = await sql<Written>`
    select id, number, status, xmin::text as transaction from execution where pipeline = ${pipeline}
    order by number`.execute(app.app.core.db);
  return found.rows;
}

const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, at) => at + 1);
const shown = ({ body }: TestAnswer): ShownExecution & { readonly number: number } => body['execution'] as never;

test('those that start at the same time share transactions, and each has its number, its events and its request', async () => {
  const pipeline = await desk.save(local);
  const answers = await startMany(
    pipeline,
    upTo(40).map(() => ({})),
  );
  expect(answers.every(({ status }) => status === 201)).toBe(true);
  for (const answer of answers) {
    const { id, number, status, stages } = shown(answer);
    expect({ status, outputs: stages.map(({ outputs }) => outputs) }).toEqual({
      status: 'SUCCEEDED',
      outputs: [{ v1: number }, { v2: number * 2 }],
    });
    expect(await desk.read(id)).toEqual(shown(answer));
  }
  const written = await writtenOf(pipeline);
  expect(written.map(({ number }) => number)).toEqual(upTo(40));
  expect(new Set(written.map(({ transaction }) => transaction)).size).toBeLessThan(20);
  const events = await sql<{ subject: string; kinds: string; requests: number; request: string }>`
    select subject, string_agg(kind, ' ' order by number) as kinds, count(distinct request_id)::int as requests,
           min(request_id) as request
    from event where context ->> 'pipeline' = ${pipeline} and resource = 'execution' group by subject`.execute(
    app.app.core.db,
  );
  expect(events.rows).toHaveLength(40);
  for (const { kinds, requests } of events.rows) {
    expect({ kinds, requests }).toEqual({ kinds: 'execution.created execution.ended', requests: 1 });
  }
  expect(new Set(events.rows.map(({ request }) => request)).size).toBe(40);
});

test('those over Gate do so, too; the same correlation among them starts one', async () => {
  const pipeline = await desk.save(local);
  const { name } = (await app.call('GET', `/api/v1/pipelines/${pipeline}`)).body['pipeline'] as { name: string };
  const answers = await Promise.all(
    upTo(40).map(async (at) =>
      app.call('POST', `/gate/pipelines/shop/${encodeURIComponent(name)}`, {
        type: 'manual',
        ...(at % 4 === 0 ? { correlationId: 'four' } : {}),
      }),
    ),
  );
  expect(answers.every(({ status }) => status === 202)).toBe(true);
  expect(new Set(answers.map(({ body }) => body['ref'])).size).toBe(31);
  const written = await writtenOf(pipeline);
  expect(written.map(({ number, status }) => `${number} ${status}`)).toEqual(upTo(31).map((at) => `${at} SUCCEEDED`));
  expect(new Set(written.map(({ transaction }) => transaction)).size).toBeLessThan(25);
});

test('those by a webhook do so, and each payload is in its own', async () => {
  const judgment = { refId: '3', requisiteStageRefIds: ['2'], type: 'manualJudgment', name: 'Ask' };
  const trigger = { type: 'webhook', source: 'many', enabled: true };
  const pipelines = [
    await desk.save(local, { triggers: [trigger] }),
    await desk.save([...local, judgment], { triggers: [trigger] }),
  ];
  await Promise.all(upTo(20).map(async (at) => app.call('POST', '/gate/webhooks/webhook/many', { at })));
  await app.settle();
  for (const [at, status] of ['SUCCEEDED', 'RUNNING'].entries()) {
    const written = await writtenOf(pipelines[at] ?? '');
    expect(written.map((each) => `${each.number} ${each.status}`)).toEqual(upTo(20).map((each) => `${each} ${status}`));
    const payloads = await sql<{ at: number }>`
      select (trigger -> 'payload' ->> 'at')::int as at from execution where pipeline = ${pipelines[at] ?? ''}
      order by 1`.execute(app.app.core.db);
    expect(payloads.rows.map((row) => row.at)).toEqual(upTo(20));
    if (status === 'SUCCEEDED') {
      expect(new Set(written.map(({ transaction }) => transaction)).size).toBeLessThan(18);
    }
  }
});

test('numbers have no gap and expressions their own, whoever else starts it meanwhile', async () => {
  const pipeline = await desk.save(local);
  const caller = { actor: systemActor(app.orgId, 'pipelines'), origin: 'SYSTEM', requestId: null } as const;
  const input = { pipeline, trigger: { type: 'manual' }, parameters: {} };
  await Promise.all([
    ...upTo(20).map(async () => app.app.core.runner.execute(caller, createExecution, input)),
    startMany(
      pipeline,
      upTo(20).map(() => ({})),
    ),
  ]);
  await app.settle();
  const written = await writtenOf(pipeline);
  expect(written.map(({ number, status }) => [number, status])).toEqual(
    upTo(40).map((number) => [number, 'SUCCEEDED']),
  );
  const outputs = await sql<{ number: number; v1: number }>`
    select number, (stage.outputs ->> 'v1')::int as v1 from execution
    join stage on stage.org_id = execution.org_id and stage.execution = execution.id and stage.ref_id = '1'
    where pipeline = ${pipeline}`.execute(app.app.core.db);
  expect(outputs.rows.every(({ number, v1 }) => number === v1)).toBe(true);
});

test('an expression that takes long holds up nobody who starts beside it', async () => {
  const endless = '{{ if .parameters.slow == "yes" then ([limit(9e9; repeat(1))] | length) else 1 end }}';
  const pipeline = await desk.save([valueStage('1', [], endless)], {
    parameterConfig: [{ name: 'slow', default: 'no' }],
  });
  const order: string[] = [];
  await Promise.all(
    ['yes', 'no', 'no', 'no'].map(async (slow) => {
      const { status } = await desk.start(pipeline, { slow });
      order.push(`${slow} ${status}`);
    }),
  );
  expect(order).toEqual(['no SUCCEEDED', 'no SUCCEEDED', 'no SUCCEEDED', 'yes TERMINAL']);
});

test('what is refused is refused alone, in the words of a single start', async () => {
  const pipeline = await desk.save(local, { parameterConfig: [{ name: 'version', required: true }] });
  const answers = await startMany(pipeline, [{ version: '1' }, {}, { version: '2' }, {}]);
  expect(answers.map(({ status }) => status)).toEqual([201, 422, 201, 422]);
  expect((await writtenOf(pipeline)).map(({ number }) => number)).toEqual([1, 2]);
  expect(await startMany('pipeline_none', [{}, {}])).toMatchObject([{ status: 404 }, { status: 404 }]);
  const disabled = await desk.save(local, { disabled: true });
  const refused = { status: 422, body: { error: 'pipeline_disabled' } };
  expect(await startMany(disabled, [{}, {}])).toMatchObject([refused, refused]);
});

test('who may not start it starts none beside others who may', async () => {
  const guest = await addPerson(app, {
    email: 'other@example.com',
    roles: ['Member'],
    firstName: 'O',
    lastName: 'Ther',
  });
  const pipeline = await desk.save(local, { roles: ['release-managers'] });
  const path = `/api/v1/pipelines/${pipeline}/executions`;
  const answers = await Promise.all([
    app.call('POST', path, {}),
    guest.call('POST', path, {}),
    app.call('POST', path, {}),
    guest.call('POST', path, {}),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([201, 403, 201, 403]);
  expect(await writtenOf(pipeline)).toHaveLength(2);
});

test('a limit and stages that ask others hold as they do for one', async () => {
  const judged = [{ refId: 'a', requisiteStageRefIds: [], type: 'manualJudgment', name: 'Judge' }];
  const limited = await desk.save(judged, { limitConcurrent: true, keepWaitingPipelines: true });
  const waiting = await startMany(limited, [{}, {}, {}]);
  expect(waiting.map((answer) => shown(answer).status).toSorted()).toEqual(['NOT_STARTED', 'NOT_STARTED', 'RUNNING']);
  const free = await desk.save(judged);
  const asked = await startMany(free, [{}, {}, {}]);
  const approvals = asked.map((answer) => shown(answer).stages[0]?.waitsFor);
  expect(approvals.every((wait) => wait?.for === 'approval')).toBe(true);
  expect(new Set(approvals.map((wait) => wait?.id)).size).toBe(3);
  await app.settle();
  const judge = `/api/v1/executions/${shown(asked[0] as TestAnswer).id}/stages/a/judgment`;
  expect((await app.call('POST', judge, { verdict: 'continue' })).body['execution']).toMatchObject({
    status: 'SUCCEEDED',
  });
});

test('one key is one execution, beside others without', async () => {
  const pipeline = await desk.save(local);
  const path = `/api/v1/pipelines/${pipeline}/executions`;
  const keyed = async (): Promise<TestAnswer> => app.call('POST', path, {}, { 'idempotency-key': 'once' });
  const [first, , second] = await Promise.all([keyed(), app.call('POST', path, {}), keyed()]);
  expect(shown(first as TestAnswer).id).toBe(shown(second as TestAnswer).id);
  expect(await writtenOf(pipeline)).toHaveLength(2);
});
