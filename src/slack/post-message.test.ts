import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchSlackHttp } from '#cli/fetch-slack-http.ts';
import { problem } from '#platform/problem.ts';
import { bodyFields } from '#sample/counterparts/received-request.ts';
import { rateLimited, slackRefusal } from '#sample/counterparts/faults.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';
import { postMessage } from './post-message.ts';
import type { SlackHttp, SlackTransport } from './slack-http.ts';
import { section } from './slack-message.ts';

const message = { text: 'Reminder', blocks: [section('*Gold*')] };
const secretPath = 'services/T000/B000/canary-secret';
const token = 'xoxb-canary-secret';

let slack: WebhookReceiver;
beforeEach(async () => {
  slack = await startWebhookReceiver({ body: 'ok' });
});
afterEach(() => slack.close());

const webhook = (): SlackTransport => ({ kind: 'webhook', url: slack.url + secretPath });
const bot = (channel = 'C0123456789'): SlackTransport => ({ kind: 'bot', token, channel, apiUrl: `${slack.url}api` });
const post = (
  transport: SlackTransport,
  more: { mayBePosted?: boolean; attemptedAt?: number } = {},
  http: SlackHttp = fetchSlackHttp,
) => postMessage(http, { transport, message, key: 'run-1/0', ...more });

describe('an incoming webhook', () => {
  test('gets the blocks and the fallback text as JSON', async () => {
    expect(await post(webhook())).toEqual({ outcome: 'posted' });
    const [request] = slack.requests;
    expect(request?.headers['content-type']).toMatch(/^application\/json/);
    expect(request && bodyFields(request)).toEqual({ text: 'Reminder', blocks: message.blocks });
  });

  test.each([
    [404, 'channel_not_found', 'channel_not_found', /Check its name/],
    [404, 'no_service', 'no_service', /Create a new one/],
    [410, 'channel_is_archived', 'channel_is_archived', /another channel/],
    [403, 'action_prohibited', 'action_prohibited', /administrator/],
    [400, '<html>canary-secret</html>', 'http_400', /http_400/],
    [302, '', 'redirected', /redirect/],
  ])('HTTP %i %s is refused as %s with what to do', async (status, body, error, words) => {
    slack.answerWith({ status, body, headers: status === 302 ? { location: 'https://elsewhere.example.com' } : {} });
    const outcome = await post(webhook());
    expect(outcome).toMatchObject({ outcome: 'refused', error, message: expect.stringMatching(words) as string });
    expect(slack.requests).toHaveLength(1);
  });

  test('a 200 that says ok:false is a refusal', async () => {
    slack.answerWith({ body: { ok: false, error: 'is_archived' } });
    expect(await post(webhook())).toMatchObject({ outcome: 'refused', error: 'is_archived' });
  });

  test('429 says how long to wait', async () => {
    slack.faults.add(rateLimited(7));
    expect(await post(webhook())).toMatchObject({ outcome: 'refused', error: 'ratelimited', retryAfterMs: 7000 });
  });

  test('a connection that breaks after the request leaves the outcome unknown, and it is not sent again', async () => {
    slack.faults.add({ kind: 'reset', after: 'effect' });
    const outcome = await post(webhook());
    expect(outcome).toMatchObject({
      outcome: 'unknown',
      message: expect.stringMatching(/may stand in the channel/) as string,
    });
    expect(await post(webhook(), { mayBePosted: true })).toMatchObject({ outcome: 'unknown' });
    expect(slack.requests).toHaveLength(1);
  });

  test('a server error leaves the outcome unknown', async () => {
    slack.answerWith({ status: 503, body: 'later' });
    expect(await post(webhook())).toMatchObject({ outcome: 'unknown' });
  });

  test('a closed port and the egress guard’s refusal mean that nothing was sent', async () => {
    const url = slack.url;
    await slack.close();
    expect(await post({ kind: 'webhook', url })).toMatchObject({ outcome: 'refused', error: 'unreachable' });
    const guarded: SlackHttp = async () => {
      throw problem('forbidden', 'private_destination', 'hooks.example.com leads to a private address.');
    };
    expect(await post({ kind: 'webhook', url }, {}, guarded)).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('private address') as string,
    });
  });

  test('a time-out and a failure that the egress guard calls sent leave the outcome unknown', async () => {
    const timedOut: SlackHttp = async () => {
      throw new DOMException('too slow', 'TimeoutError');
    };
    const sent: SlackHttp = async () => {
      throw Object.assign(problem('unavailable', 'destination_reset', 'It closed the connection.'), {
        requestSent: true,
      });
    };
    const unsent: SlackHttp = async () => {
      throw Object.assign(problem('unavailable', 'destination_dns', 'It could not be looked up.'), {
        requestSent: false,
      });
    };
    expect(await post(webhook(), {}, timedOut)).toMatchObject({ outcome: 'unknown' });
    expect(await post(webhook(), {}, sent)).toMatchObject({ outcome: 'unknown' });
    expect(await post(webhook(), {}, unsent)).toMatchObject({ outcome: 'refused' });
  });
});

describe('a bot token', () => {
  test('posts with the key as metadata and without any mention parsing', async () => {
    slack.answerWith({ body: { ok: true, ts: '1700000000.000100', channel: 'C0123456789' } });
    expect(await post(bot())).toEqual({ outcome: 'posted', ts: '1700000000.000100', channel: 'C0123456789' });
    const [request] = slack.requests;
    expect(request?.path).toBe('/api/chat.postMessage');
    expect(request?.headers.authorization).toBe(`Bearer ${token}`);
    expect(request && bodyFields(request)).toMatchObject({
      channel: 'C0123456789',
      parse: 'none',
      link_names: false,
      metadata: { event_type: 'quayside_message', event_payload: { key: 'run-1/0' } },
    });
  });

  test.each([
    ['channel_not_found', /Check its name/],
    ['not_in_channel', /Invite it/],
    ['invalid_auth', /Copy the Bot User OAuth Token/],
    ['is_archived', /archived/],
    ['msg_too_long', /too long/],
    ['missing_scope', /reinstall/],
    ['some_new_code', /some_new_code/],
  ])('ok:false with %s is refused with what to do', async (error, words) => {
    slack.faults.add(slackRefusal(error));
    expect(await post(bot())).toMatchObject({
      outcome: 'refused',
      error,
      message: expect.stringMatching(words) as string,
    });
  });

  test('429 and ok:false ratelimited both say how long to wait', async () => {
    slack.faults.add(rateLimited(2), { times: 1 });
    expect(await post(bot())).toMatchObject({ outcome: 'refused', retryAfterMs: 2000 });
    slack.answerWith({ body: { ok: false, error: 'ratelimited' }, headers: { 'retry-after': '3' } });
    expect(await post(bot())).toMatchObject({ outcome: 'refused', error: 'ratelimited', retryAfterMs: 3000 });
  });

  test.each(['fatal_error', 'internal_error'])('%s leaves the outcome unknown', async (error) => {
    slack.faults.add(slackRefusal(error));
    expect(await post(bot())).toMatchObject({ outcome: 'unknown' });
  });

  test('a page of a proxy instead of Slack’s answer leaves the outcome unknown', async () => {
    slack.answerWith({ body: '<html>sign in</html>' });
    expect(await post(bot())).toMatchObject({ outcome: 'unknown' });
  });
});

describe('after an attempt without an answer', () => {
  const standing = (key: string) => ({
    ts: '1700000000.000100',
    metadata: { event_type: 'quayside_message', event_payload: { key } },
  });

  /** Slack with these messages in its channel, two to a page, the last one told first. */
  function slackWith(messages: readonly object[]): void {
    slack.answerWith((request) => {
      if (request.path.endsWith('conversations.list')) {
        return {
          body: {
            ok: true,
            channels: [
              { id: 'C9', name: 'other' },
              { id: 'C0123456789', name: 'reminders' },
            ],
          },
        };
      }
      if (request.path.endsWith('chat.postMessage')) return { body: { ok: true, ts: '2', channel: 'C0123456789' } };
      const start = Number(bodyFields(request)['cursor'] ?? 0);
      const next = start + 2 < messages.length ? String(start + 2) : '';
      return {
        body: { ok: true, messages: messages.slice(start, start + 2), response_metadata: { next_cursor: next } },
      };
    });
  }
  const methods = () => slack.requests.map((request) => request.path.split('/').at(-1));

  test('the message is found on a later page and not posted again', async () => {
    slackWith([{ ts: '3' }, standing('run-1/1'), { ts: '4', metadata: 'odd' }, standing('run-1/0')]);
    expect(await post(bot(), { mayBePosted: true, attemptedAt: 1_700_000_600_000 })).toEqual({
      outcome: 'posted',
      ts: '1700000000.000100',
      channel: 'C0123456789',
      found: true,
    });
    expect(methods()).toEqual(['conversations.history', 'conversations.history']);
    expect(slack.requests[0] && bodyFields(slack.requests[0])).toMatchObject({
      channel: 'C0123456789',
      include_all_metadata: 'true',
      oldest: '1700000000',
    });
  });

  test('a message that is not there is posted', async () => {
    slackWith([standing('run-1/1')]);
    expect(await post(bot(), { mayBePosted: true })).toMatchObject({ outcome: 'posted', ts: '2' });
    expect(methods()).toEqual(['conversations.history', 'chat.postMessage']);
  });

  test('a channel set by its name is looked up first', async () => {
    slackWith([standing('run-1/0')]);
    expect(await post(bot('#reminders'), { mayBePosted: true })).toMatchObject({ outcome: 'posted', found: true });
    expect(methods()).toEqual(['conversations.list', 'conversations.history']);
  });

  test('an app that may not read the channel does not post again, and is told which scope it needs', async () => {
    slack.answerWith({ body: { ok: false, error: 'missing_scope', needed: 'channels:history' } });
    const outcome = await post(bot(), { mayBePosted: true });
    expect(outcome).toMatchObject({
      outcome: 'unknown',
      message: expect.stringContaining('channels:history') as string,
    });
    expect(methods()).toEqual(['conversations.history']);
  });
});

test('port-sender defect: no outcome ever holds the webhook address or the token', async () => {
  const answers = [
    { status: 404, body: `no_service ${slack.url}${secretPath} ${token}` },
    { status: 500, body: token },
    { status: 302, headers: { location: `${slack.url}${secretPath}` } },
    { body: { ok: false, error: `bad ${token}`, needed: token } },
    { status: 429, body: token },
  ];
  const outcomes: unknown[] = [];
  for (const answer of answers) {
    slack.answerWith(answer);
    for (const transport of [webhook(), bot()]) {
      outcomes.push(await post(transport), await post(transport, { mayBePosted: true }));
    }
  }
  slack.faults.add({ kind: 'reset', after: 'receipt' });
  outcomes.push(await post(webhook()), await post(bot()), await post(bot(), { mayBePosted: true }));
  expect(outcomes).toHaveLength(23);
  expect(JSON.stringify(outcomes)).not.toContain('canary');
});
