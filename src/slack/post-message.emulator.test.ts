import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchSlackHttp } from '#cli/fetch-slack-http.ts';
import { startSlackCounterpart, type SlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { selectReminder } from '#scorecards/reminder-rules.ts';
import { scorecardReminder } from './blocks/scorecard-reminder.ts';
import { postMessage } from './post-message.ts';
import type { SlackTransport } from './slack-http.ts';

let slack: SlackCounterpart;
beforeEach(async () => {
  slack = await startSlackCounterpart({
    fetch,
    channels: [{ name: 'reminders' }, { name: 'closed', botIsMember: false }],
  });
});
afterEach(() => slack.close());

const bot = (channel: string): SlackTransport => ({
  kind: 'bot',
  token: slack.botToken,
  channel,
  apiUrl: slack.apiUrl,
});
const rules = [{ identifier: 'hasOwner', status: 'FAILURE', level: 'Gold' }];
const messages = scorecardReminder(
  selectReminder(
    Array.from({ length: 250 }, (_, n) => ({
      identifier: `s${n}`,
      title: `Service <!channel> & *${n}* ${'ö'.repeat(n % 40)}`,
      scorecards: { readiness: { level: ['Basic', 'Bronze'][n % 2] ?? 'Basic', rules } },
    })),
    { identifier: 'readiness', title: 'Readiness', levels: [{ title: 'Basic' }, { title: 'Gold' }], rules },
    { blueprint: 'service', appUrl: 'https://portal.example.com' },
  ),
);
const [message] = messages;
if (!message) throw new Error('The reminder holds no message');

test('a long reminder passes a workspace that holds messages to Slack’s limits, by webhook and by bot', async () => {
  const webhook: SlackTransport = { kind: 'webhook', url: slack.incomingWebhookUrl('reminders') };
  for (const transport of [webhook, bot('#reminders')]) {
    for (const [index, part] of messages.entries()) {
      const outcome = await postMessage(fetchSlackHttp, { transport, message: part, key: `reminder/${index}` });
      expect(outcome).toMatchObject({ outcome: 'posted' });
    }
  }
  const seen = await slack.listMessages('reminders');
  expect(seen.map((one) => one.blocks.length)).toEqual([...messages, ...messages].map((one) => one.blocks.length));
});

test('a bot’s message whose answer was lost is found again, and stands there once', async () => {
  slack.faults.add({ kind: 'reset', after: 'effect' }, { times: 1 });
  const request = { transport: bot('reminders'), message, key: 'run-1/0' };
  expect(await postMessage(fetchSlackHttp, request)).toMatchObject({ outcome: 'unknown' });
  expect(await postMessage(fetchSlackHttp, { ...request, mayBePosted: true })).toMatchObject({
    outcome: 'posted',
    found: true,
  });
  expect(await slack.listMessages('reminders')).toHaveLength(1);
});

test('a bot’s message that was lost on its way is posted at the second attempt', async () => {
  slack.faults.add({ kind: 'reset', after: 'receipt' }, { times: 1 });
  const request = { transport: bot('reminders'), message, key: 'run-1/0' };
  expect(await postMessage(fetchSlackHttp, request)).toMatchObject({ outcome: 'unknown' });
  const second = await postMessage(fetchSlackHttp, { ...request, mayBePosted: true });
  expect(second).toMatchObject({ outcome: 'posted' });
  expect(second).not.toHaveProperty('found');
  expect(await slack.listMessages('reminders')).toHaveLength(1);
});

test('refusals of the workspace come with what to do', async () => {
  expect(await postMessage(fetchSlackHttp, { transport: bot('closed'), message, key: 'k' })).toMatchObject({
    outcome: 'refused',
    error: 'not_in_channel',
  });
  expect(await postMessage(fetchSlackHttp, { transport: bot('nowhere'), message, key: 'k' })).toMatchObject({
    outcome: 'refused',
    error: 'channel_not_found',
  });
});
