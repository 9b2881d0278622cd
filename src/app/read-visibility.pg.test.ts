import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Route } from '#platform/http/route.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

/** Stands only in an entity that Ana may not read and Ben may, since his team owns it. */
const canary = 'vaultcanary';
const everything = { combinator: 'and', rules: [] };

/** Bodies of the routes that read by POST; every other POST changes something. */
const readsByPost: Readonly<Record<string, object>> = {
  '/v1/entities/search': everything,
  '/v1/blueprints/:blueprint/entities/search': {},
  '/v1/blueprints/:blueprint/entities/search/count': {},
  '/api/v1/blueprints/:blueprint/rows': {},
  '/api/v1/blueprints/:blueprint/facets': { fields: ['text'] },
  '/api/v1/blueprints/:blueprint/groups': { by: { property: 'text' } },
  '/api/v1/blueprints/:blueprint/bulk-previews': { scope: {}, change: { kind: 'edit', icon: 'Box' } },
  '/v1/entities/aggregate': { func: 'countValues', property: 'text', query: everything },
  '/api/v1/pages/:page/data': {},
  '/api/v1/widget-previews': {
    widget: { type: 'bar-chart', blueprint: 'vault', property: 'text' },
  },
  '/v1/entities/aggregate-over-time': {
    blueprint: 'vault',
    timeRange: { preset: 'lastDay' },
    timeInterval: 'day',
    query: everything,
    measureTimeBy: '$createdAt',
    aggregationType: 'countEntities',
    func: 'count',
    breakdownProperty: 'text',
  },
  '/v1/entities/properties-history': {
    blueprintIdentifier: 'vault',
    entityIdentifier: 'box',
    propertyNames: ['text'],
  },
};

let app: TestApp;
let ana: Visitor;
let ben: Visitor;
const ids: Record<string, string> = {
  blueprint: 'vault',
  entity: 'box',
  action: 'call',
  scorecard: 'ready',
  name: 'keepers',
  email: 'admin@example.com',
  page: 'board',
};

beforeAll(async () => {
  app = await startTestApp();
  const schema = { properties: { text: { type: 'string' } }, required: [] };
  const made: readonly (readonly [string, object])[] = [
    ['/v1/teams', { name: 'keepers' }],
    ['/v1/blueprints', { identifier: 'vault', title: 'Vault', schema, changelogDestination: webhook }],
    ['/v1/blueprints', { identifier: 'shelf', title: 'Shelf', schema, relations: { holds: { target: 'vault' } } }],
    ['/v1/blueprints/vault/scorecards', scorecard],
    ['/v1/pages', board],
    ['/v1/actions', action],
    [
      '/v1/blueprints/vault/entities',
      { identifier: 'box', title: canary, team: ['keepers'], properties: { text: canary } },
    ],
    ['/v1/blueprints/shelf/entities', { identifier: 'top', relations: { holds: 'box' } }],
    ['/v1/blueprints/vault/entities/box/actions/call/runs', {}],
  ];
  for (const [path, body] of made) {
    const answer = await app.call('POST', path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  }
  const read = { users: [], roles: ['Admin'], teams: [], ownedByTeam: true };
  await app.call('PATCH', '/v1/blueprints/vault/permissions', { entities: { read } });
  ana = await addPerson(app, { email: 'ana@example.com', roles: ['Member'], firstName: 'Ana' });
  ben = await addPerson(app, { email: 'ben@example.com', roles: ['Member'], firstName: 'Ben', teams: ['keepers'] });
  await app.settle();
  for (const [parameter, table] of Object.entries({ run: 'run', delivery: 'delivery' })) {
    const found = await app.database.database.pool.query<{ id: string }>(`select id from ${table} order by id`);
    ids[parameter] = found.rows[0]?.id ?? `no ${table}`;
  }
});
afterAll(async () => app.stop());

const webhook = { type: 'WEBHOOK', url: 'http://127.0.0.1:1/' };
const about = { blueprint: 'vault' };
const board = {
  identifier: 'board',
  type: 'dashboard',
  widgets: [
    { id: 'pie', type: 'entities-pie-chart', property: 'text', ...about },
    { id: 'rows', type: 'table-entities-explorer', ...about },
  ],
};
const scorecard = {
  identifier: 'ready',
  title: 'Ready',
  levels: [
    { title: 'Basic', color: 'paleBlue' },
    { title: 'Gold', color: 'gold' },
  ],
  rules: [
    {
      identifier: 'owned',
      title: 'Owned',
      level: 'Gold',
      query: { combinator: 'and', conditions: [{ property: '$icon', operator: 'isNotEmpty' }] },
    },
  ],
};
const action = {
  identifier: 'call',
  trigger: { type: 'self-service', operation: 'DAY-2', blueprintIdentifier: 'vault' },
  invocationMethod: { type: 'KAFKA' },
};

function readRoutes(): readonly Route[] {
  return app.app.modules.list
    .flatMap((module) => module.routes ?? [])
    .filter((route) => route.access === 'known')
    .filter((route) => (route.method === 'GET' ? !route.path.endsWith('/stream') : route.path in readsByPost))
    .filter((route) => route.path !== '/api/v1/live');
}

const asOf = (route: Route): string => (route.path.endsWith('/as-of') ? 'at=2999-01-01T00:00:00Z' : `q=${canary}`);

async function readAs(visitor: Visitor, route: Route): Promise<string> {
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? 'x');
  const query = route.method === 'GET' ? `?attach_title_to_relation=true&${asOf(route)}` : '';
  const body = readsByPost[route.path];
  const answer = await fetch(`${app.url}${path}${query}`, {
    method: route.method,
    headers: {
      cookie: visitor.cookie,
      'x-csrf-token': visitor.csrfToken,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect([route.path, answer.status < 500]).toEqual([route.path, true]);
  return answer.text();
}

test('no read shows an entity to who may not read it, and those that could show it to its owners', async () => {
  const shown: string[] = [];
  for (const route of readRoutes()) {
    const name = `${route.method} ${route.path}`;
    expect([name, (await readAs(ana, route)).includes(canary)]).toEqual([name, false]);
    if ((await readAs(ben, route)).includes(canary)) shown.push(name);
  }
  expect(shown).toEqual(
    expect.arrayContaining([
      'GET /v1/blueprints/:blueprint/entities',
      'GET /v1/blueprints/:blueprint/entities/:entity',
      'POST /v1/entities/search',
      'POST /v1/blueprints/:blueprint/entities/search',
      'POST /v1/entities/aggregate',
      'POST /api/v1/blueprints/:blueprint/rows',
      'POST /api/v1/blueprints/:blueprint/facets',
      'POST /api/v1/blueprints/:blueprint/groups',
      'GET /api/v1/blueprints/:blueprint/entities.csv',
      'GET /api/v1/search',
      'POST /v1/entities/aggregate-over-time',
      'POST /api/v1/pages/:page/data',
      'POST /api/v1/widget-previews',
      'GET /api/v1/blueprints/:blueprint/entities/:entity/as-of',
      'GET /v1/audit-log',
      'GET /v1/actions/runs/:run',
      'GET /api/v1/scorecards/:blueprint/:scorecard/summary',
    ]),
  );
});

test('deliveries of an entity are seen by who may read it', async () => {
  const entities = async (visitor: Visitor): Promise<readonly unknown[]> => {
    const answer = await visitor.call('GET', '/api/v1/deliveries');
    return (answer.body['deliveries'] as readonly { entity: unknown }[]).map((delivery) => delivery.entity);
  };
  expect(await entities(ben)).toContain('box');
  expect(await entities(ana)).not.toContain('box');
});

test('the stream of changes tells of an entity whom it is shown', async () => {
  const follow = async (visitor: Visitor): Promise<string> => {
    const end = new AbortController();
    const answer = await fetch(`${app.url}/api/v1/live`, {
      headers: { cookie: visitor.cookie, 'last-event-id': '1' },
      signal: end.signal,
    });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    // The shelf was written after the box, and everybody sees it.
    while (!text.includes('"top"')) text += (await reader?.read())?.value ?? '';
    end.abort();
    return text;
  };
  expect(await follow(ben)).toContain('"box"');
  expect(await follow(ana)).not.toContain('"box"');
});
