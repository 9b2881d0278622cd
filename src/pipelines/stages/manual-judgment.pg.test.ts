import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settableClock } from '#platform/clock.ts';
import { pipelineDesk, type PipelineDesk, type ShownExecution, stageOf } from '#testing/pipeline-desk.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';

const clock = settableClock(new Date('2026-03-02T10:00:00Z'));
let app: TestApp;
let desk: PipelineDesk;
const people: Record<string, Visitor> = {};

beforeAll(async () => {
  app = await startTestApp({ clock });
  desk = pipelineDesk(app);
  for (const name of ['sre', 'security', 'empty']) await app.call('POST', '/v1/teams', { name });
  for (const [name, team] of [
    ['ada', 'sre'],
    ['ben', 'sre'],
    ['eva', 'sre'],
    ['kim', 'security'],
    ['boss', ''],
  ] as const) {
    const teams = team === '' ? [] : [team];
    people[name] = await addPerson(app, { email: `${name}@example.com`, firstName: name, lastName: '', teams });
  }
});
afterAll(async () => app.stop());

function judgment(terms: object): object {
  return { refId: '1', requisiteStageRefIds: [], type: 'manualJudgment', name: 'Approve', ...terms };
}

async function asked(terms: object): Promise<ShownExecution> {
  return desk.start(
    await desk.save([judgment(terms), { refId: '2', requisiteStageRefIds: ['1'], type: 'wait', waitTime: 0 }]),
  );
}

const sre = { name: 'SRE', teams: ['sre'] };
const security = { name: 'Security', teams: ['security'] };

async function vote(name: string, execution: ShownExecution, word = 'continue'): Promise<TestAnswer> {
  const path = `/gate/pipelines/${execution.id}/stages/${stageOf(execution, '1').id}`;
  const answer = await people[name]?.call('PATCH', path, { judgmentStatus: word });
  if (answer === undefined) throw new Error(`There is no ${name}`);
  return answer;
}

interface GateStage {
  readonly status: string;
  readonly context: Readonly<Record<string, unknown>>;
}

const gateStage = ({ body }: TestAnswer): GateStage | undefined => (body['stages'] as GateStage[])[0];

async function approvalOf(execution: ShownExecution): Promise<Readonly<Record<string, unknown>>> {
  const { id } = stageOf(execution, '1').waitsFor ?? { id: '' };
  return (await app.call('GET', `/api/v1/approvals/${id}`)).body['approval'] as Record<string, unknown>;
}

describe('a judgment that takes several people', () => {
  test('counts each vote over Gate once and answers with the stage as it stands', async () => {
    const execution = await asked({ quorum: { count: 2 }, selectedStageRoles: ['sre'] });
    const first = await vote('ada', execution);
    expect(first.status).toBe(200);
    expect(gateStage(first)).toMatchObject({ status: 'RUNNING', context: { judgmentStatus: '' } });
    expect(await vote('ada', execution)).toMatchObject({ status: 409, body: { error: 'approval_already_voted' } });
    expect(await vote('kim', execution)).toMatchObject({ status: 403 });
    const second = await vote('ben', execution);
    expect(gateStage(second)).toMatchObject({
      status: 'SUCCEEDED',
      context: {
        judgmentStatus: 'continue',
        lastModifiedBy: 'ben@example.com',
        judgments: expect.arrayContaining([
          expect.objectContaining({ user: 'ada@example.com', status: 'continue' }),
          expect.objectContaining({ user: 'ben@example.com', status: 'continue' }),
        ]),
      },
    });
  });

  test('waits for each group, and tells who of which has still to approve', async () => {
    const execution = await asked({ quorum: { groups: [{ ...sre, count: 2 }, security] } });
    expect(gateStage(await vote('ada', execution))?.status).toBe('RUNNING');
    expect(gateStage(await vote('ben', execution))?.status).toBe('RUNNING');
    expect(await approvalOf(execution)).toMatchObject({
      progress: [
        { group: 'SRE', approved: 2, needed: 2 },
        { group: 'Security', approved: 0, needed: 1 },
      ],
      mayStillDecide: [
        { email: 'eva@example.com', groups: ['SRE'] },
        { email: 'kim@example.com', groups: ['Security'] },
      ],
    });
    expect(await vote('boss', execution)).toMatchObject({ status: 403 });
    expect(gateStage(await vote('kim', execution))?.status).toBe('SUCCEEDED');
  });

  test('waits for all of them, and one who stops is enough', async () => {
    const all = await asked({ quorum: 'all', approvers: { teams: ['sre'] } });
    for (const name of ['ada', 'ben']) expect(gateStage(await vote(name, all))?.status).toBe('RUNNING');
    expect(gateStage(await vote('eva', all))?.status).toBe('SUCCEEDED');
    const stopped = await asked({ quorum: 'all', approvers: { teams: ['sre'] } });
    await vote('ada', stopped);
    expect(gateStage(await vote('ben', stopped, 'stop'))?.status).toBe('TERMINAL');
  });

  test('of many votes at once goes on exactly once', async () => {
    const execution = await asked({ quorum: { groups: [{ ...sre, count: 3 }, security] } });
    const answers = await Promise.all(
      ['ada', 'ben', 'eva', 'kim', 'ada', 'ben', 'eva', 'kim'].map(async (name) => vote(name, execution)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
    const after = await desk.read(execution.id);
    expect(after.status).toBe('SUCCEEDED');
    expect(stageOf(after, '1').context['judgments']).toHaveLength(4);
  });

  test('begins anew with no votes when it is restarted', async () => {
    const execution = await asked({ quorum: { count: 2 }, approvers: { teams: ['sre'] } });
    await vote('ada', execution);
    await vote('ben', execution, 'stop');
    const before = await approvalOf(execution);
    await app.call('POST', `/api/v1/executions/${execution.id}/stages/1/restart`);
    const again = await desk.read(execution.id);
    expect(await approvalOf(again)).toMatchObject({ state: 'open', votes: [], progress: [{ approved: 0, needed: 2 }] });
    const old = `/api/v1/approvals/${String(before['id'])}/decision`;
    expect(await people['eva']?.call('POST', old, { verdict: 'approve' })).toMatchObject({ status: 409 });
    expect(gateStage(await vote('ada', again))?.status).toBe('RUNNING');
    expect(gateStage(await vote('ben', again))?.status).toBe('SUCCEEDED');
  });

  test('leaves out who started it where that is said', async () => {
    const terms = { quorum: 'all', approvers: { teams: ['sre'] }, preventSelfApproval: true };
    const pipeline = await desk.save([judgment(terms)]);
    const started = await people['ada']?.call('POST', `/api/v1/pipelines/${pipeline}/executions`, {});
    const execution = started?.body['execution'] as ShownExecution;
    expect(await vote('ada', execution)).toMatchObject({ status: 403, body: { error: 'approval_self' } });
    await vote('ben', execution);
    expect(gateStage(await vote('eva', execution))?.status).toBe('SUCCEEDED');
  });

  test('asks others when nobody answers in time, and records whom', async () => {
    const escalation = { after: 'PT1H', users: ['Boss@example.com'] };
    const execution = await asked({ approvers: { teams: ['security'] }, escalation });
    await app.settle();
    expect(await vote('boss', execution)).toMatchObject({ status: 403 });
    clock.set(new Date(clock.now().getTime() + 3_600_000));
    await app.app.modules.list
      .flatMap((module) => module.chores ?? [])
      .find(({ name }) => name === 'approval-timers')
      ?.run();
    const { id, escalatedAt } = await approvalOf(execution);
    expect(escalatedAt).not.toBeNull();
    expect(gateStage(await vote('boss', execution))?.status).toBe('SUCCEEDED');
    const record = await app.call('GET', `/api/v1/approvals/${String(id)}/record`);
    expect(record.body).toMatchObject({
      record: {
        approval: { escalation: { afterMs: 3_600_000, approvers: { users: ['boss@example.com'] } } },
        votes: [{ voterEmail: 'boss@example.com' }],
        events: expect.arrayContaining([expect.objectContaining({ kind: 'approval.escalated' })]),
      },
    });
  });

  test('takes its number from an expression, and fails where that comes to none', async () => {
    const pipeline = await desk.save([judgment({ quorum: { count: '{{ .parameters.n }}' } })], {
      parameterConfig: [{ name: 'n' }],
    });
    const execution = await desk.start(pipeline, { n: '3' });
    expect(await approvalOf(execution)).toMatchObject({ quorum: { count: 3 } });
    const failed = await desk.start(pipeline, { n: '-3' });
    expect(failed.status).toBe('TERMINAL');
    expect(stageOf(failed, '1').error).toBe('quorum.count: It is a whole number from 1 to 100.');
  });
});

describe('saving a judgment', () => {
  test.each<[string, object, string, string]>([
    ['an unknown team', { approvers: { teams: ['gone'] } }, 'approvers.teams', 'There is no team "gone".'],
    ['an unknown role', { approvers: { roles: ['King'] } }, 'approvers.roles', 'There is no role "King".'],
    [
      'a stranger',
      { approvers: { users: ['x@example.com'] } },
      'approvers.users',
      'There is no person "x@example.com".',
    ],
    [
      'an unknown team to escalate to',
      { escalation: { after: 'PT1H', teams: ['gone'] } },
      'escalation.teams',
      'There is no team "gone".',
    ],
    [
      'an unknown team in a group',
      { quorum: { groups: [sre, { name: 'Gone', teams: ['gone'] }] } },
      'quorum.groups[1].teams',
      'There is no team "gone".',
    ],
    [
      'more than there are',
      { quorum: { count: 4 }, approvers: { teams: ['sre'] } },
      'quorum.count',
      'Only 3 may decide by what is named.',
    ],
    [
      'more than a group has',
      { quorum: { groups: [sre, { ...security, count: 2 }] } },
      'quorum.groups[1].count',
      'Only 1 may decide by what is named.',
    ],
    [
      'all of nobody',
      { quorum: 'all', approvers: { teams: ['empty'] } },
      'quorum',
      'Nobody may decide by what is named.',
    ],
  ])('is refused for %s, at its field', async (_name, terms, field, message) => {
    const stages = [judgment(terms)];
    const path = `stages[0].${field}`;
    const refused = {
      status: 422,
      body: {
        ok: false,
        error: 'invalid_pipeline',
        message: `${path} (stage 1): ${message}`,
        details: { field: path, problems: [{ path, refId: '1', message }] },
      },
    };
    const body = { application: 'shop', name: 'Refused', stages };
    expect(await app.call('POST', '/api/v1/pipelines', body)).toMatchObject(refused);
    const config = {
      application: 'refused',
      artifacts: [{ name: 'a', type: 'docker' }],
      environments: [{ name: 'prod', constraints: [{ type: 'manual-judgement', ...terms }] }],
    };
    const place = `environments[0].constraints[0].${field}`;
    expect(await app.call('POST', '/gate/managed/delivery-configs', config)).toMatchObject({
      status: 422,
      body: { error: 'invalid_delivery_config', message: `${place}: ${message}`, details: { field: place } },
    });
  });

  test('lets groups of other clients be what they are', async () => {
    const execution = await asked({ selectedStageRoles: ['their-group'], requiredJudgmentRoles: [] });
    expect(execution.status).toBe('RUNNING');
  });
});

describe('a constraint that takes several people', () => {
  test('waits for each group before the version goes on', async () => {
    const terms = { quorum: { groups: [sre, security] }, escalation: { after: 'P1D', users: ['boss@example.com'] } };
    await app.call('POST', '/gate/managed/delivery-configs', {
      application: 'ship',
      artifacts: [{ name: 'app', type: 'docker' }],
      environments: [{ name: 'prod', constraints: [{ type: 'manual-judgement', ...terms }] }],
    });
    const version = { artifact: 'app', version: '1.0' };
    await app.call('POST', '/api/v1/applications/ship/versions', version);
    const judge = async (name: string): Promise<number | undefined> =>
      (
        await people[name]?.call('POST', '/gate/managed/application/ship/environment/prod/constraint', {
          type: 'manual-judgement',
          artifactVersion: '1.0',
          artifactReference: 'app',
          status: 'OVERRIDE_PASS',
        })
      )?.status;
    const state = async (): Promise<unknown> =>
      (await app.call('GET', '/gate/managed/application/ship/environment/prod/constraints')).body;
    expect(await judge('ada')).toBe(200);
    expect(await state()).toMatchObject([{ status: 'PENDING' }]);
    expect(await judge('boss')).toBe(403);
    expect(await judge('kim')).toBe(200);
    expect(await state()).toMatchObject([{ status: 'OVERRIDE_PASS', judgedBy: 'kim@example.com' }]);
  });
});
