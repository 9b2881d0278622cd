import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settableClock } from '#platform/clock.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import {
  pipelineDesk,
  type PipelineDesk,
  type ShownExecution,
  stageOf as stage,
  stageStatuses as statuses,
} from '#testing/pipeline-desk.ts';
import { startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';

const clock = settableClock(new Date());
let app: TestApp;
let member: Visitor;
let desk: PipelineDesk;
beforeAll(async () => {
  app = await startTestApp({ clock });
  desk = pipelineDesk(app);
  member = await addPerson(app, { email: 'member@example.com', roles: ['Member'], firstName: 'Mem', lastName: 'Ber' });
});
afterAll(async () => app.stop());

const savePipeline: PipelineDesk['save'] = async (...given) => desk.save(...given);
const start: PipelineDesk['start'] = async (...given) => desk.start(...given);
const read: PipelineDesk['read'] = async (id) => desk.read(id);

/** Time passes, and the sweep finds what is due. */
async function pass(milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  const chores = app.app.modules.list.flatMap((module) => module.chores ?? []);
  for (const name of ['approval-timers', 'pipeline-sweep']) await chores.find((chore) => chore.name === name)?.run();
  await app.settle();
}

async function judge(execution: string, stageRef: string, body: object): Promise<TestAnswer> {
  return app.call('POST', `/api/v1/executions/${execution}/stages/${stageRef}/judgment`, body);
}

const wait = (refId: string, after: readonly string[], seconds = 0, more: object = {}): object => ({
  refId,
  requisiteStageRefIds: after,
  type: 'wait',
  name: `Wait ${refId}`,
  waitTime: seconds,
  ...more,
});
const judgment = (refId: string, after: readonly string[], more: object = {}): object => ({
  refId,
  requisiteStageRefIds: after,
  type: 'manualJudgment',
  name: `Judge ${refId}`,
  ...more,
});
const condition = (refId: string, after: readonly string[], expression: string, more: object = {}): object => ({
  refId,
  requisiteStageRefIds: after,
  type: 'checkPreconditions',
  name: `Check ${refId}`,
  preconditions: [{ type: 'expression', context: { expression } }],
  ...more,
});

describe('local stages', () => {
  test('run to the end in one go, values passing from stage to stage', async () => {
    const pipeline = await savePipeline(
      [
        {
          refId: 'vars',
          requisiteStageRefIds: [],
          type: 'evaluateVariables',
          name: 'Variables',
          variables: [
            { key: 'image', value: 'shop:{{ .parameters.version }}' },
            { key: 'loud', value: '{{ .vars.image | ascii_upcase }}' },
          ],
        },
        condition('check', ['vars'], '.vars.loud == "SHOP:1.2" and .stages.Variables.status == "SUCCEEDED"'),
        wait('left', ['check']),
        wait('skipped', ['check'], 5, {
          stageEnabled: { type: 'expression', expression: '.parameters.version == "2"' },
        }),
        wait('join', ['left', 'skipped']),
      ],
      { parameterConfig: [{ name: 'version', required: true }] },
    );
    const execution = await start(pipeline, { version: '1.2' });
    expect(execution.status).toBe('SUCCEEDED');
    expect(statuses(execution)).toEqual({
      vars: 'SUCCEEDED',
      check: 'SUCCEEDED',
      left: 'SUCCEEDED',
      skipped: 'SKIPPED',
      join: 'SUCCEEDED',
    });
    expect(stage(execution, 'vars').outputs).toEqual({ image: 'shop:1.2', loud: 'SHOP:1.2' });
  });

  test('a wait ends when its time comes, or when it is skipped', async () => {
    const pipeline = await savePipeline([wait('a', [], 3600), wait('b', ['a'], 3600)]);
    const begun = await start(pipeline);
    expect(statuses(begun)).toEqual({ a: 'RUNNING', b: 'NOT_STARTED' });
    await pass(3_599_000);
    expect(stage(await read(begun.id), 'a').status).toBe('RUNNING');
    await pass(2_000);
    expect(statuses(await read(begun.id))).toEqual({ a: 'SUCCEEDED', b: 'RUNNING' });
    const skipped = await app.call('POST', `/api/v1/executions/${begun.id}/stages/b/skip-wait`);
    expect(skipped.body['execution']).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('a running stage that may be skipped is left out by hand, and what comes after it runs', async () => {
    const pipeline = await savePipeline([
      wait('a', [], 3600, { skippable: true }),
      wait('b', ['a'], 3600),
      wait('c', ['b'], 0),
    ]);
    const begun = await start(pipeline);
    const leaveOut = async (ref: string) => app.call('POST', `/api/v1/executions/${begun.id}/stages/${ref}/skip`);
    expect(await leaveOut('b')).toMatchObject({ status: 409, body: { error: 'stage_not_skippable' } });
    expect((await leaveOut('a')).status).toBe(200);
    const after = await read(begun.id);
    expect(statuses(after)).toEqual({ a: 'SKIPPED', b: 'RUNNING', c: 'NOT_STARTED' });
    expect(stage(after, 'a').context).toMatchObject({ manualSkip: true });
    // Neither twice, nor one whose pipeline does not allow it.
    for (const ref of ['a', 'b']) {
      expect(await leaveOut(ref)).toMatchObject({ status: 409, body: { error: 'stage_not_skippable' } });
    }
  });

  test('an expression that fails or never ends fails its stage, in words', async () => {
    const endless = await start(await savePipeline([condition('a', [], '[limit(9e9; repeat(1))] | length > 0')]));
    expect(endless.status).toBe('TERMINAL');
    expect(stage(endless, 'a').error).toMatch(/time|memory|long/i);
    const broken = await start(await savePipeline([wait('a', [], 0, { comment2: '{{ .parameters | .[0] }}' })]));
    expect(broken).toMatchObject({ status: 'TERMINAL' });
    expect(stage(broken, 'a').error).toContain('cannot be evaluated');
  });
});

describe('failures', () => {
  const fails = (refId: string, after: readonly string[], more: object = {}): object =>
    condition(refId, after, 'false', more);

  test('fail the pipeline at once unless told otherwise, and what runs is cancelled', async () => {
    const execution = await start(await savePipeline([wait('long', [], 999), fails('bad', []), wait('next', ['bad'])]));
    expect(execution.status).toBe('TERMINAL');
    expect(statuses(execution)).toEqual({ long: 'CANCELED', bad: 'TERMINAL', next: 'NOT_STARTED' });
  });

  test('may be ignored', async () => {
    const ignored = { failPipeline: false, continuePipeline: true };
    const execution = await start(await savePipeline([fails('bad', [], ignored), wait('next', ['bad'])]));
    expect([execution.status, statuses(execution)]).toEqual([
      'SUCCEEDED',
      { bad: 'FAILED_CONTINUE', next: 'SUCCEEDED' },
    ]);
  });

  test.each([
    [false, 'SUCCEEDED'],
    [true, 'TERMINAL'],
  ])('may stop their branch alone; failing at the end: %s', async (completeOtherBranchesThenFail, ended) => {
    const execution = await start(
      await savePipeline([
        fails('bad', [], { failPipeline: false, continuePipeline: false, completeOtherBranchesThenFail }),
        wait('behind', ['bad']),
        wait('other', [], 60),
        wait('after', ['other']),
      ]),
    );
    expect(execution.status).toBe('RUNNING');
    await pass(61_000);
    const over = await read(execution.id);
    expect([over.status, statuses(over)]).toEqual([
      ended,
      { bad: 'STOPPED', behind: 'NOT_STARTED', other: 'SUCCEEDED', after: 'SUCCEEDED' },
    ]);
  });

  test('a stage that takes longer than it may fails', async () => {
    const execution = await start(await savePipeline([wait('a', [], 3600, { stageTimeoutMs: 5000 })]));
    await pass(6000);
    const over = await read(execution.id);
    expect([over.status, stage(over, 'a').error]).toEqual(['TERMINAL', 'The stage took longer than it may.']);
  });
});

describe('a manual judgment', () => {
  test('goes on after a yes, with the input for the stages behind it', async () => {
    const pipeline = await savePipeline([
      judgment('ask', [], { judgmentInputs: [{ value: 'canary' }, { value: 'full' }] }),
      condition('check', ['ask'], '.stages["Judge ask"].context.judgmentInput == "full"'),
    ]);
    const execution = await start(pipeline);
    expect(stage(execution, 'ask')).toMatchObject({ status: 'RUNNING', waitsFor: { for: 'approval' } });
    expect(await judge(execution.id, 'ask', { verdict: 'continue' })).toMatchObject({
      status: 422,
      body: { error: 'approval_input_required' },
    });
    const judged = await member.call('POST', `/api/v1/executions/${execution.id}/stages/ask/judgment`, {
      verdict: 'continue',
      input: 'full',
      comment: 'go',
    });
    expect(judged).toMatchObject({ status: 200, body: { execution: { status: 'SUCCEEDED' } } });
    const over = await read(execution.id);
    expect(stage(over, 'ask').context).toMatchObject({
      judgmentStatus: 'continue',
      judgmentInput: 'full',
      lastModifiedBy: 'member@example.com',
    });
    expect(await judge(execution.id, 'ask', { verdict: 'stop' })).toMatchObject({ status: 409 });
  });

  test('decided elsewhere resumes the pipeline by itself', async () => {
    const execution = await start(await savePipeline([judgment('ask', []), wait('next', ['ask'])]));
    const open = await app.database.database.pool.query<{ id: string }>(
      `select id from approval where subject_id = $1`,
      [stage(execution, 'ask').id],
    );
    const approvals = app.app.modules.list.find((module) => module.name === 'approvals') as unknown as {
      decide: (ctx: unknown, input: unknown) => Promise<unknown>;
    };
    const actor = { kind: 'credential', orgId: app.orgId, id: app.clientId, name: 'tests' } as const;
    await app.app.core.runner.execute(
      { actor, origin: 'SLACK', requestId: null },
      approvals.decide as never,
      {
        id: open.rows[0]?.id,
        verdict: 'reject',
      } as never,
    );
    await app.settle();
    const over = await read(execution.id);
    expect([over.status, statuses(over)]).toEqual(['TERMINAL', { ask: 'TERMINAL', next: 'NOT_STARTED' }]);
    expect(stage(over, 'ask').context).toMatchObject({ judgmentStatus: 'stop', judgedThrough: 'slack' });
  });

  test('ends by itself when its time is over', async () => {
    const [failing, passing] = [
      await start(await savePipeline([judgment('ask', [], { stageTimeoutMs: 1000 })])),
      await start(await savePipeline([judgment('ask', [], { stageTimeoutMs: 1000, markSuccessfulOnTimeout: true })])),
    ];
    await pass(60_000);
    expect((await read(failing.id)).status).toBe('TERMINAL');
    expect((await read(passing.id)).status).toBe('SUCCEEDED');
  });

  test('is for those it names, and not for who started it when that is ruled out', async () => {
    const named = await start(await savePipeline([judgment('ask', [], { selectedStageRoles: ['sre'] })]));
    const by = async (id: string): Promise<TestAnswer> =>
      member.call('POST', `/api/v1/executions/${id}/stages/ask/judgment`, { verdict: 'continue' });
    expect(await by(named.id)).toMatchObject({ status: 403, body: { error: 'approval_not_permitted' } });
    const pipeline = await savePipeline([judgment('ask', [], { preventSelfApproval: true })]);
    const own = await member.call('POST', `/api/v1/pipelines/${pipeline}/executions`, {});
    expect(own).toMatchObject({ status: 201 });
    expect(await by((own.body['execution'] as ShownExecution).id)).toMatchObject({
      status: 403,
      body: { error: 'approval_self' },
    });
  });

  test('of a restarted stage is asked anew; the old answer counts no more', async () => {
    const execution = await start(await savePipeline([judgment('ask', []), wait('next', ['ask'], 999)]));
    await judge(execution.id, 'ask', { verdict: 'continue', attempt: 1 });
    const restarted = await app.call('POST', `/api/v1/executions/${execution.id}/stages/ask/restart`);
    expect(restarted).toMatchObject({ status: 200 });
    const again = await read(execution.id);
    expect(stage(again, 'ask')).toMatchObject({ status: 'RUNNING', attempt: 2, waitsFor: { for: 'approval' } });
    expect(stage(again, 'next')).toMatchObject({ status: 'NOT_STARTED', attempt: 2 });
    expect(await judge(execution.id, 'ask', { verdict: 'continue', attempt: 1 })).toMatchObject({ status: 409 });
    expect(await judge(execution.id, 'ask', { verdict: 'stop', attempt: 2 })).toMatchObject({ status: 200 });
    expect((await read(execution.id)).status).toBe('TERMINAL');
    await app.call('POST', `/api/v1/executions/${execution.id}/stages/ask/restart`);
    expect((await read(execution.id)).status).toBe('RUNNING');
  });
});

describe('control', () => {
  test('cancel ends it, its judgment and the pipelines it started', async () => {
    const child = await savePipeline([judgment('ask', [])]);
    const parent = await start(
      await savePipeline([{ refId: 'sub', requisiteStageRefIds: [], type: 'pipeline', name: 'Sub', pipeline: child }]),
    );
    await app.settle();
    const running = stage(await read(parent.id), 'sub').waitsFor;
    expect(running?.for).toBe('execution');
    expect((await read(running?.id ?? '')).status).toBe('RUNNING');
    const cancelled = await app.call('POST', `/api/v1/executions/${parent.id}/cancel`, { reason: 'wrong version' });
    expect(cancelled.body['execution']).toMatchObject({
      status: 'CANCELED',
      cancellation: { reason: 'wrong version' },
    });
    const sub = await read(running?.id ?? '');
    expect([sub.status, statuses(sub)]).toEqual(['CANCELED', { ask: 'CANCELED' }]);
    expect(await judge(running?.id ?? '', 'ask', { verdict: 'continue' })).toMatchObject({ status: 409 });
    expect(await app.call('POST', `/api/v1/executions/${parent.id}/cancel`, {})).toMatchObject({ status: 200 });
  });

  test('a child that ends lets its parent go on with what it put out', async () => {
    const child = await savePipeline([
      {
        refId: '1',
        requisiteStageRefIds: [],
        type: 'evaluateVariables',
        name: 'V',
        variables: [{ key: 'digest', value: '{{ .parameters.tag + "@1" }}' }],
      },
      wait('2', ['1'], 10),
    ]);
    const parent = await start(
      await savePipeline([
        {
          refId: 'sub',
          requisiteStageRefIds: [],
          type: 'pipeline',
          name: 'Sub',
          pipeline: child,
          pipelineParameters: { tag: 'a' },
        },
        condition('check', ['sub'], '.vars.digest == "a@1"'),
      ]),
    );
    await app.settle();
    await pass(11_000);
    expect((await read(parent.id)).status).toBe('SUCCEEDED');
  });

  test('a paused one goes on where it stood, and its limits with it', async () => {
    const execution = await start(await savePipeline([wait('a', [], 10), wait('b', ['a'])]));
    expect(await app.call('POST', `/api/v1/executions/${execution.id}/pause`)).toMatchObject({ status: 200 });
    expect(await app.call('POST', `/api/v1/executions/${execution.id}/pause`)).toMatchObject({ status: 409 });
    await pass(20_000);
    expect(statuses(await read(execution.id))).toEqual({ a: 'RUNNING', b: 'NOT_STARTED' });
    const resumed = await app.call('POST', `/api/v1/executions/${execution.id}/resume`);
    expect(resumed.body['execution']).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('whoever may not start a pipeline does not make it go on by another door', async () => {
    const triggers = [{ type: 'webhook', source: 'deploy' }];
    const stages = [wait('a', [], 10, { skippable: true })];
    const pipeline = await savePipeline(stages, { roles: ['sre'], triggers });
    const { id } = await start(pipeline);
    const at = `/api/v1/executions/${id}`;
    const refused = { status: 403, body: { error: 'missing_permissions' } };
    expect(await member.call('POST', `/api/v1/pipelines/${pipeline}/executions`, {})).toMatchObject(refused);
    for (const verb of ['skip', 'skip-wait']) {
      expect(await member.call('POST', `${at}/stages/a/${verb}`)).toMatchObject(refused);
    }
    expect(await member.call('POST', `${at}/pause`)).toMatchObject({ status: 200 });
    expect(await member.call('POST', `${at}/resume`)).toMatchObject(refused);
    expect(await member.call('POST', `${at}/cancel`, {})).toMatchObject({ status: 200 });
    expect(await member.call('POST', `${at}/stages/a/restart`)).toMatchObject(refused);
    await member.call('POST', '/gate/webhooks/webhook/deploy', {});
    await app.settle();
    expect((await desk.list(pipeline)).map((each) => each.id)).toEqual([id]);
    await app.call('POST', '/gate/webhooks/webhook/deploy', {});
    await app.settle();
    expect(await desk.list(pipeline)).toHaveLength(2);
  });

  test('one at a time: others wait, and the newest goes next unless they are kept', async () => {
    for (const keepWaitingPipelines of [true, false]) {
      const pipeline = await savePipeline([wait('a', [], 10)], { limitConcurrent: true, keepWaitingPipelines });
      const all = [await start(pipeline)];
      clock.advance(5);
      all.push(await start(pipeline));
      clock.advance(5);
      all.push(await start(pipeline));
      expect(all.map((each) => each.status)).toEqual(['RUNNING', 'NOT_STARTED', 'NOT_STARTED']);
      await pass(11_000);
      const now = await Promise.all(all.map(async ({ id }) => (await read(id)).status));
      expect(now).toEqual(
        keepWaitingPipelines ? ['SUCCEEDED', 'RUNNING', 'NOT_STARTED'] : ['SUCCEEDED', 'CANCELED', 'RUNNING'],
      );
      await pass(11_000);
      await pass(11_000);
      expect((await read(all[2]?.id ?? '')).status).toBe('SUCCEEDED');
    }
  });

  test('a stage outside its window waits for it', async () => {
    const tomorrow = ((clock.now().getUTCDay() + 1) % 7) + 1;
    const more = { restrictExecutionDuringTimeWindow: true, restrictedExecutionWindow: { days: [tomorrow] } };
    const execution = await start(await savePipeline([wait('a', [], 0, more)]));
    expect(stage(execution, 'a')).toMatchObject({ status: 'RUNNING', waitsFor: { for: 'window' } });
    await pass(86_400_000);
    const over = await app.database.database.pool.query(`select status from execution where id = $1`, [execution.id]);
    expect(over.rows).toEqual([{ status: 'SUCCEEDED' }]);
  });
});
