import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployToProduction } from '#sample/workspace/pipelines.ts';
import { pipelineDesk, type PipelineDesk, stageOf, stageStatuses } from '#testing/pipeline-desk.ts';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

let app: TestApp;
let desk: PipelineDesk;
let slack: WebhookReceiver;
beforeAll(async () => {
  slack = await startWebhookReceiver({ body: 'ok' });
  app = await startTestApp({
    allow: [new URL(slack.url).host],
    environment: { QUAYSIDE_SLACK_WEBHOOK_URL: `${slack.url}services/hook` },
  });
  desk = pipelineDesk(app);
});
afterAll(async () => {
  await app.stop();
  await slack.close();
});

const shop = {
  application: 'shop',
  name: 'Deploy',
  stages: [
    { refId: '1', requisiteStageRefIds: [], type: 'wait', name: 'Soak', waitTime: 0 },
    {
      refId: '2',
      requisiteStageRefIds: ['1'],
      type: 'manualJudgment',
      name: 'Approve prod',
      instructions: 'Ship ${parameters.version}?',
      judgmentInputs: [{ value: 'full' }],
      failPipeline: true,
    },
    { refId: '3', requisiteStageRefIds: ['2'], type: 'wait', name: 'After', waitTime: 0 },
  ],
};

interface GateExecution {
  readonly id: string;
  readonly status: string;
  readonly stages: readonly {
    readonly id: string;
    readonly refId: string;
    readonly status: string;
    readonly context: object;
  }[];
}

async function list(path: string): Promise<readonly Record<string, unknown>[]> {
  return (await app.call('GET', path)).body as unknown as readonly Record<string, unknown>[];
}

describe('what spin and a judging script do', () => {
  test('save, get, list, execute, judge', async () => {
    expect(await app.call('POST', '/gate/pipelines', shop)).toMatchObject({ status: 200 });
    const got = await app.call('GET', '/gate/applications/SHOP/pipelineConfigs/deploy');
    expect(got.body).toMatchObject({
      name: 'Deploy',
      application: 'shop',
      updateTs: expect.stringMatching(/^\d+$/) as string,
    });
    expect(JSON.stringify(got.body)).toContain('Ship {{ .parameters.version }}?');
    expect(await list('/gate/applications/shop/pipelineConfigs')).toHaveLength(1);
    const ran = await app.call('POST', '/gate/pipelines/shop/Deploy', {
      type: 'manual',
      parameters: { version: '1.0' },
    });
    expect(ran).toMatchObject({
      status: 202,
      body: { ref: expect.stringMatching(/^\/pipelines\/execution_/) as string },
    });
    const id = String(ran.body['ref']).slice('/pipelines/'.length);
    await app.settle();
    const running = (await app.call('GET', `/gate/pipelines/${id}`)).body as unknown as GateExecution;
    expect(running).toMatchObject({ status: 'RUNNING', type: 'PIPELINE', trigger: { parameters: { version: '1.0' } } });
    const judgment = running.stages.find((stage) => stage.refId === '2');
    expect(judgment).toMatchObject({ status: 'RUNNING', context: { instructions: 'Ship 1.0?', judgmentStatus: '' } });
    const patch = async (body: object): Promise<TestAnswer> =>
      app.call('PATCH', `/gate/pipelines/${id}/stages/${judgment?.id}`, body);
    expect(await patch({ judgmentStatus: 'maybe' })).toMatchObject({ status: 422 });
    expect(await patch({ judgmentStatus: 'continue', judgmentInput: 'other' })).toMatchObject({ status: 422 });
    const judged = await patch({ judgmentStatus: 'continue', judgmentInput: 'full' });
    expect(judged).toMatchObject({ status: 200, body: { status: 'SUCCEEDED' } });
    expect((judged.body as unknown as GateExecution).stages[1]?.context).toMatchObject({
      judgmentStatus: 'continue',
      judgmentInput: 'full',
    });
    expect(await patch({ judgmentStatus: 'stop' })).toMatchObject({ status: 409 });
    const config = String((got.body as { id?: string }).id);
    expect(await list(`/gate/executions?pipelineConfigIds=${config}&statuses=SUCCEEDED,STOPPED`)).toMatchObject([
      { id },
    ]);
    expect(await list(`/gate/executions?executionIds=${id}&expand=false`)).toMatchObject([
      { id, stages: [{ tasks: [] }, {}, {}] },
    ]);
    expect(await list('/gate/executions')).toEqual([]);
    expect(await app.call('GET', `/gate/executions?executionIds=a&pipelineConfigIds=b`)).toMatchObject({ status: 400 });
    expect(await list('/gate/applications/shop/pipelines?statuses=succeeded')).toMatchObject([{ id }]);
  });

  test('the older body of execute, cancel, pause, resume, restart', async () => {
    const { body } = await app.call('POST', '/gate/pipelines/shop/Deploy', {
      trigger: { parameters: { version: '2' } },
    });
    const id = String(body['ref']).slice('/pipelines/'.length);
    await app.settle();
    for (const [verb, status] of [
      ['pause', 'PAUSED'],
      ['resume', 'RUNNING'],
      ['cancel', 'CANCELED'],
    ] as const) {
      expect(await app.call('PUT', `/gate/pipelines/${id}/${verb}?reason=because`)).toMatchObject({ status: 200 });
      expect((await app.call('GET', `/gate/pipelines/${id}`)).body).toMatchObject({
        status,
        trigger: { parameters: { version: '2' } },
      });
    }
    const shown = (await app.call('GET', `/gate/pipelines/${id}`)).body as unknown as GateExecution;
    expect(shown).toMatchObject({ canceled: true, cancellationReason: 'because' });
    const restarted = await app.call('PUT', `/gate/pipelines/${id}/stages/${shown.stages[0]?.id}/restart`, {});
    expect(restarted.body).toMatchObject({ status: 'RUNNING' });
    await app.call('PUT', `/gate/pipelines/${id}/cancel`);
  });

  test('the same correlation starts once', async () => {
    const ask = async () => app.call('POST', '/gate/pipelines/shop/Deploy', { correlationId: 'one', parameters: {} });
    const refs = (await Promise.all([ask(), ask(), ask()])).map((answer) => answer.body['ref']);
    expect(new Set(refs).size).toBe(1);
  });

  test('a stale save is refused, a rename and a delete are not', async () => {
    const got = (await app.call('GET', '/gate/applications/shop/pipelineConfigs/Deploy')).body;
    await app.call('POST', '/gate/pipelines', { ...got, description: 'newer' });
    const stale = await app.call('POST', '/gate/pipelines?staleCheck=true', {
      ...got,
      description: 'older',
      updateTs: '1',
    });
    expect(stale).toMatchObject({ status: 412 });
    expect(await list(`/gate/pipelineConfigs/${String((got as { id?: string }).id)}/history`)).toHaveLength(2);
    expect(
      await app.call('POST', '/gate/pipelines/move', { application: 'shop', from: 'Deploy', to: 'Ship' }),
    ).toMatchObject({ status: 200 });
    for (let times = 0; times < 2; times += 1) {
      expect(await app.call('DELETE', '/gate/pipelines/shop/Ship')).toMatchObject({ status: 200 });
    }
    expect(await app.call('GET', '/gate/applications/shop/pipelineConfigs/Ship')).toMatchObject({ status: 404 });
  });
});

describe('a pipeline that could not be carried out is refused', () => {
  const wait = (refId: string, after: readonly string[], more: object = {}): object => ({
    refId,
    requisiteStageRefIds: after,
    type: 'wait',
    waitTime: 1,
    ...more,
  });
  test.each([
    ['a circle', [wait('1', ['2']), wait('2', ['1'])], 'circle'],
    ['a reference to itself', [wait('1', ['1'])], 'circle'],
    ['an unknown reference', [wait('1', ['9'])], 'stage 9'],
    ['a name twice', [wait('1', []), wait('1', [])], 'too'],
    ['an unknown type', [wait('1', [], { type: 'bake' })], 'bake'],
    ['a wrong number', [wait('1', [], { waitTime: 'soon' })], 'number'],
    ['an expression that does not compile', [wait('1', [], { comment: '{{ .a | }}' })], 'ompile|yntax|expression'],
    [
      'a condition that does not compile',
      [wait('1', [], { stageEnabled: { type: 'expression', expression: '.a ==' } })],
      'ompile|yntax|expression',
    ],
    [
      'a wrong window',
      [wait('1', [], { restrictExecutionDuringTimeWindow: true, restrictedExecutionWindow: { days: [9] } })],
      'window',
    ],
  ])('%s', async (_, stages, words) => {
    const body = { application: 'wrong', name: 'Wrong', stages };
    const answers = [
      await app.call('POST', '/gate/pipelines', body),
      await app.call('POST', '/api/v1/pipelines', body),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 422, body: { error: 'invalid_pipeline' } });
      expect(String(answer.body['message'])).toMatch(new RegExp(words));
    }
    const validated = await app.call('POST', '/api/v1/pipelines/validate', body);
    expect((validated.body['problems'] as readonly unknown[]).length).toBeGreaterThan(0);
    expect(await app.call('GET', '/api/v1/applications/wrong')).toMatchObject({ status: 404 });
  });
});

test('who may not change pipelines sees where stages send without the secrets in it', async () => {
  const member = await addPerson(app, { email: 'member@example.com', roles: ['Member'] });
  const pipeline = await desk.save([
    {
      type: 'webhook',
      url: 'https://example.com/deploy?token=canary-of-the-address',
      customHeaders: { Authorization: 'Bearer canary-of-the-header', Accept: 'text/plain' },
      stageEnabled: { type: 'expression', expression: 'false' },
    },
  ]);
  const { id } = await desk.start(pipeline);
  const paths = [
    '/api/v1/pipelines',
    `/api/v1/pipelines/${pipeline}`,
    `/api/v1/pipelines/${pipeline}/revisions`,
    `/api/v1/pipelines/${pipeline}/revisions/1`,
    `/api/v1/executions/${id}`,
    `/gate/pipelines/${id}`,
    '/gate/pipelineConfigs',
    `/gate/pipelineConfigs/${pipeline}/history`,
    '/v1/audit-log?resources=pipeline',
  ];
  for (const path of paths) {
    const told = JSON.stringify((await member.call('GET', path)).body);
    expect({ path, told: told.includes('canary'), shown: told.includes('example.com/deploy') }).toEqual({
      path,
      told: false,
      shown: true,
    });
    expect(JSON.stringify((await app.call('GET', path)).body)).toContain('canary');
  }
});

test('the sample pipeline runs to the word to everybody', async () => {
  const saved = await app.call('POST', '/api/v1/pipelines', deployToProduction);
  expect(saved).toMatchObject({ status: 201 });
  const { id } = saved.body['pipeline'] as { id: string };
  const refused = await desk.start(id, { version: 'newest' });
  expect(stageOf(refused, '1').error).toBe('A release has three numbers, such as 1.4.0.');
  const begun = await desk.start(id, { rollout: 'at once' });
  expect(stageOf(begun, '3').context).toMatchObject({
    instructions: expect.stringContaining('storefront:1.4.0') as string,
  });
  await app.call('POST', `/api/v1/executions/${begun.id}/stages/3/judgment`, { verdict: 'continue' });
  await app.settle();
  const over = await desk.read(begun.id);
  expect([over.status, new Set(Object.values(stageStatuses(over)))]).toEqual(['SUCCEEDED', new Set(['SUCCEEDED'])]);
  expect(slack.requests.map((request) => request.body.toString()).join('')).toContain('storefront:1.4.0 is live');
});

test('a random graph runs each stage once and comes to its end, however often it is looked at', async () => {
  const graph = fc
    .integer({ min: 2, max: 7 })
    .chain((size) =>
      fc.tuple(
        ...Array.from({ length: size }, (_, at) =>
          fc.subarray(Array.from({ length: at }, (__, before) => `s${before}`)),
        ),
      ),
    );
  await fc.assert(
    fc.asyncProperty(graph, fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), async (requisites, failing) => {
      const stages = requisites.map((after, at) => ({
        refId: `s${at}`,
        requisiteStageRefIds: after,
        type: 'checkPreconditions',
        name: `S${at}`,
        failPipeline: false,
        preconditions: [
          { type: 'expression', context: { expression: failing[at] === true && at % 3 === 2 ? 'false' : 'true' } },
        ],
      }));
      const pipeline = await desk.save(stages);
      const key = { 'idempotency-key': pipeline };
      const started = await app.call('POST', `/api/v1/pipelines/${pipeline}/executions`, {}, key);
      const again = await app.call('POST', `/api/v1/pipelines/${pipeline}/executions`, {}, key);
      const { id } = started.body['execution'] as { id: string };
      expect((again.body['execution'] as { id: string }).id).toBe(id);
      await Promise.all([app.settle(), app.settle()]);
      const over = await desk.read(id);
      expect(over.status).toBe('SUCCEEDED');
      const statuses = stageStatuses(over);
      for (const [at, after] of requisites.entries()) {
        const passed = after.every((refId) => statuses[refId] === 'SUCCEEDED');
        expect(statuses[`s${at}`] === 'NOT_STARTED').toBe(!passed);
      }
      const events = await app.database.database.pool.query(`select kind from event where subject = $1`, [
        `execution:${id}`,
      ]);
      expect(events.rows.filter(({ kind }: { kind: string }) => kind === 'execution.ended')).toHaveLength(1);
    }),
    { numRuns: 12 },
  );
});
