import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Approval, ApprovalRequest } from '#approvals/approval.ts';
import { findApproval } from '#approvals/approval-queries.ts';
import { requestApproval } from '#approvals/request-approval.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { slackRefusal } from '#sample/counterparts/faults.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let slack: SlackCounterpart;
let app: TestApp;
let judge: Visitor;
const people = new Map<string, string>();
let subjects = 0;

beforeAll(async () => {
  slack = await startSlackCounterpart({
    fetch,
    users: [{ name: 'judge' }, { name: 'other' }, { name: 'nobody' }, { name: 'leser' }],
  });
  app = await startTestApp({
    allow: [new URL(slack.origin).host],
    environment: {
      QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
      QUAYSIDE_SLACK_SIGNING_SECRET: slack.signingSecret,
      QUAYSIDE_SLACK_API_URL: slack.apiUrl,
    },
  });
  slack.setInteractivityUrl(`${app.url}/notifications/callbacks/slack`);
  for (const user of await slack.users()) people.set(user.name, user.id);
  await app.call('POST', '/v1/teams', { name: 'payments' });
  judge = await addPerson(app, { email: 'judge@example.com', teams: ['payments'] });
  await addPerson(app, { email: 'other@example.com' });
  const reader = await addPerson(app, { email: 'leser@example.com' });
  await reader.call('PATCH', '/api/v1/session/preferences', { language: 'zh-CN' });
});
afterAll(async () => {
  await app.stop();
  await slack.close();
});
beforeEach(() => slack.faults.clear());

async function ask(given: Partial<ApprovalRequest> = {}): Promise<Approval> {
  subjects += 1;
  const caller = { actor: systemActor(app.orgId, 'tests'), origin: 'SYSTEM', requestId: null } as const;
  const approval = await app.app.core.runner.execute(caller, requestApproval, {
    subject: { kind: 'stage', id: `stage-${subjects}`, attempt: 1 },
    title: `Deploy checkout ${subjects} <!channel>`,
    summary: 'Goes to production.',
    link: '/approvals',
    contentHash: 'hash',
    requestedBy: 'user_requester',
    requestedByName: 'Somebody',
    approvers: { users: ['judge@example.com'], roles: [], teams: [] },
    ...given,
  });
  await settleLater();
  return approval;
}

/** Home tabs are published a moment after what they show. */
async function settleLater(): Promise<void> {
  await app.settle();
  await app.database.database.pool.query(`update job.job set start_after = now() where state < 'completed'`);
  await app.settle();
}

async function open(user: string, tab = 'home'): Promise<void> {
  const event = { type: 'app_home_opened', user: people.get(user), tab, channel: 'D1' };
  expect(await slack.sendEvent(event)).toMatchObject({ status: 200, body: '' });
  await app.settle();
}

interface Home {
  readonly id: string;
  readonly hash: string;
  readonly blocks: readonly { block_id?: string; elements?: readonly { action_id: string; value?: string }[] }[];
}

function homeOf(user: string): Home {
  const found = [...slack.views.values()].find(
    (view) => view['type'] === 'home' && view['user_id'] === people.get(user),
  );
  return (found ?? { id: '', hash: '', blocks: [] }) as unknown as Home;
}

function shown(user: string): string {
  return JSON.stringify(homeOf(user).blocks);
}

async function press(user: string, approval: Approval, verb: 'approve' | 'reject', choice?: string): Promise<void> {
  const home = homeOf(user);
  const block = home.blocks.find(({ block_id: id }) => id?.startsWith(`approval:${approval.id}:`));
  const button = block?.elements?.find((element) => element.action_id === `approval:${verb}`);
  const chosen = choice === undefined ? null : { value: choice };
  await slack.clickView({
    viewId: home.id,
    user,
    action: { action_id: button?.action_id, block_id: block?.block_id, value: button?.value },
    values: {
      'approval:elsewhere:1': { 'approval:choice': { type: 'static_select', selected_option: { value: 'wrong' } } },
      [block?.block_id ?? '']: { 'approval:choice': { type: 'static_select', selected_option: chosen } },
    },
  });
  await settleLater();
}

describe('the home tab', () => {
  test('shows what waits for whoever opens it, once it is opened, and only to them', async () => {
    const approval = await ask();
    await open('judge');
    expect(shown('judge')).toContain(`Deploy checkout ${subjects}`);
    expect(shown('judge')).not.toContain('<!channel>');
    await open('other');
    expect(shown('other')).toContain('Nothing waits for your decision');
    await press('judge', approval, 'approve');
    expect(await findApproval(app.app.core.db, app.orgId, approval.id)).toMatchObject({
      state: 'approved',
      decision: { by: judge.id, through: 'slack' },
    });
    expect(shown('judge')).not.toContain(approval.id);
  });

  test('follows what is decided elsewhere, and is not sent again while nothing changed', async () => {
    const approval = await ask();
    await open('judge');
    expect(shown('judge')).toContain(approval.id);
    const { hash } = homeOf('judge');
    await open('judge');
    expect(homeOf('judge').hash).toBe(hash);
    await judge.call('POST', `/api/v1/approvals/${approval.id}/decision`, { verdict: 'reject' });
    await settleLater();
    expect(shown('judge')).not.toContain(approval.id);
  });

  test('takes the choice that stands beside the button', async () => {
    const approval = await ask({ inputs: [{ value: 'canary' }, { value: 'all' }] });
    await open('judge');
    await press('judge', approval, 'approve', 'all');
    expect(await findApproval(app.app.core.db, app.orgId, approval.id)).toMatchObject({ decision: { input: 'all' } });
  });

  test('tells somebody in a direct message why their click was not taken', async () => {
    const approval = await ask();
    await open('judge');
    const before = homeOf('judge');
    await judge.call('POST', `/api/v1/approvals/${approval.id}/decision`, { verdict: 'reject' });
    const block = before.blocks.find(({ block_id: id }) => id?.startsWith(`approval:${approval.id}:`));
    const button = block?.elements?.find((element) => element.action_id === 'approval:approve');
    await slack.clickView({
      viewId: before.id,
      user: 'other',
      action: { action_id: 'approval:approve', block_id: block?.block_id, value: button?.value },
    });
    await settleLater();
    expect(await findApproval(app.app.core.db, app.orgId, approval.id)).toMatchObject({ state: 'rejected' });
  });

  test('shows what the teams of the reader have to fix next, and their runs', async () => {
    await app.call('POST', '/v1/blueprints', {
      identifier: 'service',
      title: 'Service',
      schema: { properties: { owner: { type: 'string' } }, required: [] },
    });
    await app.call('POST', '/v1/blueprints/service/scorecards', {
      identifier: 'ready',
      title: 'Ready',
      levels: [
        { title: 'Basic', color: 'paleBlue' },
        { title: 'Gold', color: 'gold' },
      ],
      rules: [
        {
          identifier: 'owned',
          title: 'Has an owner',
          level: 'Gold',
          query: { combinator: 'and', conditions: [{ property: 'owner', operator: 'isNotEmpty' }] },
        },
      ],
    });
    const made = await app.call('POST', '/v1/blueprints/service/entities', {
      identifier: 'cart',
      title: 'Cart',
      team: ['payments'],
    });
    expect(made.body).toMatchObject({ ok: true, entity: { scorecards: { ready: { level: 'Basic' } } } });
    await app.call('POST', '/v1/actions', {
      identifier: 'restart',
      title: 'Restart',
      trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {} } },
      invocationMethod: { type: 'WEBHOOK', url: `${slack.origin}/hook` },
    });
    await open('judge');
    expect(shown('judge')).toContain('Has an owner');
    expect(shown('judge')).toContain('/catalog/service/cart|Cart');
    expect(await judge.call('POST', '/v1/actions/restart/runs', { properties: {} })).toMatchObject({ status: 202 });
    await settleLater();
    expect(shown('judge')).toContain('Restart');
    await open('other');
    expect(shown('other')).not.toContain('Has an owner');
  });

  test('is in the reader’s language', async () => {
    await open('leser');
    expect(shown('leser')).toContain('等待你处理');
  });

  test('offers whoever is not known here to link their account', async () => {
    await open('nobody');
    expect(shown('nobody')).toContain('/slack/link/');
    expect(shown('nobody')).not.toContain('Waiting for you');
  });

  test('does nothing for the messages tab', async () => {
    const { hash } = homeOf('other');
    await open('other', 'messages');
    expect(homeOf('other').hash).toBe(hash);
  });

  test('says nothing more to whoever lost their account', async () => {
    const leaver = await addPerson(app, { email: 'leaver@example.com' });
    expect(leaver.id).not.toBe('');
    const userId = await slack.personFor({ email: 'leaver@example.com', realName: 'Leaver' });
    people.set('leaver', userId);
    const approval = await ask({ approvers: { users: ['leaver@example.com'], roles: [], teams: [] } });
    await app.database.database.pool.query(`update person set status = 'DISABLED' where id = '${leaver.id}'`);
    await open('leaver');
    expect(shown('leaver')).not.toContain(approval.id);
  });

  test('catches up when Slack is back', async () => {
    await open('judge');
    const isPublish = { match: ({ path }: { path: string }) => path === '/api/views.publish' };
    slack.faults.add({ kind: 'answer', status: 429, body: '', headers: { 'retry-after': '30' } }, isPublish);
    const approval = await ask();
    expect(shown('judge')).not.toContain(approval.id);
    slack.faults.clear();
    await settleLater();
    expect(shown('judge')).toContain(approval.id);
  });

  test('is given up for a token that may not publish', async () => {
    slack.faults.add(slackRefusal('not_enabled'), { match: ({ path }) => path === '/api/views.publish' });
    const approval = await ask();
    expect(shown('judge')).not.toContain(approval.id);
    slack.faults.clear();
    await open('judge');
    expect(shown('judge')).toContain(approval.id);
  });
});
