import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Approval } from '#approvals/approval.ts';
import { addPerson } from '#testing/sign-in.ts';
import { type SlackApprovals, startSlackApprovals } from '#testing/slack-approvals.ts';
import { blockActions, type SlackSender, slackSender } from '#testing/slack-sender.ts';

const team = 'T000000001';
/** All have the address of who may decide: only what Slack says of them can refuse them. */
const users = [
  { name: 'judge' },
  { name: 'guest', email: 'judge@example.com', profile: { is_restricted: true } },
  { name: 'visitor', email: 'judge@example.com', profile: { is_ultra_restricted: true } },
  { name: 'machine', email: 'judge@example.com', profile: { is_bot: true } },
  { name: 'workflow', email: 'judge@example.com', profile: { is_workflow_bot: true } },
  { name: 'gone', email: 'judge@example.com', profile: { deleted: true } },
  { name: 'stranger', email: 'judge@example.com', profile: { is_stranger: true } },
  { name: 'elsewhere', email: 'judge@example.com', profile: { team_id: 'T999' } },
];
let world: SlackApprovals;
let sender: SlackSender;
const ids = new Map<string, string>();

beforeAll(async () => {
  world = await startSlackApprovals({ channels: [{ name: 'deployments' }, { name: 'other' }], users });
  sender = slackSender(world.app.url, world.slack.signingSecret);
  await addPerson(world.app, { email: 'judge@example.com' });
  for (const user of await world.slack.users()) ids.set(user.name, user.id);
});
afterAll(async () => world.stop());
beforeEach(async () => {
  world.slack.faults.clear();
  await world.app.database.database.pool.query('delete from slack_identity');
});

interface CardButton {
  readonly channelId: string | undefined;
  readonly ts: string;
  readonly element: Readonly<Record<string, unknown>>;
}

/** A button of the card as it stands now, to be pressed at any later time. */
async function buttonOf(
  approval: Approval,
  actionId = 'approval:approve',
  channel = 'deployments',
): Promise<CardButton> {
  const { ts, blocks } = await world.cardOf(approval, channel);
  for (const { block_id: blockId, elements } of blocks) {
    const found = ((elements ?? []) as Record<string, unknown>[]).find((element) => element['action_id'] === actionId);
    if (found !== undefined) {
      return { ts, channelId: (await world.slack.channel(channel))?.id, element: { ...found, block_id: blockId } };
    }
  }
  throw new Error(`The card has no ${actionId}`);
}

let clicks = 0;

async function press(button: CardButton, user: Readonly<Record<string, unknown>>): Promise<void> {
  clicks += 1;
  const { channelId, ts, element } = button;
  const payload = blockActions({
    user,
    container: { type: 'message', message_ts: ts, channel_id: channelId, is_ephemeral: false },
    channel: { id: channelId, name: 'deployments' },
    message: { ts },
    response_url: null,
    actions: [{ ...element, action_ts: `${clicks}.1` }],
  });
  expect(await sender.interact(payload)).toEqual({ status: 200, body: '' });
  await world.app.settle();
}

const as = (name: string): Readonly<Record<string, unknown>> => ({ id: ids.get(name), name, team_id: team });

async function expectNobody(words: string): Promise<void> {
  const told = JSON.stringify(world.slack.ephemerals.at(-1));
  expect(told).toContain(words);
  expect(told).not.toContain('/slack/link/');
  const { rows } = await world.app.database.database.pool.query('select 1 from slack_identity');
  expect(rows).toEqual([]);
}

describe('with the address of who may decide', () => {
  test.each([
    ['guest', 'Guests of this workspace'],
    ['visitor', 'Guests of this workspace'],
    ['machine', 'Apps and bots'],
    ['workflow', 'Apps and bots'],
    ['gone', 'is deactivated'],
    ['stranger', 'Only members of this workspace'],
    ['elsewhere', 'Only members of this workspace'],
  ])('a %s decides nothing, opens no form and gets no link', async (name, words) => {
    const approval = await world.ask();
    await press(await buttonOf(approval), as(name));
    expect(await world.stateOf(approval)).toMatchObject({ state: 'open' });
    await expectNobody(words);
    const views = world.slack.views.size;
    await press(await buttonOf(approval, 'approval:comment'), as(name));
    expect(world.slack.views.size).toBe(views);
    await expectNobody(words);
    await world.slack.runCommand({ text: 'run', user: name, channel: 'deployments' });
    await world.app.settle();
    await expectNobody(words);
  });

  test('somebody of another workspace in a shared channel decides nothing, nor whom Slack does not know', async () => {
    const approval = await world.ask();
    const button = await buttonOf(approval);
    await press(button, { ...as('judge'), team_id: 'T999' });
    await expectNobody('Only members of this workspace');
    await press(button, { id: 'U0NOBODY', name: 'judge', team_id: team });
    await expectNobody('Only members of this workspace');
    expect(await world.stateOf(approval)).toMatchObject({ state: 'open' });
    await press(button, as('judge'));
    expect(await world.stateOf(approval)).toMatchObject({ state: 'approved' });
  });

  test('nobody is let in while Slack does not say who they are; the next click counts', async () => {
    const approval = await world.ask();
    const button = await buttonOf(approval);
    const isAsked = { match: ({ path }: { path: string }): boolean => path.endsWith('users.info'), times: 1 };
    world.slack.faults.add({ kind: 'answer', status: 503 }, isAsked);
    await press(button, as('judge'));
    await expectNobody('Nothing was done');
    expect(await world.stateOf(approval)).toMatchObject({ state: 'open' });
    await press(button, as('judge'));
    expect(await world.stateOf(approval)).toMatchObject({ state: 'approved' });
  });
});

describe('a click that was on its way', () => {
  test('as the stage was started again judges neither try', async () => {
    const subject = { kind: 'stage', id: 'restarted', attempt: 1 } as const;
    const first = await world.ask({ subject, title: 'First try.' });
    const button = await buttonOf(first);
    const second = await world.ask({ subject: { ...subject, attempt: 2 }, title: 'Second try.' });
    await press(button, as('judge'));
    expect(await world.stateOf(first)).toMatchObject({ state: 'cancelled' });
    expect(await world.stateOf(second)).toMatchObject({ state: 'open' });
    expect(world.slack.ephemerals.at(-1)?.text).toContain('cancelled');
  });

  test('as what it approves was changed approves neither', async () => {
    const subject = { kind: 'stage', id: 'edited', attempt: 1 } as const;
    const first = await world.ask({ subject, title: 'As it was.', contentHash: 'one' });
    const button = await buttonOf(first);
    const second = await world.ask({ subject, title: 'As it is.', contentHash: 'two' });
    await press(button, as('judge'));
    expect(await world.stateOf(first)).toMatchObject({ state: 'voided' });
    expect(await world.stateOf(second)).toMatchObject({ state: 'open' });
  });

  test('from a message that is no card of that approval decides nothing', async () => {
    const asked = await world.ask();
    const other = await world.ask({ notifications: [{ via: 'slack', channel: 'other' }] });
    const { element } = await buttonOf(asked);
    const elsewhere = await buttonOf(other, 'approval:approve', 'other');
    await press({ ...elsewhere, element }, as('judge'));
    expect(await world.stateOf(asked)).toMatchObject({ state: 'open' });
    expect(await world.stateOf(other)).toMatchObject({ state: 'open' });
    expect(world.slack.ephemerals.at(-1)?.text).toContain('does not belong to an approval');
  });

  test('as the time to decide ran out is told so', async () => {
    const at = new Date(world.app.app.core.clock.now().getTime() + 60_000).toISOString();
    const approval = await world.ask({ timeout: { at, outcome: 'expire' } });
    const button = await buttonOf(approval);
    await world.app.database.database.pool.query(
      `update approval set terms = jsonb_set(terms, '{timeout,at}', '"2020-01-01T00:00:00.000Z"') where id = $1`,
      [approval.id],
    );
    await press(button, as('judge'));
    expect(await world.stateOf(approval)).toMatchObject({ state: 'open', decision: null });
    expect(world.slack.ephemerals.at(-1)?.text).toContain('The time to decide this is over');
  });
});
