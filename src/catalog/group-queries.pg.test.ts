import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
});
afterAll(async () => server.close());

const languages = ['Rust', 'Go', 'C'];
const kind = {
  schema: {
    properties: {
      lang: { type: 'string', enum: languages },
      n: { type: 'number' },
      live: { type: 'boolean' },
      tags: { type: 'array', items: { type: 'string' } },
    },
    required: [],
  },
  relations: {},
};

interface Group {
  readonly value: unknown;
  readonly count: number;
}

async function groups(blueprint: string, body: object): Promise<{ count: number; total: number; groups: Group[] }> {
  const answer = await server.ask('POST', `/api/v1/blueprints/${blueprint}/groups`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as never;
}

async function rows(blueprint: string, body: object): Promise<readonly string[]> {
  const answer = await server.ask('POST', `/api/v1/blueprints/${blueprint}/rows`, { limit: 500, ...body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return (answer.body['entities'] as readonly { identifier: string }[]).map((one) => one.identifier);
}

const values = fc.record(
  {
    lang: fc.constantFrom(...languages, null),
    n: fc.constantFrom(0, 1, 2.5, null),
    live: fc.constantFrom(true, false, null),
    tags: fc.constantFrom([], ['a'], ['a', 'b'], null),
  },
  { requiredKeys: [] },
);
const entity = fc.record({ properties: values, team: fc.constantFrom([], ['web'], ['web', 'ops']), to: fc.boolean() });

test('groups part the table: each entity is in exactly one, and counts say how many', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entity, { minLength: 1, maxLength: 15 }), async (entities) => {
      const blueprint = await server.blueprint(kind);
      await server.ask('PATCH', `/v1/blueprints/${blueprint}`, {
        relations: { to: { target: blueprint }, all: { target: blueprint, many: true } },
      });
      for (const [index, { properties, team, to }] of entities.entries()) {
        const relations = to && index > 0 ? { to: 'e0', all: ['e0'] } : {};
        await server.entity(blueprint, { identifier: `e${index}`, properties, team, relations });
      }
      const everything = entities.map((_, index) => `e${index}`).toSorted();
      const query = { combinator: 'and', rules: [{ property: 'n', operator: '!=', value: 1 }] };
      for (const property of ['lang', 'n', 'live', 'tags', 'to', 'all', '$team', '$createdBy']) {
        const by = { property };
        for (const narrowed of [{}, { query }]) {
          const found = await groups(blueprint, { by, ...narrowed });
          const seen: string[] = [];
          for (const { value, count } of found.groups) {
            const within = await rows(blueprint, { ...narrowed, group: { by, value } });
            expect(within).toHaveLength(count);
            seen.push(...within);
          }
          const whole = await rows(blueprint, narrowed);
          expect(seen.toSorted()).toEqual(whole.toSorted());
          expect(found).toMatchObject({ count: whole.length, total: found.groups.length });
          if (!('query' in narrowed)) expect(whole.toSorted()).toEqual(everything);
        }
      }
    }),
    { numRuns: 8 },
  );
});

test('groups stand in the order of their definition, nothing last, and come by the page', async () => {
  const blueprint = await server.blueprint(kind);
  for (const [index, lang] of ['C', 'C', 'Go', 'Rust', null].entries()) {
    await server.entity(blueprint, { identifier: `e${index}`, properties: { lang, n: 10 - index } });
  }
  const all = await groups(blueprint, { by: { property: 'lang' } });
  expect(all).toMatchObject({
    count: 5,
    total: 4,
    groups: [
      { value: 'Rust', count: 1 },
      { value: 'Go', count: 1 },
      { value: 'C', count: 2 },
      { value: null, count: 1 },
    ],
  });
  const page = await groups(blueprint, { by: { property: 'n' }, offset: 1, limit: 2 });
  expect(page).toMatchObject({ count: 5, total: 5, groups: [{ value: 7 }, { value: 8 }] });
  expect(await groups(blueprint, { by: { property: 'n' }, offset: 9 })).toMatchObject({
    count: 5,
    total: 5,
    groups: [],
  });
  expect(await groups(blueprint, { by: { scorecard: 'none', levels: ['Gold'] } })).toMatchObject({
    groups: [{ value: null, count: 5 }],
  });
});

test('what cannot be grouped by is refused by name', async () => {
  const blueprint = await server.blueprint(kind);
  const path = `/api/v1/blueprints/${blueprint}`;
  const unknown = await server.ask('POST', `${path}/groups`, { by: { property: 'nothing' } });
  expect(unknown).toMatchObject({ status: 422, body: { details: { errors: [{ path: 'by.property' }] } } });
  const group = { by: { property: 'nothing' }, value: 1 };
  expect(await server.ask('POST', `${path}/rows`, { group })).toMatchObject({
    status: 422,
    body: { details: { errors: [{ path: 'group.by.property' }] } },
  });
  const odd = { by: { property: 'lang' }, value: 'a\u0000b' };
  expect(await server.ask('POST', `${path}/rows`, { group: odd })).toMatchObject({ status: 422 });
  for (const value of [{ a: 1 }, 5, ['x'], true]) {
    expect(await rows(blueprint, { group: { by: { property: '$team' }, value } })).toEqual([]);
  }
});

test('a file has the columns of the table in their order, sorted as it is', async () => {
  const blueprint = await server.blueprint(kind);
  for (const n of [1, 2]) {
    await server.entity(blueprint, {
      identifier: `e${n}`,
      title: `E ${n}`,
      team: ['web'],
      properties: { n, lang: 'Go' },
    });
  }
  const columns = encodeURIComponent(JSON.stringify(['$title', 'lang', 'n', '$team', 'level:none']));
  const file = async (query: string): Promise<string> => {
    const answer = await fetch(`${server.baseUrl}/api/v1/blueprints/${blueprint}/entities.csv?${query}`, {
      headers: { authorization: JSON.stringify({ kind: 'credential', orgId: server.orgId, id: 'c', name: 'c' }) },
    });
    return answer.text();
  };
  expect(await file(`sort=-n&columns=${columns}`)).toBe(
    'identifier,title,lang,n,team,level:none\r\ne2,E 2,Go,2,web,\r\ne1,E 1,Go,1,web,\r\n',
  );
  const levels = encodeURIComponent('["Gold"]');
  expect((await file(`sort=level%3Anone&levels=${levels}&columns=${columns}`)).split('\r\n')[1]).toContain('e1');
  expect(JSON.parse(await file('columns=1'))).toMatchObject({ error: 'invalid_request' });
});
