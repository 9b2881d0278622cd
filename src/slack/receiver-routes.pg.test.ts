import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { blockActions, type SlackSender, slackSender } from '#testing/slack-sender.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let slack: SlackCounterpart;
let app: TestApp;
let sender: SlackSender;
beforeAll(async () => {
  slack = await startSlackCounterpart({ fetch });
  app = await startTestApp({
    allow: [new URL(slack.origin).host],
    environment: {
      QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
      QUAYSIDE_SLACK_SIGNING_SECRET: slack.signingSecret,
      QUAYSIDE_SLACK_API_URL: slack.apiUrl,
    },
  });
  sender = slackSender(app.url, slack.signingSecret);
});
afterAll(async () => {
  await app.stop();
  await slack.close();
});

async function stored(): Promise<
  readonly { id: string; kind: string; outcome: string | null; payload: string | null }[]
> {
  const found = await app.database.database.pool.query<{
    id: string;
    kind: string;
    outcome: string | null;
    payload: string | null;
  }>('select id, kind, outcome, sealed_payload as payload from slack_interaction order by received_at, id');
  return found.rows;
}

/** The interactions that this work adds. */
async function added(work: () => Promise<unknown>): Promise<number> {
  const before = (await stored()).length;
  await work();
  return (await stored()).length - before;
}

describe('a click that Slack signed', () => {
  test('is answered at once with nothing, kept sealed, and worked off after', async () => {
    const payload = blockActions();
    expect(await sender.interact(payload)).toEqual({ status: 200, body: '' });
    const [row] = (await stored()).slice(-1);
    expect(row).toMatchObject({ kind: 'actions', outcome: null });
    expect(row?.payload).not.toContain('hooks.slack.com');
    await app.settle();
    expect((await stored()).slice(-1)).toMatchObject([{ outcome: 'ignored', payload: null }]);
  });

  test('changes nothing when it arrives again, also under another signature and after its work was done', async () => {
    const payload = blockActions();
    expect(await added(async () => sender.interact(payload))).toBe(1);
    const again = async (): Promise<void> => {
      const earlier = String(Math.floor(Date.now() / 1000) - 120);
      expect(await sender.interact(payload)).toEqual({ status: 200, body: '' });
      expect(await sender.interact(payload, { timestamp: earlier })).toEqual({ status: 200, body: '' });
    };
    expect(await added(again)).toBe(0);
    await app.settle();
    expect(await added(again)).toBe(0);
  });

  test('of the older kind counts as well', async () => {
    const legacy = {
      type: 'interactive_message',
      callback_id: 'approval:1',
      actions: [{ name: 'manual-judgement', type: 'button', value: 'CONTINUE' }],
      team: { id: 'T000000001', domain: 'acme' },
      channel: { id: 'C1', name: 'demo_alerts' },
      user: { id: 'U1', name: 'someone' },
      action_ts: '1579147332.09',
      message_ts: '1579137217.0001',
      response_url: 'https://hooks.slack.com/actions/T000000001/1/x',
    };
    expect(await added(async () => expect(await sender.interact(legacy)).toMatchObject({ status: 200 }))).toBe(1);
    expect(await added(async () => sender.interact(legacy))).toBe(0);
  });
});

describe('what is not signed by this app', () => {
  const seconds = (offset: number): string => String(Math.floor(Date.now() / 1000) + offset);
  test.each([
    ['forged', { secret: 'another secret' }],
    ['unsigned', { signature: null }],
    ['half a signature', { signature: 'v0=abc' }],
    ['old', { timestamp: seconds(-400) }],
    ['from the future', { timestamp: seconds(400) }],
    ['without a readable time', { timestamp: 'soon' }],
  ])('is refused and not kept: %s', async (_, options) => {
    const count = await added(async () =>
      expect(await sender.interact(blockActions(), options)).toMatchObject({
        status: 401,
        body: expect.stringContaining('signature_mismatch'),
      }),
    );
    expect(count).toBe(0);
  });

  test('is refused when it was altered or cut on its way', async () => {
    const whole = new URLSearchParams({ payload: JSON.stringify(blockActions()) }).toString();
    const { createHmac } = await import('node:crypto');
    const timestamp = seconds(0);
    const signature = `v0=${createHmac('sha256', slack.signingSecret).update(`v0:${timestamp}:${whole}`).digest('hex')}`;
    for (const body of [whole.slice(0, -20), `${whole}&ssl_check=1`, whole.replace('other', 'ether'), '']) {
      expect(await sender.send(body, { timestamp, signature })).toMatchObject({ status: 401 });
    }
    expect(await sender.send(whole, { timestamp, signature })).toMatchObject({ status: 200 });
  });

  test('of another workspace is refused once the workspace is known', async () => {
    const saved = await app.call('PUT', '/api/v1/integrations/slack', {
      botToken: slack.botToken,
      signingSecret: slack.signingSecret,
    });
    expect(saved).toMatchObject({ status: 200, body: { connection: { workspace: { teamId: 'T000000001' } } } });
    const elsewhere = blockActions({ team: { id: 'T999', domain: 'other' } });
    expect(await added(async () => expect(await sender.interact(elsewhere)).toMatchObject({ status: 401 }))).toBe(0);
    expect((await app.call('DELETE', '/api/v1/integrations/slack')).status).toBe(200);
  });
});

describe('what Slack would not send', () => {
  test.each([
    ['no JSON', 'payload=%7B'],
    ['no object', 'payload=%5B%5D'],
    ['no payload', 'a=b'],
    ['no type', 'payload=%7B%7D'],
    ['no actions', 'payload=%7B%22type%22%3A%22block_actions%22%7D'],
    ['no user', new URLSearchParams({ payload: JSON.stringify(blockActions({ user: undefined })) }).toString()],
    ['no place', new URLSearchParams({ payload: JSON.stringify(blockActions({ container: undefined })) }).toString()],
  ])('is a bad request although it is signed: %s', async (_, body) => {
    expect(await sender.send(body)).toMatchObject({ status: 400, body: expect.stringContaining('bad_request') });
  });

  test.each([
    ['a name', blockActions({ user: { id: 'U\u0000', team_id: 'T000000001' } })],
    ['a value', blockActions({ actions: [{ action_id: 'approval:approve', value: '\u0000', action_ts: '1.1' }] })],
    ['the place of a value', blockActions({ state: { values: { '\u0000': {} } } })],
    [
      'a search',
      { ...blockActions({ type: 'block_suggestion', view: { id: 'V1' } }), action_id: 'x', value: 'a\u0000' },
    ],
  ])('holds a character that no text has, in %s, and is kept nowhere', async (_, payload) => {
    const count = await added(async () => expect(await sender.interact(payload)).toMatchObject({ status: 400 }));
    expect(count).toBe(0);
  });

  test('holds such a character in a command or an event', async () => {
    const command = { command: '/quayside', text: 'a\u0000', team_id: 'T000000001', user_id: 'U1', trigger_id: '1' };
    expect(await sender.send(new URLSearchParams(command).toString())).toMatchObject({ status: 400 });
    const event = { type: 'link_shared', user: 'U1', links: [{ url: `${app.url}/executions/\u0000` }] };
    const body = JSON.stringify({ type: 'event_callback', team_id: 'T000000001', event_id: 'E1', event });
    expect(await sender.send(body, { contentType: 'application/json' })).toMatchObject({ status: 400 });
    const addressed = { ...event, links: [{ url: `${app.url}/executions/%00` }, { url: `${app.url}/runs/%00` }] };
    const text = JSON.stringify({ type: 'event_callback', team_id: 'T000000001', event_id: 'E2', event: addressed });
    expect(await sender.send(text, { contentType: 'application/json' })).toMatchObject({ status: 200 });
    await app.settle();
    expect((await stored()).filter((row) => row.outcome === null)).toEqual([]);
  });

  test('of another content type, or too large', async () => {
    expect(await sender.send('payload={}', { contentType: 'text/plain' })).toMatchObject({ status: 400 });
    expect(await sender.send('{"type"', { contentType: 'application/json' })).toMatchObject({ status: 400 });
    const large = blockActions({ message: { text: 'x'.repeat(300_000) } });
    expect(await sender.interact(large)).toMatchObject({ status: 413 });
  });
});

test('Slack’s tests of the address are answered', async () => {
  expect(await sender.send('ssl_check=1&token=x', { signature: null })).toEqual({ status: 200, body: '' });
  const challenge = JSON.stringify({ type: 'url_verification', challenge: 'abc', token: 'x' });
  const asJson = { contentType: 'application/json' };
  expect(await sender.send(challenge, asJson)).toEqual({ status: 200, body: '{"challenge":"abc"}' });
  expect(await sender.send(challenge, { ...asJson, secret: 'wrong' })).toMatchObject({ status: 401 });
});

test('several signing secrets hold while one is being replaced, and an empty list refuses everything', async () => {
  const path = '/api/v1/integrations/slack';
  const token = { botToken: slack.botToken };
  await app.call('PUT', path, { ...token, signingSecret: slack.signingSecret });
  await app.call('PUT', path, { signingSecret: 'the-next-secret', keepFormerSecret: true });
  expect(await sender.interact(blockActions())).toMatchObject({ status: 200 });
  expect(await sender.interact(blockActions(), { secret: 'the-next-secret' })).toMatchObject({ status: 200 });
  await app.call('PUT', path, { signingSecret: 'the-next-secret' });
  expect(await sender.interact(blockActions())).toMatchObject({ status: 401 });
  await app.call('PUT', path, { signingSecret: null });
  expect(await sender.interact(blockActions(), { secret: 'the-next-secret' })).toMatchObject({ status: 401 });
  expect(await sender.interact(blockActions(), { secret: '' })).toMatchObject({ status: 401 });
  expect((await app.call('DELETE', path)).status).toBe(200);
});

test('half of a hundred clicks at once, each sent twice, are fifty', async () => {
  const clicks = Array.from({ length: 50 }, () => blockActions());
  const answers: { status: number }[] = [];
  const count = await added(async () => {
    answers.push(...(await Promise.all([...clicks, ...clicks].map(async (click) => sender.interact(click)))));
  });
  expect(count).toBe(50);
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  await app.settle();
  expect((await stored()).filter((row) => row.outcome === null)).toEqual([]);
});
