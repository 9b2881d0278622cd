import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { loopbackCertificate } from '#testing/loopback-certificate.ts';
import { startRawHttpServer } from '#testing/raw-http-server.ts';
import type { RawHttpServer } from '#testing/raw-http-server.ts';
import { createEgress, responseText } from './egress.ts';
import type { Egress, EgressOptions, EgressRecord } from './egress.ts';
import { EgressFailure } from './egress-failure.ts';
import type { Resolver } from './guard.ts';

const open: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

function egressFor(options: Partial<EgressOptions> = {}): Egress {
  const egress = createEgress({ allow: [], timeoutMs: 5_000, ...options });
  open.push(egress);
  return egress;
}

async function serve(...parameters: Parameters<typeof startRawHttpServer>): Promise<RawHttpServer> {
  const server = await startRawHttpServer(...parameters);
  open.push(server);
  return server;
}

const answerOk: Parameters<typeof startRawHttpServer>[0] = (_request, response) => void response.end('ok');

/** Answers each look-up with the next list; the last one stays. */
function resolverOf(...answers: readonly (readonly string[] | Error)[]): Resolver & { readonly asked: string[] } {
  const asked: string[] = [];
  const resolver: Resolver = async (host) => {
    asked.push(host);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer');
    return answer;
  };
  return Object.assign(resolver, { asked });
}

/** undici gives a connection free one turn of the event loop after the answer. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const dnsError = (code: string): Error => Object.assign(new Error(code), { code });

async function failureOf(promise: Promise<unknown>): Promise<EgressFailure> {
  const error = await promise.then(
    () => new Error('the call went through'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EgressFailure);
  return error as EgressFailure;
}

describe('addresses written as such', () => {
  test.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::1]',
    '[::]',
    '[fc00::1]',
    '[fe80::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:8.8.8.8]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b::8.8.8.8]',
    '[2002:7f00:1::]',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '017700000001',
    '0177.0.0.1',
    '127.1',
    '127.0.1',
    '0',
    '127.0.0.1.',
    '%31%32%37.0.0.1',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
  ])('%s is refused without a look-up or a connection', async (host) => {
    const resolver = resolverOf(['127.0.0.1']);
    const egress = egressFor({ resolver });
    for (const scheme of ['http', 'https']) {
      const url = `${scheme}://${host}/latest/meta-data?token=hush`;
      for (const attempt of [egress.request({ url }), egress.check(url)]) {
        await expect(attempt).rejects.toMatchObject({
          kind: 'forbidden',
          code: 'private_destination',
          message: expect.stringMatching(/QUAYSIDE_EGRESS_ALLOW/),
        });
        await expect(attempt).rejects.not.toMatchObject({ message: expect.stringContaining('hush') });
      }
    }
    expect(resolver.asked).toEqual([]);
  });

  test.each([
    'file:///etc/passwd',
    'gopher://example.com/',
    'ftp://example.com/',
    'unix:/var/run/docker.sock',
    'http+unix://%2Fvar%2Frun/x',
    'javascript:alert(1)',
    'data:text/plain,x',
    'ws://example.com/',
    'not an address',
    '',
    'http://',
    '//example.com/',
    'https://hush@example.com/',
    'https://user:hush@example.com/',
    'http://1.2.3.4.5/',
    'http://[fe80::1%25eth0]/',
  ])('%s is refused as an address', async (url) => {
    const error: unknown = await egressFor()
      .request({ url })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'invalid', code: 'invalid_destination' });
    expect(String(error)).not.toContain('hush');
  });
});

describe('names', () => {
  test('a name is looked up once and the connection goes to that answer, whatever the name says a moment later', async () => {
    const chosen = await serve(answerOk, { host: '127.0.0.2' });
    const inner = await serve(answerOk, { host: '127.0.0.1', port: chosen.port });
    const resolver = resolverOf(['127.0.0.2'], ['127.0.0.1']);
    const egress = egressFor({ allow: [chosen.authority], resolver });

    const response = await egress.request({ url: `http://rebind.example.com:${chosen.port}/one` });

    expect(response.status).toBe(200);
    expect(chosen.seen.map((request) => request.headers.host)).toEqual([`rebind.example.com:${chosen.port}`]);
    expect(resolver.asked).toEqual(['rebind.example.com']);

    // The kept connection is pinned too; a new one after it is checked anew and refused.
    await nextTurn();
    await egress.request({ url: `http://rebind.example.com:${chosen.port}/two` });
    expect(new Set(chosen.seen.map((request) => request.remotePort)).size).toBe(1);
    const other = egressFor({ allow: [chosen.authority], resolver });
    await expect(other.request({ url: `http://rebind.example.com:${chosen.port}/three` })).rejects.toMatchObject({
      code: 'private_destination',
    });
    expect(inner.seen).toEqual([]);
  });

  test('one private answer among public ones refuses them all, in any order', async () => {
    for (const answers of [
      ['93.184.216.34', '10.0.0.1'],
      ['10.0.0.1', '93.184.216.34'],
      ['2606:4700::1', '::1'],
      ['::ffff:10.0.0.1'],
    ]) {
      const egress = egressFor({ resolver: resolverOf(answers) });
      const error: unknown = await egress
        .request({ url: 'https://mixed.example.com/' })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        kind: 'forbidden',
        code: 'private_destination',
        details: { host: 'mixed.example.com' },
      });
      // The address behind the name stays untold.
      expect(String(error)).not.toContain('10.0.0.1');
    }
  });

  test('a name without an address is refused, and so is it once it turns private', async () => {
    const egress = egressFor({ resolver: resolverOf(dnsError('ENOTFOUND'), ['192.168.1.1'], []) });
    const call = (): Promise<unknown> => egress.request({ url: 'https://late.example.com/' });
    await expect(call()).rejects.toMatchObject({ kind: 'forbidden', code: 'not_resolvable_destination' });
    await expect(call()).rejects.toMatchObject({ kind: 'forbidden', code: 'private_destination' });
    await expect(call()).rejects.toMatchObject({ kind: 'forbidden', code: 'not_resolvable_destination' });
  });

  test('a name server that fails or stays silent blocks the call, which may be repeated', async () => {
    const silent: Resolver = () => new Promise(() => {});
    for (const resolver of [silent, resolverOf(dnsError('EAI_AGAIN'))]) {
      const failure = await failureOf(
        egressFor({ resolver, resolveTimeoutMs: 30 }).request({ url: 'https://slow.example.com/' }),
      );
      expect(failure).toMatchObject({ reason: 'dns', requestSent: false, kind: 'unavailable' });
    }
  });

  test('localhost and names ending in a dot are resolved and judged like any other', async () => {
    const egress = egressFor();
    for (const host of ['localhost', 'localhost.', 'LOCALHOST']) {
      await expect(egress.request({ url: `http://${host}:1/` })).rejects.toMatchObject({ code: 'private_destination' });
    }
  });

  test('the next address is tried when the first refuses the connection', async () => {
    const server = await serve(answerOk, { host: '127.0.0.3' });
    const egress = egressFor({ allow: ['127.0.0.0/8'], resolver: resolverOf(['127.0.0.2', '127.0.0.3']) });
    const response = await egress.request({ url: `http://two.example.com:${server.port}/` });
    expect(response.status).toBe(200);
  });
});

describe('the allow list', () => {
  test('opens one address and port, not its neighbours', async () => {
    const server = await serve(answerOk);
    const neighbour = await serve(answerOk);
    const egress = egressFor({ allow: [server.authority] });
    await expect(egress.request({ url: server.origin })).resolves.toMatchObject({ status: 200 });
    await expect(egress.request({ url: neighbour.origin })).rejects.toMatchObject({ code: 'private_destination' });
    await expect(egress.request({ url: `http://[::ffff:127.0.0.1]:${neighbour.port}/` })).rejects.toMatchObject({
      code: 'private_destination',
    });
    expect(neighbour.seen).toEqual([]);
  });

  test('an added destination is open until it is taken back, kept connections included', async () => {
    const server = await serve(answerOk);
    const egress = egressFor();
    const call = (): Promise<unknown> => egress.request({ url: `http://localhost:${server.port}/` });
    await expect(call()).rejects.toMatchObject({ code: 'private_destination' });
    const takeBack = egress.addAllowed(`localhost:${server.port}`);
    await expect(call()).resolves.toMatchObject({ status: 200 });
    await takeBack();
    await expect(call()).rejects.toMatchObject({ code: 'private_destination' });
    expect(server.seen).toHaveLength(1);
  });
});

describe('requests and answers', () => {
  test('method, headers and body arrive as given; answers of every status come back', async () => {
    const server = await serve((request, response) => {
      response.writeHead(request.path === '/missing' ? 404 : 201, {
        'x-many': ['a', 'b'],
        'content-type': 'text/plain',
      });
      response.end('grüß dich');
    });
    const egress = egressFor({ allow: [server.authority] });
    const response = await egress.request({
      url: `${server.origin}/in?x=1`,
      method: 'post',
      headers: { 'Content-Type': 'application/json', 'X-Port-Timestamp': '1', 'Content-Length': '999' },
      body: '{"name":"café"}',
    });
    expect(response).toMatchObject({
      status: 201,
      ok: true,
      redirect: false,
      truncated: false,
      headers: { 'x-many': 'a, b' },
    });
    expect(responseText(response)).toBe('grüß dich');
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      path: '/in?x=1',
      body: '{"name":"café"}',
      headers: {
        'content-type': 'application/json',
        'content-length': '16',
        'x-port-timestamp': '1',
        'accept-encoding': 'identity',
      },
    });
    await expect(egress.request({ url: `${server.origin}/missing` })).resolves.toMatchObject({
      status: 404,
      ok: false,
    });
  });

  test.each([301, 302, 303, 307, 308])('a %i is handed back and not followed', async (status) => {
    const server = await serve(
      (_request, response) => void response.writeHead(status, { location: 'http://127.0.0.1:9/next' }).end(),
    );
    const egress = egressFor({ allow: [server.authority] });
    const response = await egress.request({
      url: server.origin,
      method: 'POST',
      headers: { authorization: 'Bearer x' },
      body: 'x',
    });
    expect(response).toMatchObject({
      status,
      ok: false,
      redirect: true,
      headers: { location: 'http://127.0.0.1:9/next' },
    });
    expect(server.seen).toHaveLength(1);
  });

  test('an answer is cut at the limit and the connection given up', async () => {
    const server = await serve((_request, response) => {
      const pump = (): void => {
        while (response.write('x'.repeat(64 * 1024)));
        response.once('drain', pump);
      };
      pump();
    });
    const egress = egressFor({ allow: [server.authority] });
    const response = await egress.request({ url: server.origin, maxResponseBytes: 100_000 });
    expect(response.truncated).toBe(true);
    expect(response.body).toHaveLength(100_000);
  });

  test('an answer of exactly the limit is whole', async () => {
    const server = await serve((_request, response) => void response.end('12345'));
    const egress = egressFor({ allow: [server.authority] });
    await expect(egress.request({ url: server.origin, maxResponseBytes: 5 })).resolves.toMatchObject({
      truncated: false,
    });
    await expect(egress.request({ url: server.origin, maxResponseBytes: 4 })).resolves.toMatchObject({
      truncated: true,
    });
  });

  test.each(['Host', 'connection', 'Transfer-Encoding', 'Upgrade', 'Expect', 'Proxy-Authorization', 'bad name', ''])(
    'the header %j is refused',
    async (name) => {
      const server = await serve(answerOk);
      const egress = egressFor({ allow: [server.authority] });
      const error: unknown = await egress
        .request({ url: server.origin, headers: { [name]: 'hush' } })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ kind: 'invalid', code: 'invalid_header' });
      expect(String(error)).not.toContain('hush');
      expect(server.seen).toEqual([]);
    },
  );

  test('a header value cannot start another header', async () => {
    const egress = egressFor({ allow: ['127.0.0.1'] });
    const error: unknown = await egress
      .request({ url: 'http://127.0.0.1:9/', headers: { 'x-a': 'hush\r\nx-b: 1' } })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'invalid_header' });
    expect(String(error)).not.toContain('hush');
  });

  test('proxy settings of the environment are not used', async () => {
    const proxy = await serve(answerOk);
    const server = await serve(answerOk);
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: proxy.origin, http_proxy: proxy.origin, NODE_USE_ENV_PROXY: '1' });
    try {
      await egressFor({ allow: ['127.0.0.1'] }).request({ url: server.origin });
    } finally {
      process.env = before;
    }
    expect(proxy.seen).toEqual([]);
    expect(server.seen).toHaveLength(1);
  });

  test('finished calls are reported without path or query', async () => {
    const server = await serve(answerOk);
    const records: EgressRecord[] = [];
    const egress = egressFor({ allow: [server.authority], onFinished: (record) => records.push(record) });
    await egress.request({ url: `${server.origin}/secret?token=hush` });
    await egress.request({ url: 'http://10.0.0.1/' }).catch(() => undefined);
    expect(records).toEqual([
      { host: server.authority, method: 'GET', outcome: 200, durationMs: expect.any(Number) },
      { host: '10.0.0.1', method: 'GET', outcome: 'blocked', durationMs: expect.any(Number) },
    ]);
  });
});

describe('failures tell whether the request may have arrived', () => {
  test('nobody listens: refused, not sent', async () => {
    const server = await serve(answerOk);
    await server.close();
    open.pop();
    const failure = await failureOf(
      egressFor({ allow: ['127.0.0.1'] }).request({ url: `${server.origin}/p?token=hush` }),
    );
    expect(failure).toMatchObject({ reason: 'refused', requestSent: false, code: 'destination_refused' });
    expect(failure.message).toBe(`${server.authority} refused the connection. The request was not sent.`);
  });

  test('closed after the request was read: reset, sent', async () => {
    const server = await serve((_request, response) => void response.socket?.destroy());
    const failure = await failureOf(
      egressFor({ allow: [server.authority] }).request({ url: server.origin, method: 'POST', body: 'x' }),
    );
    expect(failure).toMatchObject({ reason: 'reset', requestSent: true });
    expect(server.seen).toHaveLength(1);
  });

  test('closed in the middle of the answer: reset, sent', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.socket?.destroy());
    });
    expect(await failureOf(egressFor({ allow: [server.authority] }).request({ url: server.origin }))).toMatchObject({
      reason: 'reset',
      requestSent: true,
    });
  });

  test('no answer before the deadline: timeout, sent', async () => {
    const server = await serve(() => undefined);
    const failure = await failureOf(
      egressFor({ allow: [server.authority] }).request({ url: server.origin, timeoutMs: 600 }),
    );
    expect(failure).toMatchObject({ reason: 'timeout', requestSent: true });
  });

  test('an answer that trickles does not outlast the deadline', async () => {
    const server = await serve((_request, response) => {
      const timer = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(timer));
    });
    expect(
      await failureOf(egressFor({ allow: [server.authority] }).request({ url: server.origin, timeoutMs: 600 })),
    ).toMatchObject({
      reason: 'timeout',
      requestSent: true,
    });
  });

  test('the deadline passes while the name is looked up: timeout, not sent, and nothing is sent later', async () => {
    const server = await serve(answerOk);
    const answer = Promise.withResolvers<readonly string[]>();
    const egress = egressFor({ allow: ['127.0.0.1'], resolver: () => answer.promise });
    const url = `http://slow.example.com:${server.port}/`;
    expect(await failureOf(egress.request({ url, timeoutMs: 20 }))).toMatchObject({
      reason: 'timeout',
      requestSent: false,
    });
    answer.resolve(['127.0.0.1']);
    await egress.request({ url: `${url}later` });
    expect(server.seen.map((request) => request.path)).toEqual(['/later']);
  });

  test('cancelled by the caller, before and during the call', async () => {
    const server = await serve(() => undefined);
    const egress = egressFor({ allow: [server.authority] });
    expect(await failureOf(egress.request({ url: server.origin, signal: AbortSignal.abort() }))).toMatchObject({
      reason: 'aborted',
      requestSent: false,
    });
    expect(server.seen).toEqual([]);
    const control = new AbortController();
    const call = failureOf(egress.request({ url: server.origin, signal: control.signal }));
    while (server.seen.length === 0) await nextTurn();
    control.abort();
    expect(await call).toMatchObject({ reason: 'aborted', requestSent: true });
  });

  test('something that is not HTTP: protocol', async () => {
    const server: Server = createServer((socket) => void socket.once('data', () => socket.end('SSH-2.0-nope\r\n')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    const { port } = server.address() as AddressInfo;
    expect(
      await failureOf(egressFor({ allow: ['127.0.0.1'] }).request({ url: `http://127.0.0.1:${port}/` })),
    ).toMatchObject({
      reason: 'protocol',
      requestSent: true,
    });
  });
});

describe('TLS', () => {
  const tls = { cert: loopbackCertificate.cert, key: loopbackCertificate.key };
  const resolver = resolverOf(['127.0.0.1']);

  test('the certificate is checked against the name asked for, while the connection goes to the pinned address', async () => {
    const server = await serve(answerOk, { tls });
    const egress = egressFor({ allow: ['127.0.0.1'], resolver, ca: loopbackCertificate.cert });
    await expect(egress.request({ url: `https://${loopbackCertificate.name}:${server.port}/` })).resolves.toMatchObject(
      { status: 200 },
    );
    expect(await failureOf(egress.request({ url: `https://other.example.com:${server.port}/` }))).toMatchObject({
      reason: 'tls',
      requestSent: false,
    });
    expect(await failureOf(egress.request({ url: `https://127.0.0.1:${server.port}/` }))).toMatchObject({
      reason: 'tls',
      requestSent: false,
    });
    expect(server.seen).toHaveLength(1);
  });

  test('an unknown authority and a server without TLS fail before anything is sent', async () => {
    const secure = await serve(answerOk, { tls });
    const plain = await serve(answerOk);
    const egress = egressFor({ allow: ['127.0.0.1'], resolver });
    for (const port of [secure.port, plain.port]) {
      const failure = await failureOf(egress.request({ url: `https://${loopbackCertificate.name}:${port}/` }));
      expect(failure).toMatchObject({ reason: 'tls', requestSent: false });
    }
    expect([...secure.seen, ...plain.seen]).toEqual([]);
  });
});

test('connections are kept and used again', async () => {
  const server = await serve(answerOk);
  const resolver = resolverOf(['127.0.0.1']);
  const egress = egressFor({ allow: ['127.0.0.1'], resolver });
  for (let round = 0; round < 5; round += 1) {
    await egress.request({ url: `http://kept.example.com:${server.port}/` });
    await nextTurn();
  }
  expect(new Set(server.seen.map((request) => request.remotePort)).size).toBe(1);
  expect(resolver.asked).toHaveLength(1);
});
