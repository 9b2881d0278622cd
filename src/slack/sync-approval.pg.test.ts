import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Approval, ApprovalRequest } from '#approvals/approval.ts';
import { findApproval } from '#approvals/approval-queries.ts';
import { cancelApproval } from '#approvals/cancel-approval.ts';
import { requestApproval } from '#approvals/request-approval.ts';
import { systemActor } from '#platform/commands/actor.ts';
import type { Command } from '#platform/commands/write-context.ts';
import type { SlackMessage } from '#sample/counterparts/slack/slack-channel-view.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let slack: SlackCounterpart;
let app: TestApp;
let judge: Visitor;
let subjects = 0;

beforeAll(async () => {
  slack = await startSlackCounterpart({
    fetch,
    channels: [{ name: 'deployments' }, { name: 'second' }, { name: 'closed', botIsMember: false }],
    users: [
      { name: 'judge' },
      { name: 'second-judge' },
      { name: 'member' },
      { name: 'nobody' },
      { name: 'guest', email: 'judge@example.com', profile: { is_restricted: true } },
    ],
  });
  app = await startTestApp({
    allow: [new URL(slack.origin).host],
    environment: {
      QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
      QUAYSIDE_SLACK_SIGNING_SECRET: slack.signingSecret,
      QUAYSIDE_SLACK_API_URL: slack.apiUrl,
      QUAYSIDE_SLACK_CHANNEL: '#deployments',
    },
  });
  slack.setInteractivityUrl(`${app.url}/notifications/callbacks/slack`);
  judge = await addPerson(app, { email: 'judge@example.com', firstName: 'Checkout', lastName: 'Lead' });
  await addPerson(app, { email: 'second-judge@example.com' });
  await addPerson(app, { email: 'member@example.com' });
});
afterAll(async () => {
  await app.stop();
  await slack.close();
});
beforeEach(() => slack.faults.clear());

async function run<Input, Result>(command: Command<Input, Result>, input: Input): Promise<Result> {
  const caller = { actor: systemActor(app.orgId, 'tests'), origin: 'SYSTEM', requestId: null } as const;
  return app.app.core.runner.execute(caller, command, input);
}

async function ask(given: Partial<ApprovalRequest> = {}): Promise<Approval> {
  subjects += 1;
  const approval = await run(requestApproval, {
    subject: { kind: 'stage', id: `stage-${subjects}`, attempt: 1 },
    title: `Deploy checkout ${subjects}`,
    summary: 'What the facts say, once more.',
    facts: [{ label: 'Version', value: '2.0.1' }],
    link: '/approvals',
    contentHash: 'hash',
    requestedBy: 'user_requester',
    requestedByName: 'Somebody *bold*',
    approvers: { users: ['judge@example.com', 'second-judge@example.com'], roles: [], teams: [] },
    ...given,
  });
  await app.settle();
  return approval;
}

/** The messages about an approval in a channel, oldest first. */
async function messagesOf(approval: Approval, channel = 'deployments'): Promise<readonly SlackMessage[]> {
  const all = await slack.listMessages(channel);
  return all.filter((message) => JSON.stringify([message.text, message.blocks]).includes(approval.title));
}

async function cardOf(approval: Approval, channel = 'deployments'): Promise<SlackMessage> {
  const found = await messagesOf(approval, channel);
  expect(found).toHaveLength(1);
  if (found[0] === undefined) throw new Error('There is no card');
  return found[0];
}

async function press(approval: Approval, verb: 'approve' | 'reject', user = 'judge', choices = {}): Promise<void> {
  const { ts } = await cardOf(approval);
  const answer = await slack.click({ channel: 'deployments', ts, actionId: `approval:${verb}`, user, choices });
  expect(answer).toMatchObject({ status: 200, body: '' });
  await app.settle();
}

async function stateOf({ id }: Approval): Promise<Approval | null> {
  return findApproval(app.app.core.db, app.orgId, id);
}

function buttons({ blocks }: SlackMessage): readonly string[] {
  const actions = blocks.find((block) => block['type'] === 'actions');
  return ((actions?.['elements'] ?? []) as { text?: { text: string } }[]).flatMap(({ text }) =>
    text ? [text.text] : [],
  );
}

describe('an approval in Slack', () => {
  test('is a card with what will happen, who may decide, and two buttons', async () => {
    const card = await cardOf(await ask({ instructions: 'Rolls **v2** out to <!channel> production.' }));
    expect(buttons(card)).toEqual(['Approve', 'Reject', 'Comment…', 'Open']);
    const shown = JSON.stringify(card.blocks);
    expect(shown).toContain('*v2*');
    expect(shown).not.toContain('<!channel>');
    expect(shown).toContain('judge@example.com, second-judge@example.com');
    expect(shown).toContain('Somebody ∗bold∗');
    expect(shown).toContain('*Version*\\n2.0.1');
    expect(shown).not.toContain('once more');
  });

  test.each([
    ['approve', 'approved', 'Checkout Lead'],
    ['reject', 'rejected', 'Checkout Lead'],
  ] as const)('is decided by who presses %s, and the card says so', async (verb, state, name) => {
    const approval = await ask();
    await press(approval, verb);
    expect(await stateOf(approval)).toMatchObject({ state, decision: { by: judge.id, through: 'slack' } });
    const card = await cardOf(approval);
    expect(buttons(card)).toEqual([]);
    expect(JSON.stringify(card.blocks)).toContain(`*${name}* ${state} in Slack`);
  });

  test('changes its card when it is decided elsewhere, and a late click is told', async () => {
    const approval = await ask();
    const { ts } = await cardOf(approval);
    const decided = await judge.call('POST', `/api/v1/approvals/${approval.id}/decision`, { verdict: 'approve' });
    expect(decided.status).toBe(200);
    // Before the card has changed.
    await slack.click({ channel: 'deployments', ts, actionId: 'approval:reject', user: 'second-judge' });
    await app.settle();
    expect(await stateOf(approval)).toMatchObject({ state: 'approved' });
    expect(buttons(await cardOf(approval))).toEqual([]);
    expect(JSON.stringify((await cardOf(approval)).blocks)).toContain('approved in the portal');
    expect(slack.ephemerals.at(-1)?.text).toContain('Somebody else was quicker');
  });

  test('ends its card when it is cancelled, started again or voided', async () => {
    const approval = await ask();
    await run(cancelApproval, { subject: approval.subject, reason: null } as never);
    await app.settle();
    expect(JSON.stringify((await cardOf(approval)).blocks)).toContain('🚫 Cancelled');
  });

  test('of a restarted stage is another one: the old message judges nothing', async () => {
    const first = await ask({ subject: { kind: 'stage', id: 'restarted', attempt: 1 }, title: 'First try' });
    const { ts, blocks } = await cardOf(first);
    const second = await ask({ subject: { kind: 'stage', id: 'restarted', attempt: 2 }, title: 'Second try' });
    expect(buttons({ ...(await cardOf(first)), blocks })).toContain('Approve');
    expect(buttons(await cardOf(first))).toEqual([]);
    await expect(
      slack.click({ channel: 'deployments', ts, actionId: 'approval:approve', user: 'judge' }),
    ).rejects.toThrow();
    expect(await stateOf(second)).toMatchObject({ state: 'open' });
  });

  test('asks for a choice where there are options', async () => {
    const approval = await ask({
      inputs: [{ value: 'canary' }, { value: 'all', label: 'Everywhere' }],
      labels: { approve: 'Ship it', reject: 'Hold' },
    });
    expect(buttons(await cardOf(approval))).toEqual(['Ship it', 'Hold', 'Comment…', 'Open']);
    await press(approval, 'approve');
    expect(slack.ephemerals.at(-1)?.text).toContain('Choose one of the options');
    await press(approval, 'approve', 'judge', { 'approval:choice': 'all' });
    expect(await stateOf(approval)).toMatchObject({ state: 'approved', decision: { input: 'all' } });
    expect(JSON.stringify((await cardOf(approval)).blocks)).toContain('Chosen: *Everywhere*');
  });

  test('is decided by a button and never by what is chosen beside it, whatever the options are called', async () => {
    const approval = await ask({ inputs: [{ value: 'continue' }, { value: 'stop' }] });
    const { ts } = await cardOf(approval);
    for (const selected of ['stop', 'continue']) {
      await slack.click({ channel: 'deployments', ts, actionId: 'approval:choice', user: 'judge', selected });
    }
    await app.settle();
    expect(await stateOf(approval)).toMatchObject({ state: 'open' });
  });

  test('takes options of any length', async () => {
    const long = `${'very '.repeat(60)}long`;
    const approval = await ask({ inputs: [{ value: long }, { value: 'short' }] });
    const select = JSON.stringify((await cardOf(approval)).blocks);
    const chosen = /"value":"(sha256:[\w-]+)"/.exec(select)?.[1] ?? '';
    await press(approval, 'approve', 'judge', { 'approval:choice': chosen });
    expect(await stateOf(approval)).toMatchObject({ state: 'approved', decision: { input: long } });
  });

  test('counts votes on its card until they are enough', async () => {
    const approval = await ask({ quorum: { count: 2 } });
    await press(approval, 'approve');
    expect(JSON.stringify((await cardOf(approval)).blocks)).toContain('1 of 2 approvals');
    await press(approval, 'approve', 'second-judge');
    expect(await stateOf(approval)).toMatchObject({ state: 'approved' });
  });
});

describe('who may not decide', () => {
  test.each([
    ['member', 'You may not decide this'],
    ['nobody', 'not linked to an account'],
    ['guest', 'Guests of this workspace'],
  ])('is told in private, and the card keeps its buttons: %s', async (user, words) => {
    const approval = await ask();
    await press(approval, 'approve', user);
    expect(await stateOf(approval)).toMatchObject({ state: 'open' });
    expect(buttons(await cardOf(approval))).toContain('Approve');
    expect(slack.ephemerals.at(-1)?.text).toContain(words);
  });

  test('who asked decides nothing', async () => {
    const approval = await ask({ requestedBy: judge.id });
    await press(approval, 'approve');
    expect(await stateOf(approval)).toMatchObject({ state: 'open' });
    expect(slack.ephemerals.at(-1)?.text).toContain('You asked for this yourself');
  });

  test('whoever nobody knows gets a link; once it is confirmed, their click counts', async () => {
    const approval = await ask();
    await press(approval, 'approve', 'nobody');
    const offered = JSON.stringify(slack.ephemerals.at(-1)?.blocks);
    const token = /\/slack\/link\/([\w-]+)/.exec(offered)?.[1];
    expect((await judge.call('POST', `/api/v1/slack/links/${token}`)).status).toBe(200);
    await press(approval, 'approve', 'nobody');
    expect(await stateOf(approval)).toMatchObject({ state: 'approved', decision: { by: judge.id } });
  });
});

describe('when Slack does not do as it should', () => {
  const match = (method: string) => ({ match: ({ path }: { path: string }) => path.endsWith(method) });
  const retryNow = async (): Promise<void> => {
    await app.database.database.pool.query(`update job.job set start_after = now() where state < 'completed'`);
    await app.settle();
  };

  test('the card comes when Slack is back, once, and only while it is of use', async () => {
    const down = slack.faults.add({ kind: 'answer', status: 503 }, match('chat.postMessage'));
    const [open, ended] = [await ask(), await ask()];
    expect(await messagesOf(open)).toEqual([]);
    await judge.call('POST', `/api/v1/approvals/${ended.id}/decision`, { verdict: 'approve' });
    await app.settle();
    down.remove();
    await retryNow();
    await retryNow();
    expect(buttons(await cardOf(open))).toContain('Approve');
    expect(await messagesOf(ended)).toEqual([]);
  });

  test('a card whose answer was lost is found and not posted again', async () => {
    slack.faults.add({ kind: 'reset', after: 'effect' }, { ...match('chat.postMessage'), times: 1 });
    const approval = await ask();
    await retryNow();
    await cardOf(approval);
    await press(approval, 'approve');
    expect(JSON.stringify((await cardOf(approval)).blocks)).toContain('approved in Slack');
  });

  test('a limit is waited for', async () => {
    slack.faults.add(
      { kind: 'answer', status: 429, headers: { 'retry-after': '30' } },
      { ...match('chat.postMessage'), times: 1 },
    );
    const approval = await ask();
    expect(await messagesOf(approval)).toEqual([]);
    const waiting = await app.database.database.pool.query<{ seconds: number }>(
      `select extract(epoch from start_after - now())::int as seconds from job.job
       where name = 'slack-approval' and state < 'completed'`,
    );
    expect(waiting.rows[0]?.seconds).toBeGreaterThan(20);
    await retryNow();
    await cardOf(approval);
  });

  test('a change of the card is tried until it is through', async () => {
    const approval = await ask();
    slack.faults.add(
      { kind: 'answer', status: 200, body: { ok: false, error: 'internal_error' } },
      { ...match('chat.update'), times: 2 },
    );
    await press(approval, 'approve');
    await retryNow();
    await retryNow();
    expect(buttons(await cardOf(approval))).toEqual([]);
  });

  test('a channel without the app is written down, and the decision is made elsewhere', async () => {
    const approval = await ask({
      notifications: [
        { via: 'slack', channel: '#closed' },
        { via: 'slack', channel: 'second' },
      ],
    });
    await cardOf(approval, 'second');
    const rows = await app.database.database.pool.query(
      'select place, state, error from slack_approval_message where approval_id = $1 order by place',
      [approval.id],
    );
    expect(rows.rows).toMatchObject([
      { place: 'closed', state: 'undeliverable', error: expect.stringContaining('/invite') },
      { place: 'second', state: 'posted', error: null },
    ]);
  });

  test('an expired response_url leaves the refusal to the bot', async () => {
    const approval = await ask();
    slack.faults.add({ kind: 'answer', status: 404 }, { match: ({ path }) => path.startsWith('/actions/') });
    const before = slack.ephemerals.length;
    await press(approval, 'approve', 'member');
    expect(slack.ephemerals.slice(before).map((one) => one.text)).toEqual([expect.stringContaining('may not decide')]);
  });
});

test('a channel named twice has one card, moments that somebody chose have messages with their own words', async () => {
  const approval = await ask({
    notifications: [
      { via: 'slack', channel: 'second', when: ['awaiting'], texts: { awaiting: 'Please *look* at this.' } },
      { via: 'slack', channel: '#second', when: ['approved'], texts: { approved: 'Gone out, **thanks**.' } },
      { via: 'slack', channel: 'deployments', when: ['rejected'] },
    ],
  });
  expect(JSON.stringify((await cardOf(approval, 'second')).blocks)).toContain('Please _look_ at this.');
  expect(await messagesOf(approval)).toEqual([]);
  await judge.call('POST', `/api/v1/approvals/${approval.id}/decision`, { verdict: 'approve' });
  await app.settle();
  expect(await messagesOf(approval)).toEqual([]);
  const { ts } = await cardOf(approval, 'second');
  expect(ts).not.toBe('');
  const sent = await app.database.database.pool.query(
    `select kind, state from slack_approval_message where approval_id = $1 order by kind`,
    [approval.id],
  );
  expect(sent.rows).toEqual([
    { kind: 'card', state: 'posted' },
    { kind: 'ended', state: 'posted' },
  ]);
});

test('of a hundred clicks at once, from Slack and the portal, one decides, and all are answered', async () => {
  const approval = await ask();
  const { ts } = await cardOf(approval);
  const clicks = Array.from({ length: 80 }, async (_, index) =>
    slack.click({
      channel: 'deployments',
      ts,
      actionId: index % 2 === 0 ? 'approval:approve' : 'approval:reject',
      user: index % 3 === 0 ? 'judge' : 'second-judge',
    }),
  );
  const overWeb = Array.from({ length: 20 }, async () =>
    judge.call('POST', `/api/v1/approvals/${approval.id}/decision`, { verdict: 'approve' }),
  );
  const answers = await Promise.all(clicks);
  const told = await Promise.all(overWeb);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  await app.settle();
  const ended = await app.database.database.pool.query(
    `select 1 from event where kind = 'approval.decided' and context ->> 'approval' = $1`,
    [approval.id],
  );
  expect(ended.rows).toHaveLength(1);
  expect(told.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  expect(buttons(await cardOf(approval))).toEqual([]);
}, 180_000);
