import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
  const properties = { n: { type: 'number' }, lang: { type: 'string' }, tags: { type: 'array' } };
  await server.blueprint({
    identifier: 'service',
    schema: { properties, required: [] },
    relations: { to: { target: 'service' } },
  });
  for (let n = 0; n < 25; n += 1) {
    await server.entity('service', {
      identifier: `s${String(n).padStart(2, '0')}`,
      title: n === 3 ? '=cmd, "quoted"' : `Service ${n}`,
      team: n % 2 === 0 ? ['even'] : [],
      properties: {
        n: 24 - n,
        ...(n % 5 === 0 ? {} : { lang: n % 3 === 0 ? 'Go' : 'Rust' }),
        tags: ['all', `m${n % 2}`],
      },
      ...(n > 0 ? { relations: { to: 's00' } } : {}),
    });
  }
  await server.settle();
});
afterAll(async () => server.close());

const path = '/api/v1/blueprints/service';
const rule = (property: string, operator: string, value: unknown) => ({
  combinator: 'and',
  rules: [{ property, operator, value }],
});

test('rows come from any place in any order', async () => {
  const rows = async (body: object) => {
    const answer = await server.ask('POST', `${path}/rows`, body);
    expect(answer.status).toBe(200);
    return (answer.body['entities'] as readonly { identifier: string }[]).map((one) => one.identifier);
  };
  expect(await rows({ offset: 10, limit: 3 })).toEqual(['s10', 's11', 's12']);
  expect(await rows({ sort: { property: 'n' }, limit: 2 })).toEqual(['s24', 's23']);
  expect(await rows({ sort: { property: '$title', order: 'desc' }, offset: 23 })).toEqual(['s00', 's03']);
  expect(await rows({ q: 'service 21' })).toEqual(['s21']);
  expect(await rows({ q: 'rust', query: rule('n', '>', 20) })).toEqual(['s01', 's02']);
  expect(await rows({ query: rule('nothing', '=', 1) })).toEqual([]);
  expect(await rows({ sort: { scorecard: 'none', levels: ['Basic'] }, limit: 1 })).toEqual(['s00']);
  expect(await rows({ offset: 99 })).toEqual([]);
});

test('facets count what matches, by value, those without one as null', async () => {
  const answer = await server.ask('POST', `${path}/facets`, { fields: ['lang', 'tags', '$team', 'to', 'level:none'] });
  expect(answer.body).toMatchObject({
    count: 25,
    facets: {
      lang: [
        { value: 'Rust', count: 13 },
        { value: 'Go', count: 7 },
        { value: null, count: 5 },
      ],
      $team: [
        { value: 'even', count: 13 },
        { value: null, count: 12 },
      ],
      to: [
        { value: 's00', count: 24 },
        { value: null, count: 1 },
      ],
      'level:none': [{ value: null, count: 25 }],
    },
  });
  const narrowed = await server.ask('POST', `${path}/facets`, { query: rule('lang', '=', 'Go'), fields: ['tags'] });
  expect(narrowed.body['count']).toBe(7);
  expect(narrowed.body['facets']).toMatchObject({ tags: [{ value: 'all', count: 7 }, {}, {}] });
});

test('the whole filtered set is streamed as CSV, nothing in it computes', async () => {
  const query = encodeURIComponent(JSON.stringify(rule('n', '>=', 20)));
  const answer = await fetch(`${server.baseUrl}${path}/entities.csv?sort=-n&query=${query}`, {
    headers: { authorization: JSON.stringify({ kind: 'credential', orgId: server.orgId, id: 'c', name: 'c' }) },
  });
  expect(answer.headers.get('content-type')).toContain('text/csv');
  expect(answer.headers.get('content-disposition')).toContain('service.csv');
  const lines = (await answer.text()).split('\r\n');
  expect(lines[0]).toBe('identifier,title,team,createdAt,updatedAt,level,n,lang,tags,to');
  expect(lines.slice(1, -1).map((line) => line.slice(0, 3))).toEqual(['s00', 's01', 's02', 's03', 's04']);
  expect(lines[4]).toContain(`s03,"'=cmd, ""quoted""",`);
});

test.each([
  ['POST', `${path}/rows`, { sort: { property: 'nothing' } }],
  ['POST', `${path}/rows`, { query: { combinator: 'and' } }],
  ['GET', `${path}/entities.csv?query=nonsense`, undefined],
  ['GET', `${path}/entities.csv?sort=nothing`, undefined],
] as const)('%s %s is refused', async (method, address, body) => {
  expect((await server.ask(method, address, body)).status).toBe(422);
});
