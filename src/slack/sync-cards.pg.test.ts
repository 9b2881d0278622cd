import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Approval } from '#approvals/approval.ts';
import { cancelApproval } from '#approvals/cancel-approval.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { slackRefusal } from '#sample/counterparts/faults.ts';
import { type MailServer, startMailServer } from '#testing/mail-server.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { type SlackApprovals, startSlackApprovals } from '#testing/slack-approvals.ts';
import { slackSender } from '#testing/slack-sender.ts';

let world: SlackApprovals;
let mail: MailServer;
let judge: Visitor;
const updates = { match: ({ path }: { path: string }): boolean => path.endsWith('chat.update') };
const posts = { match: ({ path }: { path: string }): boolean => path.endsWith('chat.postMessage') };
const settings = '/api/v1/integrations/slack';

beforeAll(async () => {
  mail = await startMailServer();
  world = await startSlackApprovals({
    allow: [new URL(mail.url).host],
    environment: () => ({ QUAYSIDE_SMTP_URL: mail.url, QUAYSIDE_MAIL_FROM: 'portal@example.com' }),
  });
  judge = await addPerson(world.app, { email: 'judge@example.com', firstName: 'Checkout', lastName: 'Lead' });
  await addPerson(world.app, { email: 'member@example.com' });
});
afterAll(async () => {
  await world.stop();
  await mail.close();
});
beforeEach(() => world.slack.faults.clear());

const query = async (text: string, values: unknown[] = []) => world.app.database.database.pool.query(text, values);
const shown = async (approval: Approval): Promise<string> => JSON.stringify((await world.cardOf(approval)).blocks);
const failures = async ({ id }: Approval): Promise<readonly Record<string, unknown>[]> => {
  const { body } = await world.app.call('GET', `${settings}/messages`);
  return (body['messages'] as Record<string, unknown>[]).filter((message) => message['approvalId'] === id);
};
const decide = async ({ id }: Approval, verdict = 'approve') =>
  judge.call('POST', `/api/v1/approvals/${id}/decision`, { verdict });

describe('between the question and the click', () => {
  test.each([
    [
      'a role',
      { roles: ['Moderator'] },
      `update person set roles = '{Moderator}'`,
      `update person set roles = '{Member}'`,
    ],
    [
      'a team',
      { teams: ['harbour'] },
      `insert into team_member (org_id, team, person_id) select org_id, 'harbour', id from person`,
      `delete from team_member using person`,
    ],
  ])('somebody lost %s: the click is refused, and the buttons stay for others', async (_, named, give, take) => {
    await world.app.call('POST', '/v1/teams', { name: 'harbour' });
    const where = `where person.email = 'judge@example.com'`;
    await query(`${give} ${where}`);
    const approval = await world.ask({ approvers: { users: [], roles: [], teams: [], ...named } });
    const join = take.startsWith('delete') ? ' and team_member.person_id = person.id' : '';
    await query(`${take} ${where}${join}`);
    await world.press(approval, 'approve');
    expect(await world.stateOf(approval)).toMatchObject({ state: 'open' });
    expect(world.slack.ephemerals.at(-1)?.text).toContain('You may not decide this');
    expect(await shown(approval)).toContain('approval:approve');
  });

  test('the account here was disabled, although Slack was asked a moment ago', async () => {
    const approval = await world.ask({ approvers: { users: ['member@example.com'], roles: [], teams: [] } });
    await world.press(approval, 'comment', 'member');
    await query(`update person set status = 'DISABLED' where email = 'member@example.com'`);
    await world.press(approval, 'approve', 'member');
    expect(await world.stateOf(approval)).toMatchObject({ state: 'open' });
    expect(world.slack.ephemerals.at(-1)?.text).toContain('not active');
    await query(`update person set status = 'ACTIVE' where email = 'member@example.com'`);
  });
});

test('a click of the older kind decides as well, and says no more than its button', async () => {
  const { app, slack } = world;
  const sender = slackSender(app.url, slack.signingSecret);
  const click = async (approval: Approval, value: string, type = 'button') => {
    const { ts } = await world.cardOf(approval);
    const channel = await slack.channel('deployments');
    const person = (await slack.users()).find(({ name }) => name === 'judge');
    const answer = await sender.interact({
      type: 'interactive_message',
      callback_id: `approval:${approval.id}`,
      actions: [
        { name: 'manual-judgement', type, ...(type === 'button' ? { value } : { selected_options: [{ value }] }) },
      ],
      team: { id: 'T000000001', domain: 'test' },
      channel: { id: channel?.id, name: 'deployments' },
      user: { id: person?.id, name: 'judge' },
      action_ts: `${Date.now()}.1`,
      message_ts: ts,
      attachment_id: '1',
      token: 'ignored',
      response_url: null,
    });
    expect(answer).toEqual({ status: 200, body: '' });
    await app.settle();
  };
  const approval = await world.ask();
  await click(approval, 'STOP', 'select');
  await click(approval, 'SOMETHING');
  expect(await world.stateOf(approval)).toMatchObject({ state: 'open' });
  await click(approval, 'CONTINUE');
  expect(await world.stateOf(approval)).toMatchObject({ state: 'approved', decision: { by: judge.id } });
  const other = await world.ask();
  await click(other, 'STOP');
  expect(await world.stateOf(other)).toMatchObject({ state: 'rejected' });
});

describe('a card that can no longer be changed', () => {
  test.each(['is_archived', 'channel_not_found', 'not_in_channel', 'token_revoked'])(
    'because of %s is told to administrators, the decision holds, and a connection that works brings it up to date',
    async (code) => {
      const approval = await world.ask();
      const fault = world.slack.faults.add(slackRefusal(code), updates);
      expect((await decide(approval)).status).toBe(200);
      await world.app.settle();
      expect(await world.stateOf(approval)).toMatchObject({ state: 'approved' });
      expect(await failures(approval)).toMatchObject([{ state: 'undeliverable', kind: 'card' }]);
      fault.remove();
      const { botToken, signingSecret } = world.slack;
      await world.app.call('PUT', settings, { botToken, signingSecret, channel: 'deployments' });
      await world.app.settle();
      expect(await shown(approval)).toContain('approved in the portal');
      expect(await failures(approval)).toEqual([]);
      await world.app.call('DELETE', settings);
    },
  );

  test('because somebody deleted it is not tried for ever; resending posts it anew', async () => {
    const approval = await world.ask({
      quorum: { count: 2 },
      approvers: { users: ['judge@example.com', 'member@example.com'], roles: [], teams: [] },
    });
    const gone = world.slack.faults.add(slackRefusal('message_not_found'), updates);
    await decide(approval);
    await world.app.settle();
    await world.retryNow();
    expect(gone.hits).toBe(1);
    expect(await failures(approval)).toMatchObject([{ error: expect.stringContaining('deleted') }]);
    gone.remove();
    // It is looked for before it is posted; here somebody really took it away.
    world.slack.faults.add(
      { kind: 'answer', status: 200, body: { ok: true, messages: [] } },
      { match: ({ path }) => path.endsWith('conversations.history') },
    );
    const again = { approvalId: approval.id, place: 'deployments', kind: 'card' };
    expect((await world.app.call('POST', `${settings}/messages/resend`, again)).status).toBe(200);
    await world.app.settle();
    const messages = await world.messagesOf(approval);
    expect(messages).toHaveLength(2);
    expect(JSON.stringify(messages.at(-1)?.blocks)).toContain('1 of 2 approvals');
  });

  test('waits as long as Slack asks before it is changed', async () => {
    const approval = await world.ask();
    world.slack.faults.add({ kind: 'answer', status: 429, headers: { 'retry-after': '40' } }, { ...updates, times: 1 });
    await world.press(approval, 'approve');
    const waiting = await query(
      `select extract(epoch from start_after - now())::int as seconds from job.job
       where name = 'slack-approval' and state < 'completed' and data ->> 'approvalId' = $1`,
      [approval.id],
    );
    expect(waiting.rows[0]?.seconds).toBeGreaterThan(30);
    await world.retryNow();
    expect(await shown(approval)).toContain('approved in Slack');
  });
});

test('with Slack away, mail and portal carry the same question; the card catches up with one truth', async () => {
  const away = world.slack.faults.add({ kind: 'reset', after: 'receipt' }, posts);
  const approval = await world.ask({
    instructions: 'Look at the graphs first.',
    notifications: [{ via: 'slack', channel: 'deployments' }, { via: 'approvers' }],
  });
  const told = mail.mails.filter(({ raw }) => raw.includes(approval.title));
  expect(told.map(({ to }) => to)).toEqual([['judge@example.com']]);
  expect(told[0]?.raw).toContain(`/approvals/${approval.id}`);
  expect(told[0]?.raw).toContain('Look at the graphs first.');
  const inbox = (await judge.call('GET', '/api/v1/approvals?view=mine')).body['approvals'] as { id: string }[];
  expect(inbox.map(({ id }) => id)).toContain(approval.id);
  expect(await world.messagesOf(approval)).toEqual([]);
  away.remove();
  await world.retryNow();
  expect(await shown(approval)).toContain('approval:approve');
  expect((await decide(approval, 'reject')).status).toBe(200);
  await world.app.settle();
  await world.press(approval, 'approve').catch(() => undefined);
  expect(await world.stateOf(approval)).toMatchObject({ state: 'rejected' });
  expect(await shown(approval)).toContain('rejected in the portal');
});

describe('by an incoming webhook', () => {
  beforeAll(async () => {
    const webhookUrl = world.slack.incomingWebhookUrl('deployments');
    await world.app.call('PUT', settings, { mode: 'webhook', webhookUrl });
  });
  afterAll(async () => {
    await world.app.call('DELETE', settings);
  });

  test('a card that got a vote is not posted once more', async () => {
    const people = { users: ['judge@example.com', 'member@example.com'], roles: [], teams: [] };
    const approval = await world.ask({ quorum: { count: 2 }, approvers: people });
    expect((await decide(approval)).status).toBe(200);
    await world.app.settle();
    await world.cardOf(approval);
    expect(await failures(approval)).toEqual([]);
  });

  test.each(['approve', 'cancel'])('a card has no buttons, and its end (%s) is told below it', async (how) => {
    const approval = await world.ask({ link: '/approvals' });
    expect(await shown(approval)).not.toContain('approval:approve');
    expect(await shown(approval)).toContain('Open it to decide');
    if (how === 'approve') await decide(approval);
    else {
      const caller = { actor: systemActor(world.app.orgId, 'tests'), origin: 'SYSTEM', requestId: null } as const;
      const end = { subject: approval.subject, reason: 'No longer needed.' };
      await world.app.app.core.runner.execute(caller, cancelApproval, end as never);
    }
    await world.app.settle();
    const messages = await world.messagesOf(approval);
    expect(messages).toHaveLength(2);
    const last = JSON.stringify(messages.at(-1)?.blocks);
    expect(last).toContain(how === 'approve' ? 'approved in the portal' : 'No longer needed.');
  });
});
