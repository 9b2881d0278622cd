import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SlackMessage } from '#sample/counterparts/slack/slack-channel-view.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { pipelineDesk, stageOf } from '#testing/pipeline-desk.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { blockActions, slackSender } from '#testing/slack-sender.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

const channels = ['deployments', 'audience'];
let slack: SlackCounterpart;
let app: TestApp;
let judge: Visitor;

beforeAll(async () => {
  slack = await startSlackCounterpart({
    fetch,
    channels: channels.map((name) => ({ name })),
    users: [{ name: 'judge' }, { name: 'second-judge' }],
  });
  app = await startTestApp({
    working: true,
    allow: [new URL(slack.origin).host],
    environment: {
      QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
      QUAYSIDE_SLACK_SIGNING_SECRET: slack.signingSecret,
      QUAYSIDE_SLACK_API_URL: slack.apiUrl,
    },
  });
  slack.setInteractivityUrl(`${app.url}/notifications/callbacks/slack`);
  judge = await addPerson(app, { email: 'judge@example.com' });
  await addPerson(app, { email: 'second-judge@example.com' });
});
afterAll(async () => {
  await app.stop();
  await slack.close();
});

async function cardIn(channel: string): Promise<SlackMessage | undefined> {
  return (await slack.listMessages(channel)).find(({ blocks }) => JSON.stringify(blocks).includes('Race'));
}

const isOpen = (card: SlackMessage | undefined): boolean => JSON.stringify(card?.blocks).includes('approval:approve');

function buttonOf(card: SlackMessage | undefined, actionId: string): Record<string, unknown> {
  for (const { block_id: blockId, elements } of card?.blocks ?? []) {
    const found = ((elements ?? []) as Record<string, unknown>[]).find((element) => element['action_id'] === actionId);
    if (found !== undefined) return { ...found, block_id: blockId };
  }
  throw new Error(`The card has no ${actionId}`);
}

/** Without what tells one message from another: its address in Slack. */
const shownBy = (card: SlackMessage | undefined): string => JSON.stringify([card?.text, card?.blocks]);

async function count(query: string, execution: string): Promise<number> {
  const found = await app.database.database.pool.query<{ number: number }>(query, [execution]);
  return found.rows[0]?.number ?? 0;
}

test('of two hundred judgments at once, from Slack, the portal and the API, one decides and one goes on', async () => {
  const desk = pipelineDesk(app);
  const notifications = channels.map((address) => ({ type: 'slack', address, when: ['manualJudgment'] }));
  const pipeline = await desk.save(
    [
      { refId: 'ask', type: 'manualJudgment', name: 'Ask', sendNotifications: true, notifications },
      { refId: 'next', requisiteStageRefIds: ['ask'], type: 'wait', name: 'Next', waitTime: 0 },
    ],
    { name: 'Race' },
  );
  const { id } = await desk.start(pipeline);
  await expect
    .poll(async () => (await Promise.all(channels.map(cardIn))).map(isOpen), { timeout: 30_000 })
    .toEqual([true, true]);
  const approval = stageOf(await desk.read(id), 'ask').waitsFor?.id ?? '';
  const cards = new Map(await Promise.all(channels.map(async (name) => [name, await cardIn(name)] as const)));

  const people = await slack.users();
  const sender = slackSender(app.url, slack.signingSecret);
  // Built beforehand from the cards as they stood: every click is on its way before the first is worked off.
  const clicks = await Promise.all(
    Array.from({ length: 120 }, async (_, at) => {
      const name = channels[at % 2] ?? '';
      const channel = await slack.channel(name);
      const card = cards.get(name);
      const user = people.find((person) => person.name === (at % 5 < 2 ? 'judge' : 'second-judge'));
      return blockActions({
        user: { id: user?.id, name: user?.name, username: user?.name, team_id: 'T000000001' },
        container: { type: 'message', message_ts: card?.ts, channel_id: channel?.id, is_ephemeral: false },
        channel: { id: channel?.id, name },
        message: { ts: card?.ts },
        response_url: null,
        actions: [{ ...buttonOf(card, at % 3 === 0 ? 'approval:reject' : 'approval:approve'), action_ts: `${at}.1` }],
      });
    }),
  );
  const overSlack = clicks.map(async (payload) => sender.interact(payload));
  const overApi = Array.from({ length: 40 }, async (_, at) =>
    app.call('POST', `/api/v1/executions/${id}/stages/ask/judgment`, { verdict: at % 2 === 0 ? 'continue' : 'stop' }),
  );
  const overWeb = Array.from({ length: 40 }, async (_, at) =>
    judge.call('POST', `/api/v1/approvals/${approval}/decision`, { verdict: at % 2 === 0 ? 'approve' : 'reject' }),
  );
  const acknowledged = await Promise.all(overSlack);
  const told = [...(await Promise.all(overApi)), ...(await Promise.all(overWeb))];
  expect(new Set(acknowledged.map(({ status }) => status))).toEqual(new Set([200]));
  expect([...new Set(told.map(({ status }) => status))].filter((status) => status !== 200 && status !== 409)).toEqual(
    [],
  );
  expect(told.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);

  await expect.poll(async () => (await desk.read(id)).status, { timeout: 60_000 }).not.toBe('RUNNING');
  const over = await desk.read(id);
  const continued = over.status === 'SUCCEEDED';
  expect(stageOf(over, 'ask').context).toMatchObject({ judgmentStatus: continued ? 'continue' : 'stop' });
  expect(stageOf(over, 'next').status).toBe(continued ? 'SUCCEEDED' : 'NOT_STARTED');
  const decided = `select count(*)::int as number from event where kind = 'approval.decided'
    and context ->> 'subjectId' = (select id from stage where execution = $1 and ref_id = 'ask')`;
  expect(await count(decided, id)).toBe(1);
  const ended = `select count(*)::int as number from event where kind = 'execution.ended' and subject = 'execution:' || $1`;
  expect(await count(ended, id)).toBe(1);
  // Who came too late in Slack is told so there.
  await expect.poll(() => slack.ephemerals.length, { timeout: 60_000 }).toBeGreaterThan(0);
  // Every click has been worked off, and every card tells the same end.
  await expect
    .poll(async () => (await Promise.all(channels.map(cardIn))).map(isOpen), { timeout: 60_000 })
    .toEqual([false, false]);
  await expect
    .poll(async () => new Set((await Promise.all(channels.map(cardIn))).map(shownBy)).size, { timeout: 60_000 })
    .toBe(1);
  expect(shownBy(await cardIn('audience'))).toContain(continued ? 'pproved' : 'ejected');
}, 240_000);
