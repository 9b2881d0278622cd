import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settableClock } from '#platform/clock.ts';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';

const clock = settableClock(new Date('2026-03-02T10:00:00Z'));
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
});
afterAll(async () => app.stop());

interface ShownVersion {
  readonly version: string;
  readonly status: string;
  readonly constraint: { readonly id: string; readonly status: string; readonly approval: string | null } | null;
}

interface ShownEnvironment {
  readonly name: string;
  readonly artifacts: readonly { readonly reference: string; readonly versions: readonly ShownVersion[] }[];
}

interface GateState {
  readonly uid: string;
  readonly status: string;
  readonly artifactVersion: string;
  readonly judgedBy: string | null;
  readonly comment: string | null;
}

let made = 0;

const judgement = { type: 'manual-judgement' };
const afterTest = { type: 'depends-on', environment: 'test' };

function config(application: string, production: readonly object[] = [afterTest, judgement], more = {}): object {
  return {
    application,
    name: `${application}-manifest`,
    serviceAccount: 'kept@example.com',
    artifacts: [{ name: 'checkout', type: 'docker' }],
    environments: [
      { name: 'production', constraints: production },
      { name: 'test', constraints: [] },
    ],
    ...more,
  };
}

async function submitted(production?: readonly object[], more?: object): Promise<string> {
  made += 1;
  const application = `shop-${made}`;
  const answer = await app.call('POST', '/gate/managed/delivery-configs', config(application, production, more));
  expect(answer).toMatchObject({ status: 200, body: { application, serviceAccount: 'kept@example.com' } });
  return application;
}

async function report(application: string, version: string, more: object = {}, by: Caller = app): Promise<number> {
  const body = { artifact: 'checkout', version, ...more };
  return (await by.call('POST', `/api/v1/applications/${application}/versions`, body)).status;
}

async function statuses(application: string, environment: string): Promise<Record<string, string>> {
  return Object.fromEntries((await versionsIn(application, environment)).map((each) => [each.version, each.status]));
}

async function versionsIn(application: string, environment: string): Promise<readonly ShownVersion[]> {
  const answer = await app.call('GET', `/api/v1/applications/${application}/environments`);
  const environments = answer.body['environments'] as readonly ShownEnvironment[];
  return environments.find(({ name }) => name === environment)?.artifacts[0]?.versions ?? [];
}

async function states(application: string, environment = 'production'): Promise<readonly GateState[]> {
  const path = `/gate/managed/application/${application}/environment/${environment}/constraints`;
  return (await app.call('GET', path)).body as unknown as readonly GateState[];
}

type Caller = Pick<TestApp, 'call'>;

async function judge(application: string, version: string, status: string, by: Caller = app): Promise<TestAnswer> {
  const path = `/gate/managed/application/${application}/environment/production/constraint`;
  return by.call('POST', path, { type: 'manual-judgement', artifactVersion: version, status, comment: 'as agreed' });
}

async function bearer(): Promise<string> {
  const body = { clientId: app.clientId, clientSecret: app.clientSecret };
  return `Bearer ${String((await app.call('POST', '/v1/auth/access_token', body)).body['accessToken'])}`;
}

async function approvalOf(application: string, version: string): Promise<string> {
  const found = (await versionsIn(application, 'production')).find((each) => each.version === version);
  return found?.constraint?.approval ?? 'none';
}

describe('a version on its way', () => {
  test('goes where nothing holds it, and waits for people where a judgement is asked', async () => {
    const application = await submitted();
    expect(await report(application, '1.0', { details: { commit: 'a1b2c3' } })).toBe(201);
    expect(await statuses(application, 'test')).toStrictEqual({ '1.0': 'current' });
    expect(await statuses(application, 'production')).toStrictEqual({ '1.0': 'pending' });
    expect(await states(application)).toMatchObject([
      { deliveryConfigName: `${application}-manifest`, environmentName: 'production', status: 'PENDING' },
    ]);
    const approval = await app.call('GET', `/api/v1/approvals/${await approvalOf(application, '1.0')}`);
    expect(approval.body['approval']).toMatchObject({
      subject: { kind: 'constraint', attempt: 1 },
      title: 'checkout 1.0 · production',
      link: `/applications/${application}`,
      facts: expect.arrayContaining([{ label: 'commit', value: 'a1b2c3' }]),
    });
    expect(await judge(application, '1.0', 'OVERRIDE_PASS')).toMatchObject({ status: 200 });
    expect(await statuses(application, 'production')).toStrictEqual({ '1.0': 'current' });
    expect(await states(application)).toMatchObject([{ status: 'OVERRIDE_PASS', comment: 'as agreed' }]);
  });

  test('is asked about in Slack as a stage is: with reminders, words of its own and chosen moments', async () => {
    const slack = { type: 'slack', address: '#rel', when: ['manualJudgment'], notifyEveryMs: 3_600_000 };
    const message = { manualJudgment: { text: 'Ready for production.' } };
    const environments = [
      { name: 'production', constraints: [judgement], notifications: [{ ...slack, message }] },
      { name: 'test', constraints: [] },
    ];
    const application = await submitted([], { environments });
    expect(await report(application, '1.0')).toBe(201);
    const found = await app.database.database.pool.query('select terms from approval where id = $1', [
      await approvalOf(application, '1.0'),
    ]);
    expect(found.rows[0]).toMatchObject({
      terms: {
        remindEveryMs: 3_600_000,
        confirm: 'Let checkout 1.0 into production?',
        notifications: [
          { via: 'slack', channel: '#rel', when: ['awaiting'], texts: { awaiting: 'Ready for production.' } },
        ],
      },
    });
  });

  test('is reported twice and judged twice with one effect; another word about it is refused', async () => {
    const application = await submitted();
    expect([await report(application, '1.0'), await report(application, '1.0')]).toStrictEqual([201, 200]);
    expect(await judge(application, '1.0', 'OVERRIDE_FAIL')).toMatchObject({ status: 200 });
    expect(await judge(application, '1.0', 'OVERRIDE_FAIL')).toMatchObject({ status: 200 });
    expect(await judge(application, '1.0', 'OVERRIDE_PASS')).toMatchObject({
      status: 409,
      body: { error: 'approval_already_decided' },
    });
    expect(await states(application)).toMatchObject([{ status: 'OVERRIDE_FAIL' }]);
    expect(await statuses(application, 'production')).toStrictEqual({ '1.0': 'rejected' });
  });

  test('is asked about again with a card of its own; the old card decides nothing', async () => {
    const application = await submitted();
    await report(application, '1.0');
    const first = await approvalOf(application, '1.0');
    await judge(application, '1.0', 'OVERRIDE_FAIL');
    expect(await judge(application, '1.0', 'PENDING')).toMatchObject({ status: 200 });
    expect(await judge(application, '1.0', 'PENDING')).toMatchObject({ status: 200 });
    const second = await approvalOf(application, '1.0');
    expect(second).not.toBe(first);
    const old = await app.call('POST', `/api/v1/approvals/${first}/decision`, { verdict: 'approve' });
    expect(old).toMatchObject({ status: 409 });
    const decided = await app.call('POST', `/api/v1/approvals/${second}/decision`, { verdict: 'approve' });
    expect(decided).toMatchObject({ status: 200 });
    expect(await statuses(application, 'production')).toStrictEqual({ '1.0': 'current' });
    const path = `/api/v1/applications/${application}/constraints/${(await states(application))[0]?.uid}/ask-again`;
    expect(await app.call('POST', path)).toMatchObject({ status: 409, body: { error: 'constraint_not_failed' } });
  });

  test('that nobody judges in time fails, and can be asked about again', async () => {
    const application = await submitted([{ ...judgement, timeout: 'PT1H' }]);
    await report(application, '1.0');
    clock.set(new Date(clock.now().getTime() + 3_600_000));
    const chore = app.app.modules.list
      .flatMap((module) => module.chores ?? [])
      .find(({ name }) => name === 'approval-timers');
    await chore?.run();
    expect(await states(application)).toMatchObject([
      { status: 'FAIL', judgedBy: null, comment: 'Nobody judged in time.' },
    ]);
    expect(await judge(application, '1.0', 'OVERRIDE_PASS')).toMatchObject({
      status: 409,
      body: { error: 'approval_expired' },
    });
    await judge(application, '1.0', 'PENDING');
    expect(await judge(application, '1.0', 'OVERRIDE_PASS')).toMatchObject({ status: 200 });
  });

  test('overtakes older ones that still wait', async () => {
    const application = await submitted();
    for (const version of ['1.0', '1.1', '1.2']) await report(application, version);
    const overtaken = await approvalOf(application, '1.0');
    await judge(application, '1.1', 'OVERRIDE_PASS');
    expect(await statuses(application, 'production')).toStrictEqual({
      '1.0': 'rejected',
      '1.1': 'current',
      '1.2': 'pending',
    });
    const approval = await app.call('GET', `/api/v1/approvals/${overtaken}`);
    expect(approval.body['approval']).toMatchObject({
      state: 'cancelled',
      decision: { comment: 'Version 1.1 entered production meanwhile.' },
    });
  });
});

describe('who judges', () => {
  test('only who is asked, and not who reported it where that is excluded', async () => {
    const member = await addPerson(app, { email: 'member@example.com' });
    const other = await addPerson(app, { email: 'other@example.com' });
    const application = await submitted([{ ...judgement, approvers: { users: [other.email] } }]);
    await report(application, '1.0');
    expect(await judge(application, '1.0', 'OVERRIDE_PASS', member)).toMatchObject({
      status: 403,
      body: { error: 'approval_not_permitted' },
    });
    const mine = await other.call('GET', '/api/v1/approvals?view=mine');
    expect(mine.body).toMatchObject({
      approvals: expect.arrayContaining([expect.objectContaining({ link: `/applications/${application}` })]),
    });
    expect(await judge(application, '1.0', 'OVERRIDE_PASS', other)).toMatchObject({ status: 200 });
    expect(await states(application)).toMatchObject([{ judgedBy: other.email }]);
    const strict = await submitted([{ ...judgement, preventSelfApproval: true }]);
    await report(strict, '1.0', {}, member);
    expect(await judge(strict, '1.0', 'OVERRIDE_PASS', member)).toMatchObject({
      status: 403,
      body: { error: 'approval_self' },
    });
  });

  test('twenty at once: one decides, and all are told the same', async () => {
    const application = await submitted();
    await report(application, '1.0');
    const approval = await approvalOf(application, '1.0');
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_each, at) =>
        app.call('POST', `/api/v1/approvals/${approval}/decision`, { verdict: at % 2 === 0 ? 'approve' : 'reject' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    expect((await states(application))[0]?.status).toMatch(/^OVERRIDE_/);
  });
});

describe('a config that changes', () => {
  test('asks anew where its judgement became another one, and takes back what is asked no more', async () => {
    const application = await submitted();
    await report(application, '1.0');
    const first = await approvalOf(application, '1.0');
    const again = await app.call('POST', '/gate/managed/delivery-configs', config(application));
    expect(again).toMatchObject({ status: 200 });
    expect(await approvalOf(application, '1.0')).toBe(first);
    await app.call('POST', '/gate/managed/delivery-configs', config(application, [{ ...judgement, timeout: 'P1D' }]));
    const second = await approvalOf(application, '1.0');
    expect(second).not.toBe(first);
    expect((await app.call('GET', `/api/v1/approvals/${first}`)).body['approval']).toMatchObject({ state: 'voided' });
    await app.call('POST', '/gate/managed/delivery-configs', config(application, []));
    expect(await statuses(application, 'production')).toStrictEqual({ '1.0': 'current' });
    expect((await app.call('GET', `/api/v1/approvals/${second}`)).body['approval']).toMatchObject({
      state: 'cancelled',
    });
    expect(await states(application)).toStrictEqual([]);
  });

  test('is saved over the version that was read, or refused', async () => {
    const application = await submitted();
    const path = `/api/v1/applications/${application}/delivery-config`;
    const read = await app.call('GET', path);
    const etag = read.headers.get('etag') ?? '';
    const change = config(application, []);
    expect(await app.call('PUT', path, change, { 'if-match': etag })).toMatchObject({ status: 200 });
    expect(await app.call('PUT', path, config(application), { 'if-match': etag })).toMatchObject({ status: 412 });
    expect(await app.call('DELETE', `/api/v1/applications/${application}`)).toMatchObject({
      status: 409,
      body: { error: 'application_in_use' },
    });
    await report(application, '1.0');
    expect(await app.call('DELETE', path)).toMatchObject({ status: 200 });
    expect(await app.call('GET', path)).toMatchObject({ status: 404 });
    expect(await app.call('DELETE', `/api/v1/applications/${application}`)).toMatchObject({ status: 200 });
  });

  test('whose name another application has is refused', async () => {
    const application = await submitted();
    const twin = { ...config('shop-twin'), name: `${application}-MANIFEST` };
    expect(await app.call('POST', '/gate/managed/delivery-configs', twin)).toMatchObject({ status: 409 });
  });
});

describe("Spinnaker's clients", () => {
  test('send YAML, check it, read it by name and by application, and delete it', async () => {
    const yaml = [
      'application: yaml-shop',
      'artifacts:',
      '- { name: checkout, type: docker, reference: main }',
      'environments:',
      '- name: test',
      '- name: production',
      '  constraints:',
      '  - { type: manual-judgement, timeout: PT4H }',
    ].join('\n');
    const send = async (path: string, body: string): Promise<Response> =>
      fetch(`${app.url}${path}`, {
        method: 'POST',
        headers: { authorization: await bearer(), 'content-type': 'application/x-yaml' },
        body,
      });
    const valid = await send('/gate/managed/delivery-configs/validate', yaml);
    expect([valid.status, await valid.json()]).toStrictEqual([200, { status: 'valid' }]);
    expect((await app.call('GET', '/gate/managed/delivery-configs/yaml-shop-manifest')).status).toBe(404);
    expect((await send('/gate/managed/delivery-configs', yaml)).status).toBe(200);
    const byName = await app.call('GET', '/gate/managed/delivery-configs/yaml-shop-manifest');
    expect(byName.body).toStrictEqual((await app.call('GET', '/gate/managed/application/yaml-shop/config')).body);
    expect(byName.body).toMatchObject({ environments: [{ name: 'test' }, { constraints: [{ timeout: 'PT4H' }] }] });
    await app.call('POST', '/api/v1/applications/yaml-shop/versions', { artifact: 'main', version: '7' });
    expect((await app.call('GET', '/gate/managed/application/yaml-shop')).body).toMatchObject({
      environments: [
        { name: 'test', artifacts: [{ versions: { current: '7', pending: [] } }] },
        { name: 'production', artifacts: [{ versions: { current: null, pending: ['7'] } }] },
      ],
    });
    expect((await app.call('GET', '/gate/managed/delivery-configs/yaml-shop-manifest/artifacts')).body).toMatchObject([
      {
        reference: 'main',
        environments: [{ versions: [{ version: '7', status: 'CURRENT' }] }, { name: 'production' }],
      },
    ]);
    expect((await app.call('DELETE', '/gate/managed/application/yaml-shop/config')).status).toBe(200);
    for (const broken of ['', '{', 'a: [', 'just text', '- 1', '"\\u0000"', '['.repeat(500)]) {
      expect((await send('/gate/managed/delivery-configs', broken)).status).toBe(422);
    }
  });

  test.each([
    [
      'environments[0].constraints[0].timeout',
      { environments: [{ name: 'a', constraints: [{ ...judgement, timeout: '4h' }] }] },
    ],
    ['environments[0].constraints[0].type', { environments: [{ name: 'a', constraints: [{ type: 'canary' }] }] }],
    ['environments[0].constraints[0].environment', { environments: [{ name: 'a', constraints: [afterTest] }] }],
    ['environments[0].constraints', { environments: [{ name: 'a', constraints: [judgement, judgement] }] }],
    ['environments[0].constraints', { environments: [{ name: 'test', constraints: [afterTest] }] }],
    ['environments[1].name', { environments: [{ name: 'a' }, { name: 'a' }] }],
    ['environments[0].name', { environments: [{ name: '' }] }],
    ['environments[0].notifications[0].type', { environments: [{ name: 'a', notifications: [{ type: 'pigeon' }] }] }],
    ['environments[0]', { environments: [null] }],
    ['artifacts', { artifacts: {} }],
    ['artifacts[0].type', { artifacts: [{ name: 'x' }] }],
    [
      'artifacts[1].reference',
      {
        artifacts: [
          { name: 'x', type: 'deb' },
          { name: 'x', type: 'deb' },
        ],
      },
    ],
    ['application', { application: '../x' }],
  ])('are told what is wrong at %s', async (field, wrong) => {
    const body = { ...config('wrong'), ...wrong };
    expect(await app.call('POST', '/gate/managed/delivery-configs', body)).toMatchObject({
      status: 422,
      body: { error: 'invalid_delivery_config', details: { field } },
    });
  });

  test('judge nothing that nobody is asked', async () => {
    const application = await submitted();
    const path = `/gate/managed/application/${application}/environment`;
    const body = { type: 'manual-judgement', artifactVersion: '1.0', status: 'OVERRIDE_PASS' };
    expect(await app.call('POST', `${path}/production/constraint`, body)).toMatchObject({
      status: 409,
      body: { error: 'constraint_not_pending' },
    });
    expect(await app.call('POST', `${path}/nowhere/constraint`, body)).toMatchObject({ status: 404 });
    const wrongType = await app.call('POST', `${path}/production/constraint`, { ...body, type: 'depends-on' });
    expect(wrongType).toMatchObject({ status: 422, body: { details: { field: 'type' } } });
    await report(application, '1.0');
    const wrongStatus = await app.call('POST', `${path}/production/constraint`, { ...body, status: 'MAYBE' });
    expect(wrongStatus).toMatchObject({ status: 422, body: { details: { field: 'status' } } });
    const unknown = { artifact: 'nothing', version: '1.0' };
    expect(await app.call('POST', `/api/v1/applications/${application}/versions`, unknown)).toMatchObject({
      status: 422,
      body: { details: { field: 'artifact' } },
    });
  });
});
