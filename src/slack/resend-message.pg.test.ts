import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Approval, ApprovalRequest } from '#approvals/approval.ts';
import { requestApproval } from '#approvals/request-approval.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { slackRefusal } from '#sample/counterparts/faults.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let slack: SlackCounterpart;
let app: TestApp;
let subjects = 0;
const connection = '/api/v1/integrations/slack';
const isPost = { match: ({ path }: { path: string }): boolean => path.endsWith('chat.postMessage') };

beforeAll(async () => {
  slack = await startSlackCounterpart({ fetch, channels: [{ name: 'deployments' }, { name: 'other' }] });
  app = await startTestApp({
    allow: [new URL(slack.origin).host],
    environment: { QUAYSIDE_SLACK_API_URL: slack.apiUrl },
  });
  await app.call('PUT', connection, {
    botToken: slack.botToken,
    signingSecret: slack.signingSecret,
    channel: 'deployments',
  });
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
    title: `Deploy number ${subjects}.`,
    summary: '',
    contentHash: 'hash',
    requestedBy: 'somebody',
    requestedByName: 'Somebody',
    approvers: { users: ['judge@example.com'], roles: [], teams: [] },
    ...given,
  });
  await app.settle();
  return approval;
}

async function cards({ title }: Approval): Promise<readonly string[]> {
  const all = await slack.listMessages('deployments');
  return all.map((message) => JSON.stringify(message.blocks)).filter((blocks) => blocks.includes(title));
}

async function failed({ id }: Approval): Promise<readonly Record<string, unknown>[]> {
  const { messages } = (await app.call('GET', `${connection}/messages`)).body as {
    messages: readonly Record<string, unknown>[];
  };
  return messages.filter((message) => message['approvalId'] === id);
}

const resend = async (approvalId: string, kind = 'card', place = 'deployments') =>
  app.call('POST', `${connection}/messages/resend`, { approvalId, place, kind });

describe('a card that did not arrive', () => {
  test.each([
    ['is_archived', 'archived'],
    ['not_in_channel', '/invite'],
    ['channel_not_found', 'does not know'],
    ['restricted_action', 'workspace setting'],
  ])('because of %s is told with what to do, and sent again when somebody asks', async (code, told) => {
    const fault = slack.faults.add(slackRefusal(code), isPost);
    const approval = await ask();
    expect(await failed(approval)).toMatchObject([
      { place: 'deployments', kind: 'card', state: 'undeliverable', error: expect.stringContaining(told) },
    ]);
    await resend(approval.id);
    await app.settle();
    expect(await failed(approval)).toMatchObject([{ state: 'undeliverable' }]);
    fault.remove();
    expect((await resend(approval.id)).status).toBe(200);
    await app.settle();
    expect(await failed(approval)).toEqual([]);
    expect(await cards(approval)).toHaveLength(1);
    expect((await resend(approval.id)).status).toBe(404);
  });

  test('waits for Slack, and comes with the next connection that works', async () => {
    slack.faults.add({ kind: 'answer', status: 429, headers: { 'retry-after': '600' } }, isPost);
    const approval = await ask();
    expect(await failed(approval)).toMatchObject([{ state: 'wanted', error: expect.stringContaining('slowly') }]);
    slack.faults.clear();
    expect((await app.call('PUT', connection, { channel: 'deployments' })).status).toBe(200);
    await app.settle();
    expect(await cards(approval)).toHaveLength(1);
    expect(await failed(approval)).toEqual([]);
  });

  test('is nobody’s affair but the administrators’', async () => {
    const member = await addPerson(app, { email: 'member@example.com' });
    expect((await member.call('GET', `${connection}/messages`)).status).toBe(403);
    const body = { approvalId: 'x', place: '', kind: 'card' };
    expect((await member.call('POST', `${connection}/messages/resend`, body)).status).toBe(403);
    expect((await resend('no-such-approval')).status).toBe(404);
    expect((await app.call('POST', `${connection}/messages/resend`, { approvalId: 1 })).status).toBe(422);
  });
});

describe('the organisation’s own words and name', () => {
  test('stand on buttons of requests that have none', async () => {
    await app.call('PUT', connection, { approveLabel: 'Ship it', rejectLabel: ' ' });
    const [usual] = await cards(await ask());
    expect(usual).toContain('"Ship it"');
    expect(usual).toContain('"Reject"');
    const [worded] = await cards(await ask({ labels: { approve: 'Continue', reject: 'Stop' } }));
    expect(worded).toContain('"Continue"');
    expect(worded).not.toContain('Ship it');
    const long = await app.call('PUT', connection, { approveLabel: 'x'.repeat(31) });
    expect(long.status).toBe(422);
    await app.call('PUT', connection, { approveLabel: null });
    expect((await cards(await ask()))[0]).toContain('"Approve"');
  });

  test('is the name to post under where the app may take one', async () => {
    const renamed = await startSlackCounterpart({ fetch, scopes: ['chat:write', 'chat:write.customize'] });
    const sent: string[] = [];
    const { postMessage } = await import('./post-message.ts');
    const { transportOf } = await import('./connection.ts');
    const stored = await app.call('GET', connection);
    expect(stored.body['connection']).toMatchObject({ botName: 'Quayside' });
    const transport = transportOf({
      orgId: app.orgId,
      source: 'settings',
      mode: 'bot',
      botToken: renamed.botToken,
      signingSecrets: [],
      appToken: null,
      webhookUrl: null,
      botName: 'Harbour master',
      channel: 'general',
      language: 'en',
      approveLabel: null,
      rejectLabel: null,
      apiUrl: renamed.apiUrl,
      workspace: {
        teamId: 'T',
        team: 'T',
        url: '',
        botUserId: 'U',
        botName: 'quayside',
        scopes: ['chat:write.customize'],
      },
      checkedAt: null,
      version: 1,
    });
    if (transport === null) throw new Error('There is a token');
    const http = async (request: { readonly body: string }) => {
      sent.push(request.body);
      return { status: 200, headers: {}, body: '{"ok":true,"ts":"1","channel":"C"}' };
    };
    await postMessage(http, { transport, message: { text: 'x', blocks: [] }, key: 'k' });
    expect(sent[0]).toContain('"username":"Harbour master"');
    await renamed.close();
  });
});
