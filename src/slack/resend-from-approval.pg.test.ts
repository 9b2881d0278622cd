import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Approval } from '#approvals/approval.ts';
import { slackRefusal } from '#sample/counterparts/faults.ts';
import { addPerson, signInAdministrator, type Visitor } from '#testing/sign-in.ts';
import { type SlackApprovals, startSlackApprovals } from '#testing/slack-approvals.ts';

let world: SlackApprovals;
let judge: Visitor;
let member: Visitor;
let admin: Visitor;
const isPost = { match: ({ path }: { path: string }): boolean => path.endsWith('chat.postMessage') };

beforeAll(async () => {
  world = await startSlackApprovals();
  judge = await addPerson(world.app, { email: 'judge@example.com', firstName: 'Judge', lastName: 'One' });
  member = await addPerson(world.app, { email: 'member@example.com' });
  admin = await signInAdministrator(world.app);
});
afterAll(async () => world.stop());
beforeEach(() => world.slack.faults.clear());

interface Undelivered {
  readonly id: string;
  readonly to: { readonly as: string; readonly name?: string };
  readonly state: string;
  readonly code: string | null;
  readonly error: string;
  readonly since: string;
}

const at = ({ id }: Approval): string => `/api/v1/approvals/${id}/slack-messages`;

async function undelivered(approval: Approval, visitor = judge): Promise<readonly Undelivered[]> {
  const answer = await visitor.call('GET', at(approval));
  expect(answer.status).toBe(200);
  return answer.body['messages'] as readonly Undelivered[];
}

async function resend(approval: Approval, visitor = judge): Promise<number> {
  const [message] = await undelivered(approval, admin);
  const { status } = await visitor.call('POST', `${at(approval)}/${message?.id}/resend`);
  await world.app.settle();
  return status;
}

describe('on an approval, a card that did not arrive', () => {
  test('is shown with where, why and since when; who may decide sends it again, once', async () => {
    const fault = world.slack.faults.add(slackRefusal('not_in_channel'), isPost);
    const approval = await world.ask();
    const [message] = await undelivered(approval);
    expect(message).toMatchObject({
      to: { as: 'channel', name: 'deployments' },
      state: 'undeliverable',
      code: 'not_in_channel',
      error: expect.stringContaining('/invite'),
      since: expect.any(String),
    });
    await resend(approval);
    expect((await undelivered(approval))[0]?.since).toBe(message?.since);
    fault.remove();
    expect(await judge.call('GET', at(approval))).toMatchObject({ body: { mayResend: true } });
    expect(await member.call('GET', at(approval))).toMatchObject({ body: { mayResend: false } });
    expect(await resend(approval, member)).toBe(403);
    const answers = await Promise.all([resend(approval), resend(approval, admin), resend(approval)]);
    expect(answers).toContain(200);
    expect(await world.messagesOf(approval)).toHaveLength(1);
    expect(await undelivered(approval)).toEqual([]);
    expect(await resend(approval)).toBe(404);
    const events = await world.app.database.database.pool.query<{ actor: { id: string } }>(
      `select actor from event where kind = 'slack.message-resent' and context ->> 'approval' = $1`,
      [approval.id],
    );
    expect(events.rows.map(({ actor }) => actor.id)).toContain(judge.id);
    expect(events.rows.map(({ actor }) => actor.id)).not.toContain(member.id);
  });

  test('is not posted again when it stands there after all', async () => {
    world.slack.faults.add({ kind: 'reset', after: 'effect' }, { ...isPost, times: 1 });
    const isHistory = { match: ({ path }: { path: string }): boolean => path.endsWith('conversations.history') };
    const unread = world.slack.faults.add(slackRefusal('missing_scope'), isHistory);
    const approval = await world.ask();
    await world.retryNow();
    expect(await undelivered(approval)).toMatchObject([{ state: 'unknown' }]);
    await resend(approval);
    expect(await undelivered(approval)).toMatchObject([{ state: 'unknown' }]);
    unread.remove();
    expect(await resend(approval)).toBe(200);
    expect(await undelivered(approval)).toEqual([]);
    expect(await world.messagesOf(approval)).toHaveLength(1);
  });

  test('goes on being held by who sends it at that moment', async () => {
    const fault = world.slack.faults.add(slackRefusal('is_archived'), isPost);
    const approval = await world.ask();
    fault.remove();
    const { pool } = world.app.database.database;
    await pool.query(
      `update slack_approval_message set claimed_until = now() + interval '1 minute' where approval_id = $1`,
      [approval.id],
    );
    expect(await resend(approval)).toBe(200);
    expect(await world.messagesOf(approval)).toEqual([]);
    await pool.query('update slack_approval_message set claimed_until = now() where approval_id = $1', [approval.id]);
    await world.retryNow();
    expect(await world.messagesOf(approval)).toHaveLength(1);
  });

  test('names a private channel to administrators alone, and direct messages by the person', async () => {
    world.slack.faults.add(slackRefusal('is_archived'), isPost);
    const { pool } = world.app.database.database;
    await pool.query(
      `insert into slack_channel (org_id, id, name, is_private, is_member, listed_at)
       values ($1, 'C0SECRET', 'secret-plans', true, false, now())`,
      [world.app.orgId],
    );
    const notifications = [
      { via: 'slack', channel: '#secret-plans' },
      { via: 'slack', channel: '@approvers' },
    ] as const;
    const approval = await world.ask({ notifications });
    expect((await undelivered(approval, admin)).map(({ to }) => to)).toEqual([
      { as: 'person', name: 'Judge One' },
      { as: 'channel', name: 'secret-plans' },
    ]);
    const shown = await undelivered(approval);
    expect(shown.map(({ to }) => to.as)).toEqual(['person', 'private-channel']);
    expect(JSON.stringify(shown)).not.toContain('secret-plans');
    expect(shown[1]?.error).toContain('archived');
  });

  test('is not there for who may not see the approval', async () => {
    world.slack.faults.add(slackRefusal('is_archived'), isPost);
    const approval = await world.ask({ private: true, notifications: [{ via: 'slack', channel: 'deployments' }] });
    expect(await undelivered(approval)).toHaveLength(1);
    expect(await member.call('GET', at(approval))).toMatchObject({ status: 404 });
    const [message] = await undelivered(approval);
    expect(await member.call('POST', `${at(approval)}/${message?.id}/resend`)).toMatchObject({ status: 404 });
    expect(await judge.call('POST', `${at(approval)}/none/resend`)).toMatchObject({ status: 404 });
  });
});
