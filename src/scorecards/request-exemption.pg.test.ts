import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settableClock } from '#platform/clock.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

const clock = settableClock(new Date('2026-03-02T10:00:00Z'));
const until = '2026-03-02T12:00:00.000Z';
let app: TestApp;
let member: Visitor;
let lead: Visitor;
beforeAll(async () => {
  app = await startTestApp({ clock });
  member = await addPerson(app, { email: 'member@example.com' });
  lead = await addPerson(app, { email: 'lead@example.com' });
  const schema = { properties: { docs: { type: 'boolean' }, alarms: { type: 'boolean' } }, required: [] };
  await app.call('POST', '/v1/blueprints', { identifier: 'service', title: 'Service', schema });
  const rule = (identifier: string, level: string) => ({
    identifier,
    title: identifier,
    level,
    query: { combinator: 'and', conditions: [{ property: identifier, operator: '=', value: true }] },
  });
  await app.call('POST', '/v1/blueprints/service/scorecards', {
    identifier: 'ready',
    title: 'Ready',
    rules: [rule('docs', 'Bronze'), rule('alarms', 'Silver')],
  });
});
afterAll(async () => app.stop());

let made = 0;

async function service(properties: object = { docs: false, alarms: true }): Promise<string> {
  made += 1;
  const identifier = `service-${made}`;
  const answer = await app.call('POST', '/v1/blueprints/service/entities', { identifier, properties });
  expect(answer).toMatchObject({ status: 201 });
  return identifier;
}

interface Score {
  readonly level: string;
  readonly rules: readonly { readonly identifier: string; readonly status: string; readonly exemption?: object }[];
}

async function score(identifier: string): Promise<Score> {
  const answer = await app.call('GET', `/v1/blueprints/service/entities/${identifier}`);
  return (answer.body['entity'] as { scorecards: { ready: Score } }).scorecards.ready;
}

const ask = async (identifier: string, more: object = {}, by: Pick<TestApp, 'call'> = member) =>
  by.call('POST', `/api/v1/blueprints/service/entities/${identifier}/exemptions`, {
    scorecard: 'ready',
    rule: 'docs',
    until,
    reason: 'The wiki moves next week.',
    ...more,
  });

async function asked(identifier: string): Promise<{ readonly id: string; readonly approval: string }> {
  const answer = await ask(identifier);
  expect(answer).toMatchObject({ status: 201 });
  const { exemption, approval } = answer.body as { exemption: { id: string }; approval: { id: string } };
  return { id: exemption.id, approval: approval.id };
}

const decide = async (approval: string, verdict: string, by: Pick<TestApp, 'call'> = app) =>
  by.call('POST', `/api/v1/approvals/${approval}/decision`, { verdict });

async function passTime(): Promise<void> {
  const chores = app.app.modules.list.flatMap((module) => module.chores ?? []);
  for (const name of ['approval-timers', 'exemptions-over']) await chores.find((each) => each.name === name)?.run();
  await app.settle();
}

async function statusOf(id: string): Promise<unknown> {
  return ((await app.call('GET', `/api/v1/exemptions/${id}`)).body['exemption'] as { status: string }).status;
}

describe('a rule that need not hold', () => {
  test('counts as passed once somebody approved it, says so, and fails again when its time is over', async () => {
    clock.set(new Date('2026-03-02T10:00:00Z'));
    const identifier = await service();
    expect(await score(identifier)).toMatchObject({ level: 'Basic' });
    const { id, approval } = await asked(identifier);
    await app.settle();
    expect(await score(identifier)).toMatchObject({ level: 'Basic' });
    const inbox = await app.call('GET', '/api/v1/approvals?view=mine');
    expect(inbox.body['approvals']).toContainEqual(
      expect.objectContaining({ id: approval, title: `${identifier} · docs` }),
    );
    expect(await decide(approval, 'approve')).toMatchObject({ status: 200 });
    await app.settle();
    expect(await score(identifier)).toEqual({
      level: 'Silver',
      rules: [
        {
          identifier: 'docs',
          status: 'SUCCESS',
          level: 'Bronze',
          exemption: { id, until, approvedBy: 'Main credentials' },
        },
        { identifier: 'alarms', status: 'SUCCESS', level: 'Silver' },
      ],
    });
    const summary = await app.call('GET', '/api/v1/scorecards/service/ready/summary');
    expect(summary.body['summary']).toMatchObject({ rules: [{ identifier: 'docs', exempt: 1 }, { exempt: 0 }] });
    const csv = await fetch(`${app.url}/api/v1/blueprints/service/entities.csv`, {
      headers: { cookie: member.cookie },
    });
    expect(await csv.text()).toContain('ready: Silver (1 exempt)');
    clock.set(new Date(until));
    await passTime();
    expect(await score(identifier)).toMatchObject({ level: 'Basic', rules: [{ status: 'FAILURE' }, {}] });
    expect(await statusOf(id)).toBe('EXPIRED');
  });

  test('holds for later writes of the entity, and is not named once the rule holds by itself', async () => {
    clock.set(new Date('2026-03-02T10:00:00Z'));
    const [exempt, other] = [await service(), await service()];
    await decide((await asked(exempt)).approval, 'approve');
    const write = async (identifier: string, properties: object) =>
      (await app.call('PATCH', `/v1/blueprints/service/entities/${identifier}`, { properties })).body['entity'];
    expect(await write(exempt, { alarms: false })).toMatchObject({ scorecards: { ready: { level: 'Bronze' } } });
    expect(await write(other, { alarms: false })).toMatchObject({ scorecards: { ready: { level: 'Basic' } } });
    await write(exempt, { docs: true });
    expect((await score(exempt)).rules[0]).toStrictEqual({ identifier: 'docs', status: 'SUCCESS', level: 'Bronze' });
  });

  test('is rejected, taken back, or lapses unanswered without an effect', async () => {
    clock.set(new Date('2026-03-02T10:00:00Z'));
    const identifier = await service();
    const first = await asked(identifier);
    await decide(first.approval, 'reject');
    const second = await asked(identifier);
    expect(await lead.call('DELETE', `/api/v1/exemptions/${second.id}`)).toMatchObject({ status: 403 });
    expect(await member.call('DELETE', `/api/v1/exemptions/${second.id}`)).toMatchObject({ status: 200 });
    expect(await member.call('DELETE', `/api/v1/exemptions/${second.id}`)).toMatchObject({ status: 409 });
    expect(await decide(second.approval, 'approve')).toMatchObject({ status: 409 });
    const third = await asked(identifier);
    clock.set(new Date(until));
    await passTime();
    expect([await statusOf(first.id), await statusOf(second.id), await statusOf(third.id)]).toStrictEqual([
      'REJECTED',
      'REVOKED',
      'EXPIRED',
    ]);
    expect(await score(identifier)).toMatchObject({ level: 'Basic' });
  });

  test('fails again the moment an approved one is revoked', async () => {
    clock.set(new Date('2026-03-02T10:00:00Z'));
    const identifier = await service();
    const { id, approval } = await asked(identifier);
    await decide(approval, 'approve');
    await app.settle();
    expect(await score(identifier)).toMatchObject({ level: 'Silver' });
    expect(await app.call('DELETE', `/api/v1/exemptions/${id}`)).toMatchObject({ status: 200 });
    await app.settle();
    expect(await score(identifier)).toMatchObject({ level: 'Basic' });
  });
});

describe('who decides', () => {
  test('is said by the scorecard; who asks decides nothing', async () => {
    clock.set(new Date('2026-03-02T10:00:00Z'));
    const path = '/api/v1/scorecards/service/ready/exemption-policy';
    expect((await app.call('GET', path)).body).toMatchObject({ approvers: { roles: ['Admin'] } });
    const approvers = { users: ['lead@example.com', 'member@example.com'] };
    expect(await member.call('PUT', path, { approvers })).toMatchObject({ status: 403 });
    expect(await app.call('PUT', path, { approvers: {} })).toMatchObject({ status: 422 });
    expect(await app.call('PUT', path, { approvers })).toMatchObject({ status: 200 });
    const { approval } = await asked(await service());
    expect(await decide(approval, 'approve', member)).toMatchObject({ status: 403, body: { error: 'approval_self' } });
    expect(await decide(approval, 'approve')).toMatchObject({ status: 403 });
    expect(await decide(approval, 'approve', lead)).toMatchObject({ status: 200 });
    await app.call('PUT', path, { approvers: { roles: ['Admin'] } });
  });
});

describe('what cannot be asked', () => {
  test.each([
    [422, 'until', { until: '2026-03-01T00:00:00Z' }],
    [422, 'until', { until: 'soon' }],
    [422, 'until', { until: '2036-03-01T00:00:00Z' }],
    [422, 'reason', { reason: '  ' }],
    [422, 'rule', { rule: 'none' }],
    [404, undefined, { scorecard: 'none' }],
  ])('is refused with %i, naming %s', async (status, field, more) => {
    clock.set(new Date('2026-03-02T10:00:00Z'));
    const answer = await ask(await service(), more);
    expect(answer).toMatchObject({ status, body: field === undefined ? {} : { details: { field } } });
  });

  test('twice at a time, of an entity that is not there', async () => {
    const identifier = await service();
    await asked(identifier);
    expect(await ask(identifier)).toMatchObject({ status: 409, body: { error: 'exemption_pending' } });
    expect(await ask('nothing')).toMatchObject({ status: 404 });
  });
});
