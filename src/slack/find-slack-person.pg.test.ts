import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Approval } from '#approvals/approval.ts';
import { slackRefusal } from '#sample/counterparts/faults.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { type SlackApprovals, startSlackApprovals } from '#testing/slack-approvals.ts';
import { blockActions, slackSender } from '#testing/slack-sender.ts';

let world: SlackApprovals;
let judge: Visitor;
const people = new Map<string, string>();
const approvers = { users: ['judge@example.com', 'leser@example.com', 'nowhere@example.com'], roles: [], teams: [] };
const notifications = [{ via: 'slack', channel: '@approvers' }] as const;

beforeAll(async () => {
  world = await startSlackApprovals({ users: [{ name: 'judge' }, { name: 'leser' }] });
  for (const name of ['judge', 'leser', 'nowhere']) {
    const person = await addPerson(world.app, { email: `${name}@example.com` });
    people.set(person.id, name);
    if (name === 'judge') {
      judge = person;
      await world.app.call('POST', '/v1/teams', { name: 'insiders', users: [person.email] });
    }
    if (name === 'leser') await person.call('PATCH', '/api/v1/session/preferences', { language: 'zh-CN' });
  }
});
afterAll(async () => world.stop());
beforeEach(() => world.slack.faults.clear());

interface Told {
  readonly who: string;
  readonly state: string;
  readonly channel: string;
  readonly ts: string;
  readonly error: string | null;
}

async function told({ id }: Approval): Promise<readonly Told[]> {
  const found = await world.app.database.database.pool.query<Told & { place: string }>(
    `select place, state, channel_id as channel, ts, error from slack_approval_message
     where approval_id = $1 and kind = 'card'`,
    [id],
  );
  return found.rows
    .map((row) => ({ ...row, who: people.get(row.place.slice(1)) ?? row.place }))
    .toSorted((a, b) => (a.who < b.who ? -1 : 1));
}

/** What stands in somebody's direct messages. */
async function shownTo(approval: Approval, who: string): Promise<string> {
  const card = (await told(approval)).find((one) => one.who === who);
  const answer = await fetch(`${world.slack.apiUrl}conversations.history`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.slack.botToken}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ channel: card?.channel ?? '', limit: '100' }).toString(),
  });
  const { messages } = (await answer.json()) as { messages: readonly { ts: string }[] };
  return JSON.stringify(messages.find(({ ts }) => ts === card?.ts));
}

/** Presses Approve on the card in somebody's direct messages. */
async function pressDirectly(approval: Approval, name: string): Promise<void> {
  const card = (await told(approval)).find(({ who }) => who === name);
  const user = (await world.slack.users()).find((one) => one.name === name);
  const click = blockActions({
    user: { id: user?.id, name, team_id: 'T000000001' },
    container: { type: 'message', message_ts: card?.ts, channel_id: card?.channel, is_ephemeral: false },
    actions: [
      {
        type: 'button',
        action_id: 'approval:approve',
        block_id: `approval:${approval.id}:1`,
        value: JSON.stringify({ hash: approval.contentHash }),
        action_ts: '1.1',
      },
    ],
  });
  await slackSender(world.app.url, world.slack.signingSecret).interact(click);
  await world.app.settle();
}

describe('direct messages to those who may decide', () => {
  test('are one card each, in their language, for those who are in Slack; all show how it ended', async () => {
    const approval = await world.ask({ approvers, notifications });
    expect(await told(approval)).toMatchObject([
      { who: 'judge', state: 'posted' },
      { who: 'leser', state: 'posted' },
      { who: 'nowhere', state: 'needless', error: null },
    ]);
    expect(await world.messagesOf(approval)).toEqual([]);
    expect(await shownTo(approval, 'judge')).toContain('Approval needed');
    expect(await shownTo(approval, 'leser')).toContain('待审批');
    await pressDirectly(approval, 'leser');
    expect(await world.stateOf(approval)).toMatchObject({ state: 'approved', decision: { through: 'slack' } });
    expect(await shownTo(approval, 'judge')).toContain('approved in Slack');
    expect(await shownTo(approval, 'leser')).toContain('已批准');
  });

  test('wait while Slack cannot say who is who', async () => {
    const limited = { kind: 'answer', status: 429, headers: { 'retry-after': '30' } } as const;
    const lookUps = { match: ({ path }: { path: string }): boolean => path.endsWith('users.lookupByEmail') };
    world.slack.faults.add(limited, lookUps);
    await world.app.database.database.pool.query('delete from slack_identity');
    const approval = await world.ask({ approvers, notifications });
    expect((await told(approval)).map(({ state }) => state)).toEqual(['wanted', 'wanted', 'wanted']);
    world.slack.faults.clear();
    world.slack.faults.add(slackRefusal('missing_scope'), { ...lookUps, times: 1 });
    await world.retryNow();
    expect((await told(approval)).filter(({ error }) => error?.includes('permission') === true)).toHaveLength(1);
    await world.retryNow();
    expect((await told(approval)).map(({ state }) => state)).toEqual(['posted', 'posted', 'needless']);
  });

  test('stand beside a card in a channel', async () => {
    const both = [...notifications, { via: 'slack', channel: 'deployments' }] as const;
    const approval = await world.ask({ approvers, notifications: both });
    await world.cardOf(approval);
    expect((await told(approval)).filter(({ state }) => state === 'posted')).toHaveLength(3);
  });

  test('reach whoever takes somebody’s place, who may decide there although they are not asked', async () => {
    const audience = { readers: ['insiders'], deciders: ['insiders'] };
    const asked = { users: ['judge@example.com'], roles: [], teams: [] };
    const approval = await world.ask({ approvers: asked, notifications, audience });
    expect((await told(approval)).map(({ who }) => who)).toEqual(['judge']);
    const handOver = { to: 'leser@example.com' };
    expect(await judge.call('POST', `/api/v1/approvals/${approval.id}/delegation`, handOver)).toMatchObject({
      status: 200,
    });
    await world.app.settle();
    expect((await told(approval)).map(({ who, state }) => [who, state])).toEqual([
      ['judge', 'posted'],
      ['leser', 'posted'],
    ]);
    await pressDirectly(approval, 'leser');
    expect(await world.stateOf(approval)).toMatchObject({ state: 'approved', decision: { through: 'slack' } });
  });
});
