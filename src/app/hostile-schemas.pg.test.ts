import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestAnswer, type TestApp, uniqueName } from '#testing/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(async () => app.stop());

/** Time an answer may take on a busy machine; what runs away takes many times as long. */
const patienceMs = 10_000;

async function blueprint(definition: object): Promise<TestAnswer & { readonly path: string }> {
  const identifier = uniqueName('kind');
  const sent = { identifier, title: 'Kind', schema: { properties: {}, required: [] }, ...definition };
  return { ...(await app.call('POST', '/v1/blueprints', sent)), path: `/v1/blueprints/${identifier}/entities` };
}

function nested(depth: number, leaf: object): object {
  let schema = leaf;
  for (let level = 0; level < depth; level += 1) schema = { type: 'object', properties: { deeper: schema } };
  return schema;
}

function properties(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, { type: 'string' }]));
}

describe('schemas that are too much', () => {
  test.each([
    ['nested hundredfold', { deep: nested(100, { type: 'string' }) }],
    ['of ten thousand properties', properties(10_000)],
    ['of ten thousand nested properties', { wide: { type: 'object', properties: properties(10_000) } }],
    [
      'of ten thousand choices',
      { choice: { type: 'string', enum: Array.from({ length: 10_000 }, (_, at) => `${at}`) } },
    ],
    ['with a pattern of a hundred thousand characters', { text: { type: 'string', pattern: 'a'.repeat(100_000) } }],
  ])('%s are refused with their place', { timeout: 60_000 }, async (_, defined) => {
    const begun = performance.now();
    const answer = await blueprint({ schema: { properties: defined, required: [] } });
    expect(answer).toMatchObject({
      status: 422,
      body: { error: 'invalid_request', details: expect.any(Object) as object },
    });
    expect(performance.now() - begun).toBeLessThan(patienceMs);
  });

  test.each(['__proto__', 'constructor.prototype', ''])('a property called "%s" is refused', async (key) => {
    const text = `{"identifier":"x","title":"X","schema":{"properties":{"${key}":{"type":"string"}},"required":[]}}`;
    const answer = await app.call('POST', '/v1/blueprints', text, { 'content-type': 'application/json' });
    expect([400, 422]).toContain(answer.status);
    expect(({} as Record<string, unknown>)['type']).toBeUndefined();
  });
});

describe('values that are too much', () => {
  test('a pattern that others run away on answers at once', { timeout: 60_000 }, async () => {
    const { path } = await blueprint({
      schema: { properties: { text: { type: 'string', pattern: '^(a+)+$' } }, required: [] },
    });
    const begun = performance.now();
    const answer = await app.call('POST', path, { properties: { text: `${'a'.repeat(100_000)}!` } });
    expect(answer).toMatchObject({ status: 422, body: { error: 'blueprint_schema_mismatch' } });
    expect(performance.now() - begun).toBeLessThan(patienceMs);
  });

  test('an object nested thousandfold or with ten thousand keys is refused, one of nearly a mebibyte taken', async () => {
    const { path } = await blueprint({ schema: { properties: { thing: { type: 'object' } }, required: [] } });
    const deep = `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`;
    const refused = await app.call('POST', path, `{"properties":{"thing":${deep}}}`, {
      'content-type': 'application/json',
    });
    expect([400, 422]).toContain(refused.status);
    const large = { identifier: 'large', properties: { thing: { text: 'x'.repeat(900_000) } } };
    expect((await app.call('POST', path, large)).status).toBe(201);
    const keys = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, index]));
    const wide = await app.call('POST', path, { identifier: 'wide', properties: { thing: keys } });
    expect(wide).toMatchObject({ status: 422, body: { error: 'invalid_request' } });
    const over = { identifier: 'over', properties: { thing: { text: 'x'.repeat(1_100_000) } } };
    expect((await app.call('POST', path, over)).status).toBe(413);
  });

  test('a calculation that never ends has no value, and others do not wait for it', { timeout: 60_000 }, async () => {
    const { path } = await blueprint({
      calculationProperties: {
        endless: { type: 'number', calculation: '[range(1e9)] | length' },
        fine: { type: 'number', calculation: '1 + 1' },
      },
    });
    const begun = performance.now();
    const [made, beside] = await Promise.all([
      app.call('POST', path, { identifier: 'x' }),
      app.call('GET', '/v1/organization'),
    ]);
    expect(made).toMatchObject({ status: 201, body: { entity: { properties: { fine: 2 } } } });
    expect((made.body['entity'] as { properties: object }).properties).not.toHaveProperty('endless');
    expect(beside.status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(patienceMs);
  });
});

describe('relations that go round', () => {
  test('mirrors, inherited teams and deletions along a circle come to an end', { timeout: 60_000 }, async () => {
    const identifier = uniqueName('ring');
    await app.call('POST', '/v1/blueprints', {
      identifier,
      title: 'Ring',
      schema: { properties: { text: { type: 'string' } }, required: [] },
      relations: { next: { target: identifier, required: true } },
      mirrorProperties: { far: { path: 'next.next.next.far' }, text3: { path: 'next.next.next.text' } },
      ownership: { type: 'Inherited', path: 'next' },
      aggregationProperties: {
        around: { title: 'Around', target: identifier, calculationSpec: { calculationBy: 'entities', func: 'count' } },
      },
    });
    const path = `/v1/blueprints/${identifier}/entities`;
    const made = await app.call('POST', path, { identifier: 'a', properties: { text: 'A' }, relations: { next: 'a' } });
    expect(made.status).toBe(201);
    for (const [name, next] of [
      ['b', 'a'],
      ['c', 'b'],
    ]) {
      expect((await app.call('POST', path, { identifier: name, relations: { next } })).status).toBe(201);
    }
    await app.call('PATCH', `${path}/a`, { relations: { next: 'c' } });
    await app.settle();
    const read = await app.call('GET', `${path}/c`);
    expect(read.body['entity']).toMatchObject({ properties: { around: 2 } });
    const kept = await app.call('DELETE', `${path}/a`);
    expect(kept).toMatchObject({ status: 403, body: { error: 'has_dependents' } });
    expect((await app.call('DELETE', `${path}/a?delete_dependents=true`)).status).toBe(200);
    expect((await app.call('GET', `/v1/blueprints/${identifier}/entities-count`)).body).toMatchObject({ count: 0 });
  });

  test('related entities are found in a circle of blueprints', async () => {
    const [one, other] = [uniqueName('one'), uniqueName('other')];
    for (const identifier of [one, other]) {
      await app.call('POST', '/v1/blueprints', { identifier, title: 'K', schema: { properties: {}, required: [] } });
    }
    await app.call('PATCH', `/v1/blueprints/${one}`, { relations: { to: { target: other } } });
    await app.call('PATCH', `/v1/blueprints/${other}`, { relations: { back: { target: one } } });
    await app.call('POST', `/v1/blueprints/${one}/entities`, { identifier: 'x' });
    await app.call('POST', `/v1/blueprints/${other}/entities`, { identifier: 'y', relations: { back: 'x' } });
    await app.call('PATCH', `/v1/blueprints/${one}/entities/x`, { relations: { to: 'y' } });
    const rules = [{ operator: 'relatedTo', blueprint: one, value: 'x' }];
    const found = await app.call('POST', '/v1/entities/search', { combinator: 'and', rules });
    expect((found.body['entities'] as { identifier: string }[]).map((entity) => entity.identifier)).toContain('y');
  });
});
