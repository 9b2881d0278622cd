import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { listen } from '#cli/listen.ts';
import { systemClock } from '#platform/clock.ts';
import { signPortWebhook, verifyPortWebhook } from '#platform/crypto/port-signature.ts';
import { startRawHttpServer } from '#testing/raw-http-server.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

let app: TestApp;
let receiver: WebhookReceiver;
const listening: { readonly stop: () => Promise<void> }[] = [];
beforeAll(async () => {
  receiver = await startWebhookReceiver();
  app = await startTestApp();
});
afterEach(async () => {
  for (const one of listening.splice(0)) await one.stop();
});
afterAll(async () => {
  await app.stop();
  await receiver.close();
});

interface Channel {
  readonly id: string;
  readonly url: string;
}

async function openChannel(): Promise<Channel> {
  return (await app.call('POST', '/api/v1/relay-channels', {})).body['channel'] as Channel;
}

/** The command itself, in this process. */
function startListening(channel: Channel, forwardTo: string): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const ended = listen(['--forward-to', forwardTo, '--channel', channel.id, '--server', app.url], {
    env: { QUAYSIDE_CLIENT_ID: app.clientId, QUAYSIDE_CLIENT_SECRET: app.clientSecret },
    out: () => undefined,
    error: () => undefined,
    signal: stopping.signal,
    sleep: async () => undefined,
  });
  const one = {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
  listening.push(one);
  return one;
}

describe('quayside listen', () => {
  test('forwards what arrives with its bytes, headers and signature as they were', async () => {
    const channel = await openChannel();
    const local = await startRawHttpServer((_request, response) => void response.end());
    try {
      startListening(channel, `${local.origin}/local`);
      const rawBody = '{"text":"Größe  \\u00e9 €","n":1.0}\n';
      const signed = signPortWebhook({ secret: 'shared', timestampMs: systemClock.now().getTime(), rawBody });
      const sent = await fetch(`${channel.url}/more/path?a=1&b=x%20y?z`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-Custom': 'kept', ...signed },
        body: rawBody,
      });
      expect(sent.status).toBe(202);
      await expect.poll(() => local.seen.length).toBe(1);
      const [got] = local.seen;
      expect(got).toMatchObject({ method: 'POST', path: '/local/more/path?a=1&b=x%20y?z', body: rawBody });
      expect(got?.headers).toMatchObject({ 'content-type': 'application/json', 'x-custom': 'kept' });
      expect(
        verifyPortWebhook({
          secrets: ['shared'],
          timestamp: got?.headers['x-port-timestamp'] as string,
          signature: got?.headers['x-port-signature'] as string,
          rawBody: got?.body ?? '',
          nowMs: systemClock.now().getTime(),
        }),
      ).toEqual({ valid: true });
    } finally {
      await local.close();
    }
  });

  test('keeps bytes that are no text, and any method', async () => {
    const channel = await openChannel();
    startListening(channel, receiver.url);
    const before = receiver.requests.length;
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await fetch(channel.url, { method: 'PUT', body: bytes, headers: { 'content-type': 'application/octet-stream' } });
    await expect.poll(() => receiver.requests.length).toBe(before + 1);
    const got = receiver.requests.at(-1);
    expect(got?.method).toBe('PUT');
    expect(got?.body.equals(bytes)).toBe(true);
  });

  test('takes up what came while it was away, in order, each once', async () => {
    const channel = await openChannel();
    const before = receiver.requests.length;
    const first = startListening(channel, receiver.url);
    await fetch(`${channel.url}/0`, { method: 'POST' });
    await expect.poll(() => receiver.requests.length).toBe(before + 1);
    await first.stop();
    await Promise.all(Array.from({ length: 20 }, async () => fetch(`${channel.url}/many`, { method: 'POST' })));
    await fetch(`${channel.url}/last`, { method: 'POST' });
    startListening(channel, receiver.url);
    await expect.poll(() => receiver.requests.length, { timeout: 10_000 }).toBe(before + 22);
    const paths = receiver.requests.slice(before).map((request) => request.path);
    expect([paths[0], paths.at(-1)]).toEqual(['/0', '/last']);
    await expect.poll(async () => unanswered(channel)).toBe(0);
  });
});

async function unanswered(channel: Channel): Promise<number> {
  const found = await sql<{ left: number }>`
    select count(*)::int as left from relay_request
    where channel_id = ${channel.id} and answered_status is null`.execute(app.app.core.db);
  return found.rows[0]?.left ?? -1;
}

test('a request gets its place in the stream when it can be seen there', async () => {
  const channel = await openChannel();
  await Promise.all(Array.from({ length: 50 }, async () => fetch(channel.url, { method: 'POST' })));
  const found = await sql<{ later: boolean }>`
    select coalesce(xmin::text::bigint >= lag(xmin::text::bigint) over (order by sequence), true) as later
    from relay_request where channel_id = ${channel.id}`.execute(app.app.core.db);
  expect(found.rows.filter((row) => !row.later)).toEqual([]);
  expect(found.rows).toHaveLength(50);
});

test.each([
  ['requests', 1_000, 0],
  ['bytes', 16, 4_194_304],
])('a channel full of %s says so and when to come back', async (_what, requests, bytes) => {
  const channel = await openChannel();
  await sql`
    insert into relay_request (org_id, channel_id, id, method, path, query, headers, body, received_at)
    select ${app.orgId}, ${channel.id}, 'filler_' || n, 'POST', '', '', '[]',
      convert_to(repeat('x', ${bytes}::int), 'UTF8'), now()
    from generate_series(1, ${requests}::int) n`.execute(app.app.core.db);
  const answer = await fetch(channel.url, { method: 'POST', body: 'x' });
  expect(answer.status).toBe(429);
  expect(answer.headers.get('retry-after')).toBe('60');
  expect(await answer.json()).toMatchObject({ ok: false, error: 'relay_channel_full' });
});

test('a channel of another organisation is not there, and an unknown address answers 404', async () => {
  const other = uniqueName('org');
  const db = app.app.core.db;
  await sql`insert into organisation (id, name, created_at) values (${other}, 'Other', now())`.execute(db);
  await sql`insert into relay_channel (org_id, id, key, created_at, created_by)
    values (${other}, 'relay_other', ${uniqueName('key')}, now(), 'somebody')`.execute(db);
  for (const path of ['', '/stream']) {
    expect((await app.call('GET', `/api/v1/relay-channels/relay_other${path}`)).status).toBe(404);
  }
  const answered = await app.call('POST', '/api/v1/relay-channels/relay_other/responses', { id: 'x', status: 200 });
  expect(answered.status).toBe(404);
  expect((await fetch(`${app.url}/hooks/relay/no-such-key`, { method: 'POST' })).status).toBe(404);
});

test('open streams do not hold up a server that stops', async () => {
  const stopping = await startTestApp();
  const channel = (await stopping.call('POST', '/api/v1/relay-channels', {})).body['channel'] as Channel;
  const token = (
    (await (
      await fetch(`${stopping.url}/v1/auth/access_token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ clientId: stopping.clientId, clientSecret: stopping.clientSecret }),
      })
    ).json()) as { accessToken: string }
  ).accessToken;
  const open = async (path: string): Promise<Response> =>
    fetch(`${stopping.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const streams = await Promise.all([open(`/api/v1/relay-channels/${channel.id}/stream`), open('/api/v1/live')]);
  expect(streams.map((stream) => stream.status)).toEqual([200, 200]);
  const bodies = streams.map(async (stream) => stream.text());
  const begun = performance.now();
  await stopping.stop();
  expect(performance.now() - begun).toBeLessThan(3_000);
  expect(await Promise.all(bodies)).toHaveLength(2);
});
