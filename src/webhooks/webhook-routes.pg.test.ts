import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogModule } from '#catalog/module.ts';
import { createSecretBox, masterKey } from '#platform/crypto/secret-box.ts';
import { createJqPool } from '#platform/jq/jq-pool.ts';
import type { Module } from '#platform/module.ts';
import { testCatalogParts } from '#testing/catalog-parts.ts';
import { type Answer, type ModuleServer, serveModules, testPerson } from '#testing/module-server.ts';
import { createSettling } from '#testing/settle-modules.ts';
import { webhooksModule } from './module.ts';

const secrets = createSecretBox({ current: masterKey(Buffer.alloc(32, 7)) });
const jq = createJqPool({ size: 1, deadlineMs: 300, maxOutputBytes: 1_048_576 });
let server: ModuleServer;
let settle: () => Promise<void>;
let modules: readonly Module[] = [];

beforeAll(async () => {
  server = await serveModules((core) => {
    const catalog = testCatalogParts(core);
    modules = [catalogModule(core, catalog), webhooksModule({ core, catalog, secrets, jq })];
    return modules;
  });
  settle = createSettling(server.core, server.orgId, () => modules);
  const text = { type: 'string' };
  await server.ask('POST', '/v1/blueprints', {
    identifier: 'service',
    title: 'Service',
    schema: { properties: { url: text }, required: [] },
  });
  await server.ask('POST', '/v1/blueprints', {
    identifier: 'pull',
    title: 'Pull request',
    schema: { properties: { url: text, size: { type: 'number' } }, required: [] },
    relations: { service: { target: 'service', many: false } },
  });
});

afterAll(async () => {
  await server.close();
  await jq.close();
});

interface Wire {
  readonly identifier: string;
  readonly url: string;
  readonly webhookKey: string;
}

const mapping = {
  blueprint: 'pull',
  filter: '.headers."x-event" == "pull_request"',
  entity: {
    identifier: '.body.pull.id | tostring',
    title: '.body.pull.title',
    icon: "'Git'",
    properties: { url: '.body.pull.url', size: '.body.pull.size' },
    relations: { service: '.body.repository' },
  },
};

let made = 0;
async function webhook(extra: object = {}): Promise<Wire> {
  made += 1;
  const definition = { identifier: `hook${made}`, title: 'Pulls', enabled: true, mappings: [mapping], ...extra };
  const answer = await server.ask('POST', '/v1/webhooks', definition);
  expect(answer.body).toMatchObject({ ok: true });
  return answer.body['integration'] as Wire;
}

async function send(
  { url }: Pick<Wire, 'url'>,
  body: unknown,
  headers: Readonly<Record<string, string>> = { 'x-event': 'pull_request' },
): Promise<Response> {
  return fetch(url.replace('http://localhost', server.baseUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function entity(blueprint: string, identifier: string): Promise<Answer> {
  return server.ask('GET', `/v1/blueprints/${blueprint}/entities/${identifier}`);
}

async function requests({ identifier }: Wire): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const answer = await server.ask('GET', `/api/v1/webhooks/${identifier}/requests`);
  return answer.body['requests'] as readonly Readonly<Record<string, unknown>>[];
}

const pull = (id: number, more: object = {}) => ({
  pull: { id, title: `Change ${id}`, url: 'https://example.com', size: 3, ...more },
  repository: 'checkout',
});

describe('what is sent', () => {
  test('becomes entities, what they point at included, and twice is once', async () => {
    const hook = await webhook();
    const answer = await send(hook, pull(1));
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ ok: true });
    await send(hook, pull(1));
    await settle();
    expect((await entity('pull', '1')).body['entity']).toMatchObject({
      title: 'Change 1',
      icon: 'Git',
      properties: { url: 'https://example.com', size: 3 },
      relations: { service: 'checkout' },
    });
    expect((await entity('service', 'checkout')).status).toBe(200);
    expect(await requests(hook)).toMatchObject([{ state: 'done' }, { state: 'done' }]);
  });

  test('is passed over where the filter says so, and kept for trying mappings on', async () => {
    const hook = await webhook();
    await send(hook, pull(2), { 'x-event': 'push', 'x-api-key': 'a key of the sender' });
    await settle();
    expect((await entity('pull', '2')).status).toBe(404);
    const [request] = await requests(hook);
    expect(request).toMatchObject({
      state: 'done',
      outcome: { written: 0 },
      content: { body: pull(2), headers: { 'x-event': 'push' } },
    });
    expect(JSON.stringify(request)).not.toContain('a key of the sender');
  });

  test('may hold many items; one that breaks keeps nothing else back', async () => {
    const hook = await webhook({
      mappings: [
        {
          blueprint: 'pull',
          itemsToParse: '.body.items',
          entity: { identifier: '.item.id', properties: { size: '.item.size', url: '.body.url' } },
        },
      ],
    });
    const items = [{ id: 'i1', size: 1 }, { id: null }, { id: 'i3', size: 'three' }, { id: 'i4', size: 4 }];
    await send(hook, { items, url: 'https://example.com/all' });
    await settle();
    expect((await entity('pull', 'i1')).body['entity']).toMatchObject({ properties: { size: 1 } });
    expect((await entity('pull', 'i4')).body['entity']).toMatchObject({
      properties: { url: 'https://example.com/all' },
    });
    const [request] = await requests(hook);
    expect(request).toMatchObject({ state: 'failed', outcome: { written: 2 } });
    expect(request?.['outcome']).toHaveProperty('problems', [
      { mapping: 0, item: 1, field: 'entity.identifier', message: 'gives nothing' },
      { mapping: 0, item: null, field: 'entity', message: expect.stringMatching(/^pull\/i3: .*size/) as string },
    ]);
  });

  test('deletes, with what depends on it unless told otherwise, and nothing where nothing is', async () => {
    const entities = '/v1/blueprints/pull/entities';
    await server.ask('POST', entities, { identifier: 'gone', properties: {} });
    const remove = { blueprint: 'pull', operation: 'delete', entity: { identifier: '.body.id' } };
    const hook = await webhook({ mappings: [remove] });
    await send(hook, { id: 'gone' });
    server.clock.advance(1_000);
    await send(hook, { id: 'never' });
    await settle();
    expect((await entity('pull', 'gone')).status).toBe(404);
    expect(await requests(hook)).toMatchObject([
      { state: 'done', outcome: { deleted: 0 } },
      { state: 'done', outcome: { deleted: 1 } },
    ]);
  });

  test('names what it means by a search, each text of which is jq', async () => {
    await server.ask('POST', '/v1/blueprints/service/entities', {
      identifier: 'found',
      properties: { url: 'https://example.com/found' },
    });
    const rules = [{ property: "'url'", operator: "'='", value: '.body.url' }];
    const service = { combinator: "'and'", rules };
    const hook = await webhook({
      mappings: [{ blueprint: 'pull', entity: { identifier: '.body.id', relations: { service } } }],
    });
    await send(hook, { id: 's1', url: 'https://example.com/found' });
    await settle();
    expect((await entity('pull', 's1')).body['entity']).toMatchObject({ relations: { service: 'found' } });
  });
});

describe('who may send', () => {
  const security = {
    secret: 'a shared secret',
    signatureHeaderName: 'X-Hub-Signature-256',
    signatureAlgorithm: 'sha256',
    signaturePrefix: 'sha256=',
    requestIdentifierPath: '.headers."x-delivery"',
  };
  const sign = (text: string, secret = security.secret): string =>
    `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;

  test('only who signs over the very bytes, and a delivery counts once', async () => {
    const hook = await webhook({ security });
    const text = JSON.stringify(pull(20));
    const event = { 'x-event': 'pull_request', 'x-delivery': 'd-1' };
    const refused = await Promise.all(
      [{}, { 'x-hub-signature-256': sign(text, 'another') }, { 'x-hub-signature-256': sign(`${text} `) }].map(
        async (headers) => (await send(hook, text, { ...event, ...headers })).status,
      ),
    );
    expect(refused).toEqual([401, 401, 401]);
    expect(await requests(hook)).toEqual([]);
    const signed = { ...event, 'x-hub-signature-256': sign(text) };
    const statuses = await Promise.all([1, 2, 3].map(async () => (await send(hook, text, signed)).status));
    expect(statuses).toEqual([202, 202, 202]);
    await settle();
    const stored = await requests(hook);
    expect(stored).toMatchObject([{ state: 'done', delivery: 'd-1' }]);
    expect(JSON.stringify(stored)).not.toContain(sign(text));
  });

  test('who knows the secret itself, with the algorithm plain', async () => {
    const plain = { secret: 'word', signatureHeaderName: 'x-token', signatureAlgorithm: 'plain' };
    const hook = await webhook({ security: plain });
    expect((await send(hook, {}, { 'x-token': 'word' })).status).toBe(202);
    expect((await send(hook, {}, { 'x-token': 'words' })).status).toBe(401);
    expect(JSON.stringify(await requests(hook))).not.toContain('word"');
  });

  test('nobody at an unknown address; a webhook that is off takes and drops', async () => {
    expect((await send({ url: 'http://localhost/hooks/in/unknown' }, {})).status).toBe(404);
    const hook = await webhook({ enabled: false });
    expect((await send(hook, pull(30))).status).toBe(202);
    await settle();
    expect((await entity('pull', '30')).status).toBe(404);
    expect(await requests(hook)).toEqual([]);
  });

  test('what is no JSON, too deep or too large is refused and stored nowhere', async () => {
    const hook = await webhook();
    const bodies = ['', 'no json', `${'['.repeat(5000)}${']'.repeat(5000)}`, '{"a":"\\u0000"}'];
    const statuses = await Promise.all(bodies.map(async (body) => (await send(hook, body)).status));
    for (const status of statuses) expect(status).toBeGreaterThanOrEqual(400);
    for (const status of statuses) expect(status).toBeLessThan(500);
    expect((await send(hook, JSON.stringify('x'.repeat(600_000)))).status).toBe(413);
    expect(await requests(hook)).toEqual([]);
  });

  test('an expression that never ends is stopped, and the request says so', async () => {
    const hook = await webhook({
      mappings: [{ blueprint: 'pull', entity: { identifier: '[range(infinite)] | length' } }],
    });
    await send(hook, {});
    await settle();
    const [request] = await requests(hook);
    expect(request).toMatchObject({
      state: 'failed',
      outcome: { written: 0, problems: [{ field: 'entity.identifier' }] },
    });
  });
});

describe('definitions', () => {
  test('answer under both keys, without the secret, and keep their address', async () => {
    const hook = await webhook({ security: { secret: 'hidden word', signatureAlgorithm: null } });
    const read = await server.ask('GET', `/v1/webhooks/${hook.identifier}`);
    expect(read.body['webhook']).toEqual(read.body['integration']);
    expect(JSON.stringify(read.body)).not.toContain('hidden word');
    const replaced = await server.ask('PUT', `/v1/webhooks/${hook.identifier}`, {
      title: 'Other',
      enabled: true,
      mappings: [],
      security: { secret: '********' },
    });
    expect(replaced.body['integration']).toMatchObject({ title: 'Other', url: hook.url, mappings: [] });
    const patched = await server.ask('PATCH', `/v1/webhooks/${hook.webhookKey}`, { enabled: false });
    expect(patched.body['integration']).toMatchObject({ title: 'Other', enabled: false });
    expect((await server.ask('DELETE', `/v1/webhooks/${hook.identifier}`)).status).toBe(200);
    expect((await server.ask('GET', `/v1/webhooks/${hook.identifier}`)).status).toBe(404);
  });

  test('are refused with the field named', async () => {
    const base = { title: 'Pulls', enabled: true };
    const refused = async (body: object): Promise<unknown> => {
      const answer = await server.ask('POST', '/v1/webhooks', body);
      return [answer.status, JSON.stringify(answer.body).match(/secret|title|operation|identifier|size/)?.[0]];
    };
    expect(await refused({ enabled: true })).toEqual([422, 'title']);
    expect(await refused({ ...base, title: 'x'.repeat(31) })).toEqual([422, 'title']);
    expect(await refused({ ...base, mappings: [{ ...mapping, operation: 'rename' }] })).toEqual([422, 'operation']);
    expect(await refused({ ...base, security: { signatureAlgorithm: 'sha256' } })).toEqual([422, 'secret']);
    const { identifier } = await webhook();
    expect(await refused({ ...base, identifier })).toEqual([409, 'identifier']);
  });

  test('a stale save is refused, and only administrators see or change any', async () => {
    const { identifier } = await webhook();
    const path = `/v1/webhooks/${identifier}`;
    const stale = await server.ask('PATCH', path, { title: 'A' }, { headers: { 'if-match': '"7"' } });
    expect(stale.status).toBe(412);
    const member = testPerson('member', ['Member']);
    const statuses = await Promise.all(
      [
        server.ask('GET', path, undefined, { as: member }),
        server.ask('PATCH', path, { title: 'A' }, { as: member }),
        server.ask('GET', `/api/v1/webhooks/${identifier}/requests`, undefined, { as: member }),
        server.ask('GET', '/v1/webhooks/metadata', undefined, { as: member }),
      ].map(async (answer) => (await answer).status),
    );
    expect(statuses).toEqual([403, 403, 403, 200]);
  });
});

test('the tester says what would be written, entity by entity, and writes nothing', async () => {
  const entities = '/v1/blueprints/pull/entities';
  await server.ask('POST', entities, { identifier: '70', title: 'Change 70', properties: { size: 1 } });
  const tried = async (body: unknown, mappings: readonly object[] = [mapping]): Promise<Answer['body']> =>
    (
      await server.ask('POST', '/api/v1/webhooks/test', {
        mappings,
        body,
        headers: { 'X-Event': 'pull_request' },
      })
    ).body;
  expect(await tried(pull(70))).toMatchObject({
    entities: [
      {
        effect: 'changed',
        identifier: '70',
        before: { properties: { size: 1 } },
        after: { properties: { size: 3 }, icon: 'Git' },
      },
    ],
    problems: [],
    passed: [{ seen: 1, passed: 1 }],
  });
  expect(await tried(pull(71))).toMatchObject({ entities: [{ effect: 'created', before: null }] });
  expect(await tried({}, [{ ...mapping, filter: 'false' }])).toMatchObject({ entities: [], passed: [{ passed: 0 }] });
  const refused = await tried({ id: 'x' }, [{ blueprint: 'unknown', entity: { identifier: '.body.id' } }]);
  expect(refused).toMatchObject({
    entities: [{ effect: 'refused', problem: expect.stringContaining('unknown') as string }],
  });
  const remove = { blueprint: 'pull', operation: 'delete', entity: { identifier: '.body.id' } };
  expect(await tried({ id: '70' }, [remove])).toMatchObject({ entities: [{ effect: 'deleted' }] });
  expect((await entity('pull', '71')).status).toBe(404);
  expect((await entity('pull', '70')).body['entity']).toMatchObject({ properties: { size: 1 } });
});

test('requests are forgotten after a week, and one that was never handled says so after an hour', async () => {
  const hook = await webhook();
  await send(hook, pull(80));
  const chores = modules.flatMap((module) => module.chores ?? []).filter(({ name }) => name.includes('webhook'));
  server.clock.advance(2 * 3_600_000);
  for (const chore of chores) await chore.run();
  expect(await requests(hook)).toMatchObject([{ state: 'failed' }]);
  server.clock.advance(8 * 86_400_000);
  for (const chore of chores) await chore.run();
  expect(await requests(hook)).toEqual([]);
});
