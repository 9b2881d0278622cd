import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootstrapOrganisation } from '#access/bootstrap-organisation.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { hashPassword } from '#platform/crypto/password-hash.ts';
import type { Route } from '#platform/http/route.ts';
import { signIn, signInAdministrator, type Visitor } from '#testing/sign-in.ts';
import { send, startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';

type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<TestAnswer>;

/** Stands in everything of the first organisation, and in nothing of the second. */
const canary = 'alphacanary';
const password = 'a password for tests';

let app: TestApp;
let second: Call;
let administrators: readonly Visitor[];
/** Names of the first organisation's things, by the parameter that takes them. */
const ids: Record<string, string> = {
  blueprint: 'service',
  entity: 'one',
  action: 'call',
  scorecard: 'ready',
  name: canary,
  application: 'shop',
  page: 'board',
  folder: 'team',
  widget: 'w',
  email: 'admin@example.com',
};

beforeAll(async () => {
  app = await startTestApp();
  second = await addOrganisation();
  administrators = [await signInAdministrator(app), await signIn(app, 'second@example.com', password)];
  await fill(app.call, canary);
  await fill(second, 'beta');
  await app.settle();
  const tables = {
    run: 'run',
    channel: 'relay_channel',
    id: 'credential',
    delivery: 'delivery',
    pipeline: 'pipeline',
    execution: 'execution',
    stage: 'stage',
    stream: 'event_stream',
  };
  for (const [parameter, table] of Object.entries(tables)) {
    const found = await app.database.database.pool.query<{ id: string }>(
      `select id from ${table} where org_id = $1 order by id`,
      [app.orgId],
    );
    ids[parameter] = found.rows[0]?.id ?? `no ${table}`;
  }
});
afterAll(async () => app.stop());

async function addOrganisation(): Promise<Call> {
  const actor = systemActor('org_second', 'tests');
  const made = await app.app.core.runner.execute(
    { actor, origin: 'SYSTEM', requestId: null },
    bootstrapOrganisation(app.app.modules.secrets),
    {
      name: 'Second',
      administrator: { email: 'second@example.com', passwordHash: await hashPassword(password) },
      clientId: undefined,
      clientSecret: undefined,
    },
  );
  const { clientId, clientSecret } = made.credential;
  const answer = await send(`${app.url}/v1/auth/access_token`, 'POST', { clientId, clientSecret }, {});
  const authorization = `Bearer ${String(answer.body['accessToken'])}`;
  return async (method, path, body, headers) => send(`${app.url}${path}`, method, body, { authorization, ...headers });
}

/** The same names in both organisations, with different contents. */
async function fill(call: Call, word: string): Promise<void> {
  const made: [string, unknown][] = [
    ['/v1/blueprints', { ...blueprint, title: word }],
    ['/v1/teams', { name: word }],
    ['/v1/organization/secrets', { secretName: word, secretValue: `${word}-value` }],
    ['/v1/blueprints/service/entities', { identifier: 'one', title: word, properties: { text: word } }],
    ['/v1/blueprints/service/scorecards', { ...scorecard, title: word }],
    ['/v1/actions', { ...action, title: word }],
    ['/v1/actions/call/runs', { properties: { text: word } }],
    ['/api/v1/relay-channels', undefined],
    ['/api/v1/event-streams', { title: word, url: 'http://127.0.0.1:1/' }],
    ['/api/v1/applications', { name: 'shop', description: word }],
    ['/api/v1/pipelines', { ...pipeline, description: word }],
    ['/gate/pipelines/shop/deploy', { parameters: { text: word } }],
    ['/v1/sidebars/catalog/folders', { identifier: 'team', title: word }],
    ['/v1/pages', { ...page, title: word }],
    ['/api/v1/invitations', { email: `${word}@example.com` }],
  ];
  for (const [path, body] of made) {
    const answer = await call('POST', path, body, { 'idempotency-key': 'the same in both' });
    expect({ path, status: answer.status < 300, told: answer.body }).toMatchObject({ status: true });
  }
}

const blueprint = {
  identifier: 'service',
  schema: { properties: { text: { type: 'string' } }, required: [] },
  changelogDestination: { type: 'WEBHOOK', url: 'http://127.0.0.1:1/' },
};
const page = {
  identifier: 'board',
  type: 'dashboard',
  parent: 'team',
  widgets: [{ id: 'w', type: 'markdown', markdown: 'text' }],
};
const pipeline = {
  application: 'shop',
  name: 'deploy',
  stages: [{ refId: '1', requisiteStageRefIds: [], type: 'manualJudgment', name: 'Ask' }],
};
const scorecard = {
  identifier: 'ready',
  rules: [
    {
      identifier: 'has',
      title: 'Has',
      level: 'Bronze',
      query: { combinator: 'and', conditions: [{ operator: 'isNotEmpty', property: 'text' }] },
    },
  ],
};
const action = {
  identifier: 'call',
  trigger: { type: 'self-service', operation: 'CREATE', blueprintIdentifier: 'service' },
  invocationMethod: { type: 'KAFKA' },
};

function routes(kind: 'reads' | 'writes'): readonly Route[] {
  return app.app.modules.list
    .flatMap((module) => module.routes ?? [])
    .filter((route) => route.access === 'known' && (route.method === 'GET') === (kind === 'reads'))
    .filter((route) => !/stream$|\/live$/.test(route.path));
}

function pathOf(route: Route): string {
  return route.path.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? 'none');
}

test('what one organisation reads holds nothing of another, by whatever name it asks', async () => {
  const callers: readonly Call[] = [second, administrators[1]?.call ?? second];
  for (const call of callers) {
    for (const route of routes('reads')) {
      const answer = await call('GET', pathOf(route));
      // A refusal repeats the name it was asked for.
      const told = answer.status === 404 ? '' : JSON.stringify(answer.body);
      expect({ route: route.path, leaks: told.includes(canary) || told.includes(app.orgId) }).toEqual({
        route: route.path,
        leaks: false,
      });
    }
    const found = await call('POST', '/v1/entities/search', { combinator: 'and', rules: [] });
    expect(JSON.stringify(found.body)).not.toContain(canary);
    const names = (found.body['entities'] as { blueprint: string; identifier: string }[]).map(
      ({ blueprint: of, identifier }) => `${of}/${identifier}`,
    );
    expect(names).toEqual(['_team/beta', '_user/second@example.com', 'service/one']);
  }
});

test('the same reads show an organisation its own', async () => {
  const told: string[] = [];
  for (const route of routes('reads')) told.push(JSON.stringify((await app.call('GET', pathOf(route))).body));
  expect(told.filter((text) => text.includes(canary)).length).toBeGreaterThan(15);
});

test('streams are an organisation’s own', async () => {
  const [own, other] = administrators;
  for (const path of [`/api/v1/runs/${ids['run']}/stream`, `/api/v1/relay-channels/${ids['channel']}/stream`]) {
    const answers = await Promise.all([own, other].map(async (visitor) => open(path, visitor?.cookie ?? '')));
    expect(answers.map((answer) => answer.status)).toEqual([200, 404]);
    await Promise.all(answers.map(async (answer) => answer.body?.cancel()));
  }
  const [mine, theirs] = await Promise.all(
    [own, other].map(async (visitor) => open('/api/v1/live', visitor?.cookie ?? '')),
  );
  await app.call('POST', '/v1/blueprints/service/entities', { identifier: 'first' });
  await second('POST', '/v1/blueprints/service/entities', { identifier: 'second' });
  const changes = await Promise.all([firstChange(mine), firstChange(theirs)]);
  expect(changes).toMatchObject([{ context: { entity: 'first' } }, { context: { entity: 'second' } }]);
});

async function open(path: string, cookie: string): Promise<Response> {
  return fetch(`${app.url}${path}`, { headers: { cookie } });
}

async function firstChange(answer: Response | undefined): Promise<unknown> {
  const reader = answer?.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const part = await reader?.read();
    text += part?.value ?? '';
    const data = /event: change\ndata: (.*)\n/.exec(text)?.[1];
    if (data === undefined && part?.done !== true) continue;
    await reader?.cancel();
    return JSON.parse(data ?? 'null');
  }
}

test('what one organisation writes changes nothing of another', async () => {
  const { pool } = app.database.database;
  const state = async (): Promise<unknown> => {
    const tables = [
      'event_counter',
      'entity',
      'blueprint',
      'action',
      'run',
      'team',
      'person',
      'credential',
      'scorecard',
      'application',
      'pipeline',
      'execution',
      'stage',
      'page',
      'sidebar_item',
    ];
    const found = await Promise.all(
      [...tables, 'delivery', 'relay_channel', 'event_stream'].map(async (table) =>
        pool.query(`select * from ${table} where org_id = $1 order by 1, 2`, [app.orgId]),
      ),
    );
    return found.map((result) => result.rows as unknown[]);
  };
  const bodies: readonly unknown[] = [
    undefined,
    {},
    { entities: ['one'] },
    { identifier: 'one', title: 'changed', properties: {} },
    { status: 'SUCCESS', message: { told: 'changed' } },
    { message: 'changed', terminationStatus: 'FAILURE' },
    { roles: ['Member'], name: 'changed', users: [] },
    { id: 'x', status: 200 },
    { identifier: 'board', type: 'dashboard', title: 'changed', parent: null, after: null },
  ];
  await expect
    .poll(async () => (await pool.query(`select from delivery where claimed_until > now()`)).rows)
    .toEqual([]);
  const before = await state();
  for (const route of routes('writes').toSorted((left, right) => left.method.localeCompare(right.method))) {
    for (const body of bodies) await second(route.method, pathOf(route), body);
  }
  expect(await state()).toEqual(before);
});
