import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { pino } from 'pino';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Route } from '#platform/http/route.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let app: TestApp;
let token: string;
const failures: string[] = [];

beforeAll(async () => {
  const log = pino({ level: 'error' }, { write: (line: string) => void failures.push(line) });
  app = await startTestApp({ log, environment: { QUAYSIDE_GITHUB_WEBHOOK_SECRET: 'hook' } });
  const answer = await app.call('POST', '/v1/auth/access_token', {
    clientId: app.clientId,
    clientSecret: app.clientSecret,
  });
  token = String(answer.body['accessToken']);
  await prepare();
});
afterAll(async () => app.stop());

/** Something of each kind, so that names sometimes hit. */
async function prepare(): Promise<void> {
  const types = ['string', 'number', 'boolean', 'object', 'array'];
  const properties = Object.fromEntries(types.map((type) => [type, { type }]));
  const when = { type: 'string', format: 'date-time' };
  await app.call('POST', '/v1/blueprints', {
    identifier: 'service',
    title: 'Service',
    schema: { properties: { ...properties, when, pattern: { type: 'string', pattern: '^a+$' } }, required: [] },
    relations: { parent: { target: 'service' }, friends: { target: 'service', many: true } },
  });
  await app.call('POST', '/v1/blueprints/service/entities', { identifier: 'known', properties: { number: 1 } });
  await app.call('POST', '/v1/teams', { name: 'known' });
  await app.call('POST', '/v1/actions', {
    identifier: 'known',
    trigger: { type: 'self-service', operation: 'DAY-2', blueprintIdentifier: 'service' },
    invocationMethod: { type: 'WEBHOOK', url: 'https://example.com/{{ .inputs.string }}', body: '{{ .inputs }}' },
  });
  await app.call('POST', '/gate/pipelines', {
    application: 'known',
    name: 'known',
    parameterConfig: [{ name: 'string', hasOptions: true, options: [{ value: 'a' }] }],
    stages: [{ type: 'manualJudgment', judgmentInputs: [{ value: 'a' }] }],
  });
  await app.call('POST', '/gate/pipelines/known/known', { parameters: { string: 'a' } });
  await app.call('POST', '/v1/sidebars/catalog/folders', { identifier: 'made' });
  await app.call('POST', '/v1/pages', {
    identifier: 'known',
    type: 'dashboard',
    widgets: [{ id: 'known', type: 'entities-number-chart', blueprint: 'service' }],
  });
  await app.call('POST', '/v1/actions', {
    identifier: 'made',
    trigger: { type: 'self-service', operation: 'CREATE', blueprintIdentifier: 'service' },
    invocationMethod: { type: 'KAFKA' },
  });
}

const long = 'Zq7'.repeat(1_500);
const noTexts = [
  '',
  ' ',
  '\0',
  '\ud800',
  'a\u0000b',
  '__proto__',
  'constructor',
  'toString',
  '..',
  '%',
  '%00',
  '%2500',
];
const oddTexts = [
  "'",
  '"',
  'null',
  'true',
  '-1',
  '1e400',
  '9223372036854775808',
  'NaN',
  '[]',
  '{}',
  '$',
  '{{',
  '+',
  'a+b',
];
const oddTimes = ['0000-01-01', '+275760-09-13T00:00:00.000Z', '-271821-04-20T00:00:00.000Z', '2026-02-30T00:00:00Z'];
const names = [
  'known',
  'made',
  'service',
  'parent',
  'number',
  'when',
  '$identifier',
  '$createdAt',
  '$title',
  'SUCCESS',
];
const oddPlaces = ['javascript:alert(1)', 'http://127.0.0.1:1/', '{{ .inputs }}', '1', '0', 'v2'];
const longTexts = [long, Buffer.from(long).toString('base64'), '𝕏'.repeat(700)];
const texts = fc.oneof(
  fc.constantFrom(...noTexts, ...oddTexts, ...oddTimes, ...names, ...oddPlaces, ...longTexts),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ size: 'large' }),
);
const numbers = fc.oneof(
  fc.constantFrom(0, -0, -1, 1, 1.5, 2 ** 31, 2 ** 53, 2 ** 63, 1e21, 1e300, -1e300, 5e-324),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const scalars = fc.oneof(texts, numbers, fc.boolean(), fc.constant(null));
const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: scalars },
  { weight: 1, arbitrary: fc.array(scalars, { maxLength: 3 }) },
  { weight: 2, arbitrary: fc.dictionary(texts, scalars, { maxKeys: 3 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
);

/** Values near what a schema asks for: mostly of its shape, with something hostile in it. */
function near(schema: unknown, depth = 0): fc.Arbitrary<unknown> {
  const shape = (typeof schema === 'object' && schema !== null ? schema : {}) as Record<string, unknown>;
  const hostile = { weight: 1, arbitrary: anything };
  if (depth > 5) return anything;
  const options = (shape['anyOf'] ?? shape['oneOf']) as readonly unknown[] | undefined;
  if (options !== undefined)
    return fc.oneof(hostile, ...options.map((one) => ({ weight: 3, arbitrary: near(one, depth + 1) })));
  if ('const' in shape) return fc.oneof(hostile, { weight: 9, arbitrary: fc.constant(shape['const']) });
  if (Array.isArray(shape['enum']))
    return fc.oneof(hostile, { weight: 9, arbitrary: fc.constantFrom(...shape['enum']) });
  const type = Array.isArray(shape['type']) ? (shape['type'] as unknown[])[0] : shape['type'];
  if (type === 'object') return fc.oneof(hostile, { weight: 9, arbitrary: nearObject(shape, depth) });
  if (type === 'array') {
    return fc.oneof(hostile, { weight: 9, arbitrary: fc.array(near(shape['items'], depth + 1), { maxLength: 3 }) });
  }
  if (type === 'string') return fc.oneof(hostile, { weight: 6, arbitrary: texts });
  if (type === 'integer' || type === 'number') return fc.oneof(hostile, { weight: 6, arbitrary: numbers });
  return anything;
}

function nearObject(shape: Record<string, unknown>, depth: number): fc.Arbitrary<unknown> {
  const properties = (shape['properties'] ?? {}) as Record<string, unknown>;
  const required = (shape['required'] ?? []) as readonly string[];
  const values = Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, near(one, depth + 1)]));
  const named = fc.record(values, { requiredKeys: [...required] });
  const other = (Object.values((shape['patternProperties'] ?? {}) as object)[0] ??
    shape['additionalProperties']) as unknown;
  if (typeof other !== 'object') return named;
  return fc
    .tuple(named, fc.dictionary(texts, near(other, depth + 1), { maxKeys: 2 }))
    .map(([left, right]) => ({ ...right, ...left }));
}

interface Hostile {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const headers = fc.record(
  {
    'if-match': fc.constantFrom('*', '"1"', '"x"', '"99999999999999"'),
    'idempotency-key': fc.constantFrom('a', 'b', 'x'.repeat(300)),
    'last-event-id': fc.constantFrom('1', '-1', '1.5', '1e300', 'x', '99999999999999999999'),
    'x-github-event': fc.constantFrom('workflow_run', 'x'),
    'user-agent': fc.constantFrom('', 'x'.repeat(9_000), 'ÿ'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, string>>;

function hostileRequest(route: Route): fc.Arbitrary<Hostile> {
  const parameters = [...route.path.matchAll(/:(\w+)|\*/g)].map((match) => match[1] ?? '*');
  const known = fc.constantFrom('known', 'made', 'service', 'service', 'known');
  const segment = fc.oneof({ weight: 3, arbitrary: known }, { weight: 2, arbitrary: texts });
  const query = fc.oneof(
    fc.constant([]),
    fc.array(fc.tuple(fc.oneof(fc.constantFrom(...queryNames(route)), texts), texts), { maxLength: 5 }),
  );
  const isBodied = route.method !== 'GET';
  const body = isBodied
    ? fc.oneof(
        { weight: 8, arbitrary: near(route.request?.body).map((value) => JSON.stringify(value)) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(undefined, '', '{', '[1e400]', '{"__proto__":{}}', '"\\ud800"', '\uFEFF{}'),
        },
      )
    : fc.constant(undefined);
  const type = fc.oneof(
    { weight: 9, arbitrary: fc.constant('application/json') },
    fc.constantFrom('text/plain', 'application/json; charset=x'),
  );
  return fc
    .tuple(
      fc.array(segment, { minLength: parameters.length, maxLength: parameters.length }),
      query,
      body,
      type,
      headers,
    )
    .map(([segments, pairs, text, contentType, given]) => {
      let index = 0;
      const path = route.path.replaceAll(/:\w+|\*/g, () => encode(segments[index++] || 'x'));
      const search = pairs.map(([key, value]) => `${encode(key)}=${encode(value)}`).join('&');
      return {
        method: route.method,
        path: `${path}${search === '' ? '' : `?${search}`}`,
        body: text,
        headers: { ...given, ...(text === undefined ? {} : { 'content-type': contentType }) },
      };
    });
}

function queryNames(route: Route): readonly string[] {
  const properties = (route.request?.query as { properties?: object } | undefined)?.properties ?? {};
  return [...Object.keys(properties), 'limit', 'unknown'];
}

function encode(text: string): string {
  const safe = encodeURIComponent(text.toWellFormed());
  return safe === '.' || safe === '..' ? safe.replaceAll('.', '%2E') : safe.slice(0, 12_000);
}

async function ask({
  method,
  path,
  body,
  headers: given,
}: Hostile): Promise<{ status: number; type: string; text: string }> {
  const end = new AbortController();
  const answer = await fetch(`${app.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...given },
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
    signal: end.signal,
  });
  const type = answer.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    end.abort();
    return { status: answer.status, type, text: '' };
  }
  return { status: answer.status, type, text: await answer.text() };
}

/** What is wrong with an answer, or null. */
function faultOf(path: string, { status, type, text }: Awaited<ReturnType<typeof ask>>): string | null {
  if (status >= 500) return (failures.at(-1) ?? text).slice(0, 900);
  if (!type.startsWith('application/json')) return null;
  // Gate's clients get what they ask for without an envelope.
  if (status < 400 && path.startsWith('/gate/')) return null;
  const { ok, error, message, details } = JSON.parse(text) as Record<string, unknown>;
  if (status < 400) return ok === true ? null : `${status} without ok`;
  const isEnvelope = ok === false && typeof error === 'string' && typeof message === 'string';
  return isEnvelope && typeof details === 'object' && details !== null ? null : `no envelope: ${text.slice(0, 300)}`;
}

/** Writes bytes to the server's port and reads until the connection ends. */
async function rawAnswer(request: string): Promise<string> {
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  socket.write(request);
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => (text += part));
  await once(socket, 'close');
  return text;
}

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['headers too long', `GET /v1/users HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['an address that cannot be decoded', 'GET /v1/users/%C3%28 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400],
  [
    'a name that is too long',
    `GET /v1/users/${'x'.repeat(13_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    414,
  ],
  ['two lengths', 'POST /v1/teams HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}', 400],
])('%s is refused in the envelope of all errors', async (_, request, status) => {
  const answer = await rawAnswer(request);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as unknown;
  expect(body).toEqual({ ok: false, error: 'bad_request', message: expect.any(String), details: expect.any(Object) });
});

test('a refused write of any length is recorded', async () => {
  const identifier = Buffer.from('entity'.repeat(2_000)).toString('hex');
  const answer = await app.call('POST', '/v1/blueprints/service/entities', {
    identifier: `${randomBytes(3_000).toString('hex')}${identifier}`,
  });
  expect(answer.status).toBe(422);
  const audit = await app.call('GET', '/v1/audit-log?status=FAILURE&limit=1');
  expect(audit.body).toMatchObject({ audits: [{ context: { blueprint: 'service' }, status: 'FAILURE' }] });
});

test('a cursor made up by somebody is refused', async () => {
  const from = Buffer.from(JSON.stringify(['$createdAt asc', 'no instant', 'x'])).toString('base64url');
  const sort = { property: '$createdAt', order: 'asc' };
  const answer = await app.call('POST', '/v1/blueprints/service/entities/search', { from, sort });
  expect(answer).toMatchObject({ status: 422, body: { message: expect.stringContaining('cursor') } });
});

test('reading changes nothing: no GET and no HEAD writes an event', async () => {
  const eventNumbers = async (): Promise<unknown> =>
    (await app.database.database.pool.query('select * from event_counter')).rows;
  const before = await eventNumbers();
  const paths = new Set(
    app.app.modules.list
      .flatMap((module) => module.routes ?? [])
      .filter((route) => route.method === 'GET')
      .map((route) => route.path),
  );
  for (const path of paths) {
    for (const method of ['GET', 'HEAD']) {
      for (const name of ['known', 'service'])
        await ask({ method, path: path.replaceAll(/:\w+|\*/g, name), body: undefined, headers: {} });
    }
  }
  expect(await eventNumbers()).toEqual(before);
});

test(
  'whatever is sent to a route, the answer is an envelope and never an error of ours',
  { timeout: 120_000 },
  async () => {
    const routes = app.app.modules.list.flatMap((module) => module.routes ?? []);
    const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const faults = new Map<string, unknown>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...routes).chain(hostileRequest), { minLength: 4, maxLength: 4 }),
        async (together) => {
          const answers = await Promise.all(together.map(ask));
          for (const [index, answer] of answers.entries()) {
            const request = together[index];
            const fault = faultOf(request?.path ?? '', answer);
            if (fault !== null)
              faults.set(
                `${request?.method} ${request?.path.split('?', 1)[0]?.slice(0, 80)}: ${/"message":".*?[^\\]"/.exec(fault)?.[0] ?? fault}`,
                { seed, ...request, fault },
              );
          }
        },
      ),
      {
        seed,
        numRuns: Number(process.env['FUZZ_RUNS'] ?? 800),
        plugins: [fc.interruptAfterTimeLimit(Number(process.env['FUZZ_MS'] ?? 20_000))],
      },
    );
    expect([...faults.values()].slice(0, 3)).toEqual([]);
  },
);
