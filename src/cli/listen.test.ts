import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLoopbackServer, receivedRequest } from '#sample/counterparts/loopback-server.ts';
import { bodyFields } from '#sample/counterparts/received-request.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';
import { runCli } from './run-cli.ts';

/** A server with one relay channel, as far as the command sees it. */
async function startRelay() {
  const events: { id: string; data: object }[] = [];
  const acknowledged: unknown[] = [];
  const resumedFrom: (string | undefined)[] = [];
  let tokens = 0;
  let stream: ServerResponse | undefined;
  const waiting = new Set<() => void>();
  const changed = (): void => waiting.forEach((check) => check());

  const server = await openLoopbackServer((app, origin) => {
    app.post('/v1/auth/access_token', async () => ({ ok: true, accessToken: `token-${(tokens += 1)}` }));
    const channel = () => ({ ok: true, channel: { id: 'c1', key: 'k1', url: `${origin()}/hooks/relay/k1` } });
    app.post('/api/v1/relay-channels', async () => channel());
    app.get('/api/v1/relay-channels/c1', async () => channel());
    app.get('/api/v1/relay-channels/gone', async (_request, reply) =>
      reply.code(404).send({ ok: false, error: 'not_found', message: 'Channel with identifier "gone" was not found' }),
    );
    app.post('/api/v1/relay-channels/c1/responses', async (request) => {
      acknowledged.push(bodyFields(receivedRequest(request)));
      changed();
      return { ok: true };
    });
    app.get('/api/v1/relay-channels/c1/stream', (request, reply) => {
      reply.hijack();
      const last = request.headers['last-event-id'];
      resumedFrom.push(typeof last === 'string' ? last : undefined);
      stream = reply.raw;
      stream.writeHead(200, { 'content-type': 'text/event-stream' });
      stream.write(': hello\n\n');
      for (const event of events.filter((one) => last === undefined || Number(one.id) > Number(last))) write(event);
      changed();
    });
  });
  const write = (event: { id: string; data: object }): void => {
    stream?.write(`id: ${event.id}\nevent: request\ndata: ${JSON.stringify(event.data)}\n\n`);
  };
  return {
    ...server,
    acknowledged,
    resumedFrom,
    get tokens() {
      return tokens;
    },
    push(request: object): void {
      const event = { id: String(events.length + 1), data: request };
      events.push(event);
      write(event);
    },
    repeat: (index: number) => events[index] && write(events[index]),
    breakStream: () => stream?.destroy(),
    endStream: () => stream?.end(),
    until: (condition: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!condition()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}

let relay: Awaited<ReturnType<typeof startRelay>>;
let local: WebhookReceiver;
let stop: AbortController;
let lines: string[];
let pauses: number;
/** What the command's waits wait for; they are over at once unless a test says otherwise. */
let pause: () => Promise<void>;

beforeEach(async () => {
  relay = await startRelay();
  local = await startWebhookReceiver({ status: 204 });
  stop = new AbortController();
  lines = [];
  pauses = 0;
  pause = async () => undefined;
});
afterEach(async () => {
  stop.abort();
  await relay.close();
  await local.close();
});

function listen(args: readonly string[] = []): Promise<number> {
  const flags = ['--forward-to', `${local.url}api/slack`, '--server', relay.origin, ...args];
  return runCli(['listen', ...flags], {
    env: { QUAYSIDE_CLIENT_ID: 'client-1', QUAYSIDE_CLIENT_SECRET: 'canary' },
    out: (line) => lines.push(line),
    error: (line) => lines.push(`error: ${line}`),
    signal: stop.signal,
    sleep: async () => {
      pauses += 1;
      await pause();
    },
  });
}

const relayed = (id: string, more: object = {}) => ({
  id,
  method: 'POST',
  path: '',
  query: '',
  headers: [['Content-Type', 'application/json']],
  bodyBase64: Buffer.from(`{"id":"${id}"}`).toString('base64'),
  ...more,
});
const bodies = () => local.requests.map((request) => request.body.toString());

async function end(running: Promise<number>): Promise<void> {
  stop.abort();
  expect(await running).toBe(0);
}

describe('quayside listen', () => {
  test('shows the address to paste and forwards what arrives there unchanged', async () => {
    const running = listen();
    const body = Buffer.from([0x7b, 0xff, 0x00, 0x22, 0x7d]);
    relay.push(
      relayed('r1', {
        method: 'PUT',
        path: '/deep',
        query: 'a=1&a=2',
        headers: [
          ['X-Port-Timestamp', '1700000000000'],
          ['X-Port-Signature', 'v1,c2lnbmF0dXJl'],
          ['X-Twice', 'one'],
          ['X-Twice', 'two'],
          ['Host', 'quayside.example.com'],
          ['Content-Length', '999'],
          ['Transfer-Encoding', 'chunked'],
          ['Connection', 'keep-alive, X-Hop'],
          ['X-Hop', 'drop me'],
        ],
        bodyBase64: body.toString('base64'),
      }),
    );
    await relay.until(() => relay.acknowledged.length === 1);
    const [request] = local.requests;
    expect(request).toMatchObject({ method: 'PUT', url: '/api/slack/deep?a=1&a=2' });
    expect(request?.body.equals(body)).toBe(true);
    expect(request?.headers).toEqual({
      host: new URL(local.url).host,
      'x-port-timestamp': '1700000000000',
      'x-port-signature': 'v1,c2lnbmF0dXJl',
      'x-twice': 'one, two',
      'content-length': '5',
      connection: 'close',
    });
    expect(relay.acknowledged).toEqual([{ id: 'r1', status: 204 }]);
    expect(lines[0]).toBe(`Forwarding ${relay.origin}/hooks/relay/k1`);
    expect(lines.join('\n')).toMatch(/PUT \/deep\?a=1&a=2 → 204 \(\d+ ms\)/);
    expect(lines.join('\n')).not.toContain('canary');
    await end(running);
  });

  test('keeps the order, also when the local program answers slowly', async () => {
    const running = listen();
    for (const id of ['r1', 'r2', 'r3']) relay.push(relayed(id));
    await relay.until(() => relay.acknowledged.length === 3);
    expect(bodies()).toEqual(['{"id":"r1"}', '{"id":"r2"}', '{"id":"r3"}']);
    await end(running);
  });

  test('takes a channel up again', async () => {
    const running = listen(['--channel', 'c1']);
    relay.push(relayed('r1'));
    await relay.until(() => relay.acknowledged.length === 1);
    await end(running);
    expect(await listen(['--channel', 'gone'])).toBe(1);
    expect(lines.at(-1)).toBe(
      'error: Could not find channel gone: the server answered 404 Channel with identifier "gone" was not found.',
    );
  });
});

describe('nothing is lost or doubled', () => {
  test('after a broken connection the stream resumes behind the last acknowledged request', async () => {
    const running = listen();
    relay.push(relayed('r1'));
    await relay.until(() => relay.acknowledged.length === 1);
    relay.breakStream();
    await relay.until(() => relay.resumedFrom.length === 2);
    relay.push(relayed('r2'));
    await relay.until(() => relay.acknowledged.length === 2);
    expect(relay.resumedFrom).toEqual([undefined, '1']);
    expect(bodies()).toEqual(['{"id":"r1"}', '{"id":"r2"}']);
    expect(lines).toContain('Connected again.');
    await end(running);
  });

  test('a request told twice is delivered once and acknowledged twice', async () => {
    const running = listen();
    relay.push(relayed('r1'));
    await relay.until(() => relay.resumedFrom.length === 1);
    relay.repeat(0);
    await relay.until(() => relay.acknowledged.length === 2);
    expect(local.requests).toHaveLength(1);
    await end(running);
  });

  test('a lost acknowledgement is told again after reconnecting, without a second delivery', async () => {
    relay.faults.add(
      { kind: 'reset', after: 'receipt' },
      { match: (request) => request.path.endsWith('responses'), times: 1 },
    );
    const running = listen();
    relay.push(relayed('r1'));
    await relay.until(() => relay.acknowledged.length === 1);
    expect(relay.resumedFrom).toEqual([undefined, undefined]);
    expect(local.requests).toHaveLength(1);
    await end(running);
  });

  test('a request waits for the local program to be started', async () => {
    const { url } = local;
    await local.close();
    let restarted: (() => void) | undefined;
    const restart = new Promise<void>((resolve) => {
      restarted = resolve;
    });
    pause = () => restart;
    const running = listen();
    relay.push(relayed('r1'));
    await expect.poll(() => pauses).toBe(1);
    expect(lines.at(-1)).toMatch(/waits: nothing listens at/);
    const again = await openLoopbackServer(
      (app) => {
        app.all('*', async (_request, reply) => reply.code(201).send());
      },
      Number(new URL(url).port),
    );
    restarted?.();
    await relay.until(() => relay.acknowledged.length === 1);
    expect(relay.acknowledged).toEqual([{ id: 'r1', status: 201 }]);
    await again.close();
    await end(running);
  });

  test('a local program that breaks off is not asked twice', async () => {
    local.faults.add({ kind: 'reset', after: 'effect' }, { times: 1 });
    const running = listen();
    relay.push(relayed('r1'));
    await relay.until(() => relay.acknowledged.length === 1);
    expect(relay.acknowledged).toEqual([{ id: 'r1', status: 502 }]);
    expect(local.requests).toHaveLength(1);
    await end(running);
  });

  test('Ctrl-C lets a request on its way finish and reports it', async () => {
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    local.faults.add({ kind: 'delay', until: held });
    const running = listen();
    relay.push(relayed('r1'));
    await local.received(1);
    stop.abort();
    release?.();
    expect(await running).toBe(0);
    expect(relay.acknowledged).toEqual([{ id: 'r1', status: 204 }]);
  });
});

describe('the connection', () => {
  test('an expired token is renewed', async () => {
    relay.faults.add(
      { kind: 'answer', status: 401, body: { ok: false } },
      { match: (request) => request.path.endsWith('stream'), times: 1 },
    );
    const running = listen();
    relay.push(relayed('r1'));
    await relay.until(() => relay.acknowledged.length === 1);
    expect(relay.tokens).toBe(2);
    await end(running);
  });

  test('a server that fails for a while is asked again, one that forbids is not', async () => {
    const streams = { match: (request: { path: string }) => request.path.endsWith('stream') };
    relay.faults.add({ kind: 'answer', status: 503 }, { ...streams, times: 2 });
    const running = listen();
    await relay.until(() => relay.resumedFrom.length === 1);
    expect(lines.filter((line) => line.includes('trying again'))).toHaveLength(1);
    relay.faults.add({ kind: 'answer', status: 403, body: { ok: false, message: 'You may not listen' } }, streams);
    relay.endStream();
    expect(await running).toBe(1);
    expect(lines.at(-1)).toBe('error: Could not listen to the channel: the server answered 403 You may not listen.');
  });

  test('an event that cannot be read is named and skipped', async () => {
    const running = listen();
    relay.push({ nonsense: true });
    relay.push(relayed('r2'));
    await relay.until(() => relay.acknowledged.length === 1);
    expect(lines).toContain(
      'error: The server sent a request that cannot be read; is this command older than the server?',
    );
    await end(running);
  });
});

test('all mistakes in the arguments are told together', async () => {
  const told: string[] = [];
  const io = {
    env: {},
    out: () => undefined,
    error: (line: string) => told.push(line),
    signal: stop.signal,
    sleep: pause,
  };
  expect(await runCli(['listen', '--forward-to', 'localhost:3333', '--server', 'ftp://x'], io)).toBe(2);
  expect(told).toHaveLength(4);
  expect(await runCli(['listen', '--unknown'], io)).toBe(2);
  expect(await runCli(['listen', '--help'], { ...io, out: (line) => told.push(line) })).toBe(0);
  expect(told.at(-1)).toContain('--forward-to');
});
