import { LogLevel, WebClient } from '@slack/web-api';
import type { WebClientOptions } from '@slack/web-api';
import { IncomingWebhook } from '@slack/webhook';
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startWebhookReceiver } from '#testing/webhook-receiver.ts';
import { rateLimited, slackRefusal } from '../faults.ts';
import { startSlackCounterpart } from './slack-counterpart.ts';
import type { SlackCounterpart } from './slack-counterpart.ts';

let slack: SlackCounterpart;
let bot: WebClient;

beforeAll(async () => {
  slack = await startSlackCounterpart({
    fetch,
    channels: [
      { name: 'quality', topic: 'Standards' },
      { name: 'aloof', botIsMember: false },
    ],
    users: [{ name: 'sre', realName: 'Site reliability', email: 'sre@example.com' }],
  });
  bot = client(slack.botToken);
});
afterAll(async () => slack.close());
afterEach(() => slack.faults.clear());

/** The real client, telling refusals to the test alone. */
function client(token: string | undefined, options: WebClientOptions = {}): WebClient {
  const silent = () => {};
  const logger = {
    debug: silent,
    info: silent,
    warn: silent,
    error: silent,
    setLevel: silent,
    setName: silent,
    getLevel: () => LogLevel.ERROR,
  };
  return new WebClient(token, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logger, ...options });
}

async function channelId(name: string): Promise<string> {
  return (await slack.channel(name))?.id ?? '';
}

describe('the Web API', () => {
  it('knows its own token and no other', async () => {
    const me = await bot.auth.test();
    expect([me.user_id, me.bot_id, me.response_metadata?.scopes]).toEqual([
      'U0QUAYSIDE',
      'B0QUAYSIDE',
      expect.arrayContaining(['chat:write', 'users:read.email']),
    ]);
    const stranger = client('xoxb-stranger');
    await expect(stranger.auth.test()).rejects.toThrow('invalid_auth');
    await expect(client(undefined).auth.test()).rejects.toThrow('not_authed');
    await expect(bot.apiCall('chat.whistle')).rejects.toThrow('unknown_method');
  });

  it('posts to a channel by name, and everybody sees it', async () => {
    const posted = await bot.chat.postMessage({
      channel: '#quality',
      text: 'Reminder',
      blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Reminder' } }],
    });
    const seen = await slack.waitForMessage('quality', ({ ts }) => ts === posted.ts);
    expect(seen).toMatchObject({
      text: 'Reminder',
      blocks: [{ type: 'header' }],
      author: { id: 'U0QUAYSIDE', name: 'Quayside', isBot: true },
      via: 'web-api',
    });
    expect(posted.message?.bot_id).toBe('B0QUAYSIDE');
  });

  it('returns metadata from the history only when asked for all of it', async () => {
    const channel = await channelId('quality');
    const metadata = { event_type: 'quayside_post', event_payload: { key: 'abc' } };
    const { ts } = await bot.chat.postMessage({ channel, text: 'with metadata', metadata });
    const newest = async (all: boolean): Promise<unknown> =>
      (await bot.conversations.history({ channel, include_all_metadata: all, limit: 1 })).messages?.[0]?.metadata;
    expect(await newest(true)).toEqual(metadata);
    expect(await newest(false)).toEqual({ event_type: 'quayside_post' });
    expect((await bot.conversations.replies({ channel, ts: ts ?? '' })).messages?.[0]?.metadata).toEqual({
      event_type: 'quayside_post',
    });
  });

  it('cuts the history by time and by page', async () => {
    const channel = await channelId('random');
    const stamps: string[] = [];
    for (const text of ['one', 'two', 'three', 'four']) {
      stamps.push((await bot.chat.postMessage({ channel, text })).ts ?? '');
    }
    const [first = '', second = '', , fourth = ''] = stamps;
    const texts = async (args: object): Promise<unknown> =>
      (await bot.conversations.history({ channel, ...args })).messages?.map(({ text }) => text);
    expect(await texts({ oldest: first })).toEqual(['four', 'three', 'two']);
    expect(await texts({ oldest: second, latest: fourth })).toEqual(['three']);
    expect(await texts({ oldest: second, latest: fourth, inclusive: true })).toEqual(['four', 'three', 'two']);
    const page = await bot.conversations.history({ channel, limit: 3 });
    expect([page.has_more, page.messages?.length]).toEqual([true, 3]);
    expect(await texts({ limit: 3, cursor: page.response_metadata?.next_cursor })).toEqual(['one']);
  });

  it('updates its own message', async () => {
    const { ts = '', channel = '' } = await bot.chat.postMessage({ channel: 'quality', text: 'before' });
    await bot.chat.update({ channel, ts, text: 'after' });
    const seen = await slack.waitForMessage('quality', (message) => message.ts === ts);
    expect(seen.text).toBe('after');
    expect(seen.editedTs).toBeDefined();
  });

  it('refuses what Slack refuses', async () => {
    const section = (length: number) => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(length) } });
    const post = (blocks: object[]) => bot.chat.postMessage({ channel: 'quality', text: 'x', blocks: blocks as never });
    await expect(post([section(3001)])).rejects.toMatchObject({
      data: {
        error: 'invalid_blocks',
        errors: ['must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
      },
    });
    await expect(post(Array.from({ length: 51 }, () => section(1)))).rejects.toThrow('invalid_blocks');
    await expect(post([section(3000)])).resolves.toMatchObject({ ok: true });
    await expect(bot.chat.postMessage({ channel: 'nowhere', text: 'x' })).rejects.toThrow('channel_not_found');
    await expect(bot.chat.postMessage({ channel: 'aloof', text: 'x' })).rejects.toThrow('not_in_channel');
  });

  it('finds people by e-mail', async () => {
    const found = await bot.users.lookupByEmail({ email: 'sre@example.com' });
    expect(found.user?.profile?.real_name).toBe('Site reliability');
    await expect(bot.users.lookupByEmail({ email: 'nobody@example.com' })).rejects.toThrow('users_not_found');
  });
});

describe('incoming webhooks', () => {
  it('post to their channel and no other', async () => {
    const hook = new IncomingWebhook(slack.incomingWebhookUrl('quality'));
    const answer = await hook.send({ text: 'from a hook', channel: 'random', username: 'Impostor' });
    expect(answer.text).toBe('ok');
    const seen = await slack.waitForMessage('quality', ({ text }) => text === 'from a hook');
    expect(seen).toMatchObject({ author: { name: 'Quayside', isBot: true }, via: 'incoming-webhook' });
    expect((await slack.listMessages('random')).map(({ text }) => text)).not.toContain('from a hook');
  });

  it('answer mistakes in words, with the status Slack uses', async () => {
    const url = slack.incomingWebhookUrl('quality');
    const send = async (to: string, body: string): Promise<[number, string]> => {
      const response = await fetch(to, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      return [response.status, await response.text()];
    };
    expect(await send(url, '{')).toEqual([400, 'invalid_payload']);
    expect(await send(url, '{}')).toEqual([400, 'no_text']);
    expect(await send(url, JSON.stringify({ blocks: [{ type: 'section' }] }))).toEqual([400, 'invalid_blocks']);
    expect(await send(`${url}0`, '{"text":"x"}')).toEqual([404, 'no_service']);
    expect(await send(slack.incomingWebhookUrl('never-made'), '{"text":"x"}')).toEqual([404, 'channel_not_found']);
  });

  it('take the form that curl sends', async () => {
    const body = new URLSearchParams({ payload: '{"text":"as a form"}' });
    expect(await (await fetch(slack.incomingWebhookUrl('quality'), { method: 'POST', body })).text()).toBe('ok');
    await slack.waitForMessage('quality', ({ text }) => text === 'as a form');
  });

  it('say no when their channel is archived', async () => {
    const { channel } = await bot.conversations.create({ name: 'closing' });
    const url = slack.incomingWebhookUrl('closing');
    await bot.conversations.archive({ channel: channel?.id ?? '' });
    const response = await fetch(url, { method: 'POST', body: '{"text":"x"}' });
    expect([response.status, await response.text()]).toEqual([410, 'channel_is_archived']);
  });
});

describe('faults', () => {
  it('come as refusals, limits and missing pages', async () => {
    const isPost = { match: ({ path }: { path: string }) => path === '/api/chat.postMessage', times: 1 };
    slack.faults.add(slackRefusal('channel_not_found'), isPost);
    slack.faults.add(rateLimited(30), isPost);
    slack.faults.add({ kind: 'answer', status: 404, body: 'no_service' }, { times: 1 });
    const strict = client(slack.botToken, { rejectRateLimitedCalls: true });
    const post = () => strict.chat.postMessage({ channel: 'quality', text: 'x' });
    await expect(post()).rejects.toThrow('channel_not_found');
    await expect(post()).rejects.toMatchObject({ retryAfter: 30 });
    await expect(new IncomingWebhook(slack.incomingWebhookUrl('quality')).send('x')).rejects.toMatchObject({
      statusCode: 404,
      body: 'no_service',
    });
  });

  it('can lose the answer to a post that stands', async () => {
    slack.faults.add({ kind: 'reset', after: 'effect' }, { times: 1 });
    await expect(bot.chat.postMessage({ channel: 'quality', text: 'stands' })).rejects.toThrow();
    await slack.waitForMessage('quality', ({ text }) => text === 'stands');
    slack.faults.add({ kind: 'reset', after: 'receipt' }, { times: 1 });
    await expect(bot.chat.postMessage({ channel: 'quality', text: 'does not' })).rejects.toThrow();
    expect((await slack.listMessages('quality')).map(({ text }) => text)).not.toContain('does not');
  });
});

describe('clicks', () => {
  it('arrive signed, and the response_url changes the message at most five times', async () => {
    const app = await startWebhookReceiver();
    slack.setInteractivityUrl(`${app.url}notifications/callbacks/slack`);
    const { ts = '' } = await bot.chat.postMessage({
      channel: 'quality',
      text: 'Approve?',
      blocks: [
        {
          type: 'actions',
          block_id: 'j:1',
          elements: [
            { type: 'button', action_id: 'judge:approve', value: '1', text: { type: 'plain_text', text: 'Approve' } },
          ],
        },
      ],
    });
    const answer = await slack.click({ channel: 'quality', ts, actionId: 'judge:approve', user: 'sre' });
    expect([answer.status, answer.body]).toEqual([200, '']);

    const [request] = await app.received(1);
    const body = request?.body.toString('utf8') ?? '';
    const timestamp = String(request?.headers['x-slack-request-timestamp']);
    const expected = createHmac('sha256', slack.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    expect(request?.headers['x-slack-signature']).toBe(`v0=${expected}`);
    const payload = JSON.parse(new URLSearchParams(body).get('payload') ?? '') as Record<string, unknown>;
    expect(payload).toMatchObject({
      type: 'block_actions',
      user: { name: 'sre' },
      message: { ts, text: 'Approve?' },
      actions: [{ action_id: 'judge:approve', block_id: 'j:1', value: '1', type: 'button' }],
    });

    const respond = async (fields: object): Promise<number> =>
      (await fetch(String(payload['response_url']), { method: 'POST', body: JSON.stringify(fields) })).status;
    expect(await respond({ replace_original: true, text: 'Approved', blocks: [] })).toBe(200);
    expect((await slack.waitForMessage('quality', (message) => message.ts === ts)).text).toBe('Approved');
    expect(await respond({ text: 'only for you' })).toBe(200);
    expect(slack.ephemerals.at(-1)).toMatchObject({ text: 'only for you' });
    expect([await respond({ text: '3' }), await respond({ text: '4' }), await respond({ text: '5' })]).toEqual([
      200, 200, 200,
    ]);
    expect(await respond({ text: '6' })).toBe(404);
    await app.close();
  });

  it('open modals with their trigger, which people then submit', async () => {
    const app = await startWebhookReceiver();
    slack.setInteractivityUrl(app.url);
    const { ts = '' } = await bot.chat.postMessage({
      channel: 'quality',
      text: 'Reason?',
      blocks: [
        {
          type: 'section',
          text: { type: 'mrkdwn', text: 'Why' },
          accessory: { type: 'button', action_id: 'ask', text: { type: 'plain_text', text: 'Say' } },
        },
      ],
    });
    await slack.click({ channel: 'quality', ts, actionId: 'ask', user: 'sre' });
    const payloadOf = (index: number): Record<string, unknown> =>
      JSON.parse(new URLSearchParams(app.requests[index]?.body.toString('utf8')).get('payload') ?? '{}') as Record<
        string,
        unknown
      >;
    const opened = await bot.views.open({
      trigger_id: String(payloadOf(0)['trigger_id']),
      view: { type: 'modal', callback_id: 'reason', title: { type: 'plain_text', text: 'Reason' }, blocks: [] },
    });
    await slack.submitView({ viewId: opened.view?.id ?? '', user: 'sre', values: { b: { a: { value: 'because' } } } });
    expect(payloadOf(1)).toMatchObject({
      type: 'view_submission',
      view: { callback_id: 'reason', state: { values: { b: { a: { value: 'because' } } } } },
    });
    await expect(slack.click({ channel: 'quality', ts, actionId: 'missing', user: 'sre' })).rejects.toThrow(
      'action_id missing',
    );
    await app.close();
  });
});

describe('a restart', () => {
  it('keeps addresses and tokens when port and secret are kept', async () => {
    const first = await startSlackCounterpart({ fetch, secret: 'kept' });
    const before = [first.apiUrl, first.botToken, first.incomingWebhookUrl('general'), first.signingSecret];
    const port = Number(new URL(first.origin).port);
    const beside = await startSlackCounterpart({ fetch, secret: 'kept', port });
    expect(beside.origin).not.toBe(first.origin);
    await beside.close();
    await first.close();
    const again = await startSlackCounterpart({ fetch, secret: 'kept', port });
    expect([again.apiUrl, again.botToken, again.incomingWebhookUrl('general'), again.signingSecret]).toEqual(before);
    await again.close();
  });

  it('shows the inspector of the emulator under its own address', async () => {
    const page = await fetch(slack.origin);
    expect(await page.text()).toContain('Message Inspector');
    expect(page.headers.has('access-control-allow-origin')).toBe(false);
  });
});
