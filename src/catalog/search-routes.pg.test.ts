import fc from 'fast-check';
import { CompiledQuery, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '#platform/commands/actor.ts';
import { testPerson } from '#testing/module-server.ts';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import { planSearch, searchSetting } from './plan-search.ts';
import { parseSearchRules } from './rules/parse-rules.ts';
import { createBlueprints } from './blueprint-queries.ts';

let server: CatalogServer;
let service: string;
beforeAll(async () => {
  server = await serveCatalog();
  await server.blueprint({ identifier: 'system', schema: { properties: {}, required: [] } });
  service = await server.blueprint({
    identifier: 'service',
    schema: {
      properties: {
        tier: { type: 'number' },
        lang: { type: 'string' },
        born: { type: 'string', format: 'date-time' },
        tags: { type: 'array' },
        home: { type: 'string', format: 'url' },
      },
      required: [],
    },
    relations: { system: { target: 'system' }, friends: { target: 'service', many: true } },
  });
  await server.entity('system', { identifier: 'shop', title: 'The shop' });
  await server.entity('service', {
    identifier: 'cart',
    title: 'Cart',
    team: ['payments'],
    properties: {
      tier: 1,
      lang: 'Go',
      born: '2026-05-01T00:00:00Z',
      tags: ['a', 'b'],
      home: 'https://cart.example.com',
    },
    relations: { system: 'shop' },
  });
  await server.entity('service', {
    identifier: 'blog',
    properties: { lang: 'Rust', tags: ['b'] },
    relations: { friends: ['cart'] },
  });
});
afterAll(async () => server.close());

type Found = readonly Readonly<Record<string, unknown>>[];
const all = (...rules: readonly unknown[]) => ({ combinator: 'and', rules });

async function everywhere(query: unknown, parameters = ''): Promise<Readonly<Record<string, unknown>>> {
  const answer = await server.ask('POST', `/v1/entities/search${parameters}`, query);
  expect(answer).toMatchObject({ status: 200, body: { ok: true } });
  return answer.body;
}

const names = (entities: unknown): readonly unknown[] => (entities as Found).map((entity) => entity['identifier']);

describe('POST /v1/entities/search', () => {
  test('finds in all blueprints, in the order of blueprints and identifiers', async () => {
    const found = await everywhere(all());
    expect(found).toMatchObject({ matchingBlueprints: ['service', 'system'], failedBlueprints: [] });
    expect(names(found['entities'])).toEqual(['blog', 'cart', 'shop']);
  });

  test('leaves out blueprints that lack a property, also for negated operators', async () => {
    const found = await everywhere(all({ property: 'lang', operator: '!=', value: 'Go' }));
    expect(found['matchingBlueprints']).toEqual(['service']);
    expect(names(found['entities'])).toEqual(['blog']);
    const either = {
      combinator: 'or',
      rules: [
        { property: 'lang', operator: '=', value: 'Go' },
        { property: '$blueprint', operator: '=', value: 'system' },
      ],
    };
    const both = await everywhere(either);
    expect(both['matchingBlueprints']).toEqual(['service', 'system']);
    expect(names(both['entities'])).toEqual(['cart', 'shop']);
  });

  test.each([
    [{ property: '$blueprint', operator: '=', value: 'system' }, ['shop']],
    [{ property: '$identifier', operator: '=', value: ['cart'] }, ['cart']],
    [{ property: '$team', operator: 'containsAny', value: ['payments', 'x'] }, ['cart']],
    [{ property: 'system', operator: '=', value: 'shop' }, ['cart']],
    [{ property: 'friends', operator: 'containsAny', value: ['cart'] }, ['blog']],
    [{ property: 'friends', operator: 'isEmpty' }, ['cart']],
    [{ relation: 'system', targetProperty: '$title', operator: 'contains', value: 'shop' }, ['cart']],
    [{ relation: 'system', targetProperty: '$title', operator: '=', value: 'The shop' }, ['cart']],
    [{ propertySchema: { format: 'url' }, operator: 'contains', value: 'cart.' }, ['cart']],
    [{ propertySchema: { type: 'string' }, operator: '=', value: 'Rust' }, ['blog']],
    [{ property: '$datasource', operator: 'contains', value: 'node' }, ['blog', 'cart', 'shop']],
    [{ property: '__proto__', operator: '!=', value: 1 }, []],
    [{ property: "x' or true --", operator: '!=', value: 1 }, []],
  ])('%j', async (rule, expected) => {
    expect(names((await everywhere(all(rule)))['entities'])).toEqual(expected);
  });

  test('shows what is asked for, repeated or joined by commas', async () => {
    const rule = all({ property: '$identifier', operator: '=', value: 'cart' });
    const picked = await everywhere(
      rule,
      '?include=lang,identifier&include=relations.system&attach_title_to_relation=true',
    );
    expect(picked['entities']).toEqual([
      {
        identifier: 'cart',
        properties: { lang: 'Go' },
        relations: { system: { identifier: 'shop', title: 'The shop' } },
      },
    ]);
    const [rest] = (await everywhere(rule, '?exclude=properties&exclude=relations'))['entities'] as Found;
    expect(rest).not.toHaveProperty('relations');
  });

  test.each([
    [{ combinator: 'and' }],
    [{ rules: [] }],
    [{ combinator: 'and', rules: [], limit: 1 }],
    [all({ property: 'a', operator: 'resembles', value: 1 })],
  ])('refuses %j', async (body) => {
    expect(await server.ask('POST', '/v1/entities/search', body)).toMatchObject({
      status: 422,
      body: { ok: false, error: 'invalid_request' },
    });
  });

  test('streams what is longer than a page, whole and in order', async () => {
    const blueprint = await server.blueprint({ schema: { properties: { many: { type: 'number' } }, required: [] } });
    await fillEntities(blueprint, 2_500);
    const found = await everywhere(all({ property: 'many', operator: '>=', value: 0 }));
    const expected = Array.from({ length: 2_500 }, (_, index) => `m${index}`).toSorted();
    expect(names(found['entities'])).toEqual(expected);
    expect(found).toMatchObject({ ok: true, matchingBlueprints: [blueprint], failedBlueprints: [] });
  });
});

async function fillEntities(blueprint: string, count: number): Promise<void> {
  await server.core.db.executeQuery(
    CompiledQuery.raw(
      `insert into entity (org_id, blueprint, identifier, title, icon, team, properties, relations, datasource,
         version, created_at, created_by, updated_at, updated_by)
       select $1, $2, 'm' || n, 'M', null, '{}', jsonb_build_object('many', n), '{}', '', 1, now(), 'x', now(), 'x'
       from generate_series(0, $3::int - 1) as n`,
      [server.orgId, blueprint, count],
    ),
  );
}

describe('POST /v1/blueprints/:blueprint/entities/search', () => {
  const path = () => `/v1/blueprints/${service}/entities/search`;

  test('takes a query, fields and a limit', async () => {
    const query = all({ property: 'lang', operator: 'beginsWith', value: 'G' });
    const answer = await server.ask('POST', path(), { query, include: ['lang'], limit: 5 });
    expect(answer.body).toEqual({ ok: true, entities: [{ identifier: 'cart', properties: { lang: 'Go' } }] });
    const count = await server.ask('POST', `${path()}/count`, { query });
    expect(count.body).toEqual({ ok: true, count: 1 });
  });

  test('refuses a foreign cursor, another order and unknown keys', async () => {
    const first = await server.ask('POST', path(), { limit: 1 });
    const next = first.body['next'];
    expect(next).toBeTypeOf('string');
    for (const body of [
      { from: 'nonsense' },
      { from: next, sort: { property: '$title' } },
      { from: Buffer.from('["$identifier asc",null,"\\u0000"]').toString('base64url') },
      { sort: { property: 'nothing' } },
      { limit: 0 },
      { limit: 1001 },
      { size: 1 },
    ]) {
      expect(await server.ask('POST', path(), body), JSON.stringify(body)).toMatchObject({
        status: 422,
        body: { ok: false, error: 'invalid_request' },
      });
    }
    expect((await server.ask('POST', '/v1/blueprints/nowhere/entities/search', {})).status).toBe(404);
  });

  const value = fc.record(
    {
      tier: fc.constantFrom(0, 1, 1.5, -3, 1e20),
      lang: fc.constantFrom('', 'Go', 'go', 'Ünder', 'zig', "o'k", '中文'),
      born: fc.constantFrom('2026-05-01T00:00:00Z', '2026-05-01T02:00:00+02:00', '2024-02-29T23:59:59.123456Z'),
      tags: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );

  test('pages part the set, in the order asked for', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ properties: value, title: fc.constantFrom('A', 'a', 'B', '') }), { maxLength: 14 }),
        fc.constantFrom('$identifier', '$title', '$team', '$createdAt', 'tier', 'lang', 'born', 'tags', 'friends'),
        fc.constantFrom('asc', 'desc', undefined),
        fc.integer({ min: 1, max: 5 }),
        async (entities, property, order, limit) => {
          round += 1;
          const made = entities.map((entity, index) => ({ ...entity, identifier: `r${round}-${index}` }));
          const bulk = await server.ask('POST', `/v1/blueprints/${service}/entities/bulk`, { entities: made });
          if (made.length > 0) expect(bulk.status).toBe(200);
          const sort = { property, ...(order === undefined ? {} : { order }) };
          const query = all({ property: '$identifier', operator: 'beginsWith', value: `r${round}-` });
          const paged = await readAll({ query, sort, limit });
          const whole = await readAll({ query, sort, limit: 1000 });
          expect(paged).toEqual(whole);
          expect(new Set(paged)).toEqual(new Set(made.map((entity) => entity.identifier)));
          expect(paged).toHaveLength(made.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  async function readAll(body: {
    readonly limit: number;
    readonly query: object;
    readonly sort: object;
  }): Promise<readonly unknown[]> {
    const found: unknown[] = [];
    for (let from: unknown; ;) {
      const answer = await server.ask('POST', path(), { ...body, ...(from === undefined ? {} : { from }) });
      const entities = names(answer.body['entities']);
      expect(entities.length).toBeLessThanOrEqual(body.limit);
      found.push(...entities);
      from = answer.body['next'];
      if (from === undefined) return found;
    }
  }

  test('sorts numbers as numbers and texts regardless of case, those without a value last', async () => {
    const blueprint = await server.blueprint({
      schema: { properties: { n: { type: 'number' }, s: { type: 'string' } }, required: [] },
    });
    const values = [{ n: 10, s: 'b' }, { n: 9, s: 'A' }, {}, { n: -1, s: 'C' }];
    for (const [index, properties] of values.entries())
      await server.entity(blueprint, { identifier: `e${index}`, properties });
    const sorted = async (property: string, order: string) =>
      names(
        (await server.ask('POST', `/v1/blueprints/${blueprint}/entities/search`, { sort: { property, order } })).body[
          'entities'
        ],
      );
    expect(await sorted('n', 'asc')).toEqual(['e3', 'e1', 'e0', 'e2']);
    expect(await sorted('n', 'desc')).toEqual(['e0', 'e1', 'e3', 'e2']);
    expect(await sorted('s', 'asc')).toEqual(['e1', 'e0', 'e3', 'e2']);
  });
});

test('a key that no rule has is refused by name, however deep; rules that are saved are read as they are', async () => {
  const rules: readonly (readonly [object, string])[] = [
    [{ property: 'lang', operator: '=', value: 'Go', valeu: 'Rust' }, 'valeu'],
    [{ property: 'lang', operator: 'isEmpty', value: null }, 'value'],
    [{ operator: 'relatedTo', blueprint: 'service', value: 'cart', property: 'lang' }, 'property'],
    [{ relation: 'system', operator: '=', value: 'shop', scorecardRule: 'x' }, 'scorecardRule'],
  ];
  for (const [rule, key] of rules) {
    const query = { combinator: 'and', rules: [{ combinator: 'or', rules: [rule] }] };
    const answer = await server.ask('POST', '/v1/blueprints/service/entities/search', { query });
    const path = `query.rules[0].rules[0].${key}`;
    expect(answer).toMatchObject({ status: 422, body: { details: { errors: [{ path }] } } });
    expect((await server.ask('POST', '/v1/entities/search', query)).status).toBe(422);
    const counted = await server.ask('POST', '/v1/entities/aggregate', { func: 'count', query });
    expect(counted.status).toBe(422);
  }
  const aggregationProperties = {
    langs: {
      target: 'service',
      calculationSpec: { calculationBy: 'entities', func: 'count' },
      query: { combinator: 'and', rules: [{ property: 'lang', operator: 'isNotEmpty', value: null }] },
    },
  };
  const saved = await server.ask('PATCH', '/v1/blueprints/system', { aggregationProperties });
  expect(saved.status).toBe(200);
  await server.settle();
  expect(await server.read('system', 'shop')).toMatchObject({ properties: { langs: 2 } });
});

test('equality of a property is answered by the index', async () => {
  const blueprint = await server.blueprint({ schema: { properties: { many: { type: 'number' } }, required: [] } });
  await fillEntities(blueprint, 5_000);
  const { db } = server.core;
  await db.executeQuery(CompiledQuery.raw('analyze entity'));
  const { document } = await createBlueprints().get(db, server.orgId, blueprint);
  const query = parseSearchRules(all({ property: 'many', operator: '=', value: 7 }), '');
  const [group] = planSearch(query, [document], await searchSetting(server.core, testPerson('ana', ['Admin'])));
  if (group === undefined) throw new Error('No group');
  const plan = await sql<{ 'QUERY PLAN': string }>`explain select from entity e where ${group.condition}`.execute(db);
  expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('entity_by_properties');
});

describe('values of whoever asks', () => {
  const ana = testPerson('ana', ['Member'], ['payments']);
  const asked = async (rule: object, options?: { readonly as?: Actor }): Promise<readonly unknown[]> => {
    const path = `/v1/blueprints/${service}/entities/search`;
    const answer = await server.ask('POST', path, { query: all(rule) }, options);
    expect(answer.status).toBe(200);
    return names(answer.body['entities']);
  };
  const mine = { property: '$team', operator: 'containsAny', value: ['My Teams'] };
  const ofTeams = {
    property: '$team',
    operator: 'containsAny',
    value: { context: 'userTeams', property: '$identifier' },
  };
  const ofMine = { property: 'lang', operator: '=', value: { context: 'user', property: 'lang' } };

  test('teams and properties of the person are put where a rule names them', async () => {
    expect(await asked(mine, { as: ana })).toEqual(['cart']);
    expect(await asked(ofTeams, { as: ana })).toEqual(['cart']);
    expect(await asked(ofMine, { as: ana })).toEqual([]);
    const people = await server.blueprint({
      identifier: 'person',
      schema: { properties: { lang: { type: 'string' } }, required: [] },
    });
    await server.entity(people, { identifier: 'ana@example.com', properties: { lang: 'Rust' } });
    // As the organisation keeps its people; the routes do not let anybody make this blueprint.
    await sql`update entity set blueprint = '_user' where blueprint = 'person'`.execute(server.core.db);
    expect(await asked(ofMine, { as: ana })).toEqual(['blog']);
    const known = { property: { context: 'user', property: 'lang' }, operator: 'beginsWith', value: 'Ru' };
    expect(await asked(known, { as: ana })).toEqual(expect.arrayContaining(['blog', 'cart']));
    expect(await asked({ ...known, operator: 'doesNotBeginsWith' }, { as: ana })).toEqual([]);
  });

  test('match nothing where no person asks, negated or not', async () => {
    expect(await asked(mine)).toEqual([]);
    expect(await asked(ofTeams)).toEqual([]);
    expect(await asked({ ...ofMine, operator: '!=' })).toEqual([]);
    expect(await asked({ property: { context: 'user', property: 'x' }, operator: 'isEmpty' })).toEqual([]);
  });
});

test('a page follows what another process made of the blueprint', async () => {
  const blueprint = await server.blueprint({ schema: { properties: { old: { type: 'string' } }, required: [] } });
  await server.entity(blueprint, { identifier: 'a', properties: { old: 'seen' } });
  const search = async (body: object) =>
    server.ask('POST', `/v1/blueprints/${blueprint}/entities/search`, { limit: 10, ...body });
  expect((await search({})).body['entities']).toMatchObject([{ properties: { old: 'seen' } }]);
  const schema = { properties: { fresh: { type: 'string' } }, required: [] };
  await sql`
    update blueprint set revision = nextval('blueprint_revision'),
      document = jsonb_set(document::jsonb, '{schema}', ${JSON.stringify(schema)}::jsonb)::json
    where identifier = ${blueprint}`.execute(server.core.db);
  const [entity] = (await search({})).body['entities'] as readonly { readonly properties: object }[];
  expect(entity?.properties).toEqual({});
  // A state that was seen before must neither refuse what there is now nor find what there is no longer.
  expect((await search({ sort: { property: 'fresh' } })).status).toBe(200);
  expect((await search({ sort: { property: 'old' } })).status).toBe(422);
  const rules = [{ property: 'old', operator: '=', value: 'seen' }];
  expect((await search({ query: { combinator: 'and', rules } })).body['entities']).toEqual([]);
});
