import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson } from '#testing/sign-in.ts';
import { type TestAnswer, type TestApp, startTestApp } from '#testing/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(async () => app.stop());

async function done(method: string, path: string, body?: object): Promise<TestAnswer['body']> {
  const answer = await app.call(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const at = (path: string) => `/v1/blueprints/${path}`;
const service = (more: object = {}) => ({
  identifier: 'service',
  title: 'Service',
  schema: { properties: { tier: { type: 'string' }, ends: { type: 'string', format: 'timer' } } },
  ...more,
});

/** A portal in which everything that may name a blueprint names `service`. */
async function furnish(): Promise<void> {
  await done('POST', '/v1/blueprints', service());
  await done('PATCH', at('service'), { relations: { parent: { target: 'service' } } });
  await done('POST', '/v1/blueprints', {
    identifier: 'deploy',
    title: 'Deploy',
    schema: { properties: { about: { type: 'string', format: 'blueprints' } } },
    relations: { of: { target: 'service' } },
    mirrorProperties: { tier: { path: 'of.tier' } },
  });
  await done('PATCH', at('service'), {
    aggregationProperties: {
      deploys: {
        title: 'Deploys',
        target: 'deploy',
        calculationSpec: { calculationBy: 'entities', func: 'count' },
        pathFilter: [{ path: ['of'], fromBlueprint: 'deploy' }],
      },
    },
  });
  await done('PATCH', at('deploy'), {
    aggregationProperties: {
      services: { title: 'S', target: 'service', calculationSpec: { calculationBy: 'entities', func: 'count' } },
    },
  });
  await done('POST', at('service/entities'), { identifier: 'shop', properties: { tier: 'gold' } });
  await done('POST', at('service/entities'), {
    identifier: 'cart',
    properties: { tier: 'low', ends: '2099-01-01T00:00:00.000Z' },
    relations: { parent: 'shop' },
  });
  await done('POST', at('deploy/entities'), {
    identifier: 'd1',
    properties: { about: 'service' },
    relations: { of: 'cart' },
  });
  await done('POST', at('service/scorecards'), {
    identifier: 'ready',
    title: 'Ready',
    rules: [
      {
        identifier: 'gold',
        title: 'Gold',
        level: 'Gold',
        query: { combinator: 'and', conditions: [{ property: 'tier', operator: '=', value: 'gold' }] },
      },
    ],
  });
  await done('POST', '/v1/actions', {
    identifier: 'touch',
    trigger: {
      type: 'self-service',
      operation: 'DAY-2',
      blueprintIdentifier: 'service',
      userInputs: { properties: { other: { type: 'string', format: 'entity', blueprint: 'service' } } },
    },
    invocationMethod: { type: 'UPSERT_ENTITY', blueprintIdentifier: 'service', mapping: { identifier: '"new"' } },
  });
  await done('POST', '/v1/webhooks', {
    identifier: 'hook',
    title: 'Hook',
    enabled: true,
    mappings: [{ blueprint: 'service', entity: { identifier: '.body.id' } }],
  });
  await done('POST', '/v1/pages', {
    identifier: 'board',
    title: 'Board',
    type: 'dashboard',
    widgets: [
      {
        id: 'n',
        type: 'entities-number-chart',
        title: 'N',
        blueprint: 'service',
        calculationBy: 'entities',
        func: 'count',
      },
    ],
  });
  await done('POST', '/api/v1/blueprints/service/views', { title: 'Mine', shared: true, state: { sort: 'tier' } });
}

test('everything that names a blueprint follows its new name', async () => {
  await furnish();
  await app.settle();
  const begun = new Date().toISOString();
  const answer = await app.call('PUT', at('service'), {
    ...((await done('GET', at('service')))['blueprint'] as object),
    identifier: 'component',
    title: 'Component',
  });
  expect(answer).toMatchObject({
    status: 200,
    body: {
      blueprint: { identifier: 'component', title: 'Component', relations: { parent: { target: 'component' } } },
    },
  });
  expect((await app.call('GET', at('service'))).status).toBe(404);
  expect((await app.call('POST', at('service/entities'), { identifier: 'x' })).status).toBe(404);
  expect(await done('GET', at('deploy'))).toMatchObject({
    blueprint: {
      relations: { of: { target: 'component' } },
      aggregationProperties: { services: { target: 'component' } },
    },
  });
  expect(await done('GET', at('component/scorecards'))).toMatchObject({ scorecards: [{ identifier: 'ready' }] });
  expect(await done('GET', '/v1/actions/touch')).toMatchObject({
    action: {
      trigger: { blueprintIdentifier: 'component', userInputs: { properties: { other: { blueprint: 'component' } } } },
      invocationMethod: { blueprintIdentifier: 'component' },
    },
  });
  expect(await done('GET', '/v1/webhooks/hook')).toMatchObject({
    integration: { mappings: [{ blueprint: 'component' }] },
  });
  expect(await done('GET', '/v1/pages/board')).toMatchObject({ page: { widgets: [{ blueprint: 'component' }] } });
  expect(await done('GET', '/api/v1/blueprints/component/views')).toMatchObject({ views: [{ title: 'Mine' }] });

  expect(await done('GET', at('component/entities/cart'))).toMatchObject({
    entity: { blueprint: 'component', relations: { parent: 'shop' }, properties: { deploys: 1 } },
  });
  expect(await done('GET', at('deploy/entities/d1'))).toMatchObject({
    entity: { properties: { about: 'component', tier: 'low' }, relations: { of: 'cart' } },
  });
  await app.settle();
  await done('PATCH', at('component/entities/cart'), { properties: { tier: 'gold' } });
  await done('POST', at('deploy/entities'), { identifier: 'd2', relations: { of: 'cart' } });
  await app.settle();
  expect(await done('GET', at('component/entities/cart'))).toMatchObject({
    entity: { properties: { deploys: 2 }, scorecards: { ready: { level: 'Gold' } } },
  });
  expect(await done('GET', at('deploy/entities/d1'))).toMatchObject({ entity: { properties: { tier: 'gold' } } });
  expect(await done('GET', '/api/v1/search?q=cart')).toMatchObject({
    results: [{ blueprint: 'component', identifier: 'cart' }],
  });
  expect(await done('GET', `/api/v1/blueprints/component/entities/cart/as-of?at=${begun}`)).toMatchObject({
    entity: { blueprint: 'service', properties: { tier: 'low' } },
  });
  const audits = (await done('GET', '/v1/audit-log?entity=cart&blueprint=component'))['audits'] as { action: string }[];
  expect(audits.map(({ action }) => action)).toContain('CREATE');
  const timers = await sql`select blueprint from entity_timer`.execute(app.app.core.db);
  expect(timers.rows).toEqual([{ blueprint: 'component' }]);
  const left = await sql`select 1 from entity_words where blueprint = 'service'`.execute(app.app.core.db);
  expect(left.rows).toEqual([]);
});

test('an event tells the rename, and what came before it under the old name is not lost', async () => {
  await done('POST', '/v1/blueprints', { ...service(), identifier: 'early' });
  await done('POST', at('early/entities'), { identifier: 'one', title: 'Unsettled' });
  await done('PATCH', at('early'), { identifier: 'late' });
  await done('PATCH', at('late'), { identifier: 'later' });
  await app.settle();
  expect(await done('GET', '/api/v1/search?q=unsettled')).toMatchObject({
    results: [{ blueprint: 'later', identifier: 'one' }],
  });
  const events = await sql<{ context: object }>`
    select context from event where kind = 'blueprint.updated' and context ? 'renamedFrom' and subject = 'blueprint:later'`.execute(
    app.app.core.db,
  );
  expect(events.rows).toEqual([{ context: { blueprint: 'later', renamedFrom: 'late' } }]);
  const audits = (await done('GET', '/v1/audit-log?entity=one&blueprint=later'))['audits'] as { action: string }[];
  expect(audits).toHaveLength(1);
});

test('expressions and addresses that speak of it keep it from being renamed, and nothing is half done', async () => {
  await done('POST', '/v1/blueprints', { ...service(), identifier: 'held' });
  await done('POST', at('held/entities'), { identifier: 'one' });
  await done('POST', '/v1/webhooks', {
    identifier: 'speaks',
    title: 'Speaks',
    enabled: true,
    mappings: [
      {
        blueprint: 'held',
        filter: 'if .body.blueprint == "held" then true else false end',
        entity: { identifier: '.id' },
      },
    ],
  });
  const refused = await app.call('PATCH', at('held'), { identifier: 'free' });
  expect(refused).toMatchObject({
    status: 409,
    body: {
      error: 'blueprint_in_use',
      message: expect.stringContaining('webhook "speaks" (mappings[0].filter) speaks of it') as unknown,
      details: { references: [{ resource: 'webhook', identifier: 'speaks', path: 'mappings[0].filter' }] },
    },
  });
  expect(await done('GET', at('held/entities/one'))).toMatchObject({ entity: { blueprint: 'held' } });
  expect(await done('GET', '/v1/webhooks/speaks')).toMatchObject({
    integration: { mappings: [{ blueprint: 'held' }] },
  });
});

test('taken, reserved and impossible names are refused; its own changes nothing', async () => {
  await done('POST', '/v1/blueprints', { ...service(), identifier: 'first' });
  await done('POST', '/v1/blueprints', { ...service(), identifier: 'second' });
  expect(await app.call('PATCH', at('first'), { identifier: 'second' })).toMatchObject({
    status: 409,
    body: { error: 'identifier_taken' },
  });
  expect(await app.call('PATCH', at('first'), { identifier: '_mine' })).toMatchObject({ status: 422 });
  expect(await app.call('PATCH', at('_user'), { identifier: 'people' })).toMatchObject({
    status: 422,
    body: { error: 'protected_blueprint_violation' },
  });
  expect(await app.call('PATCH', at('first'), { identifier: 'a b' })).toMatchObject({ status: 422 });
  expect(await app.call('PATCH', at('first'), { identifier: 'third' }, { 'if-match': '"99"' })).toMatchObject({
    status: 412,
  });
  expect(await app.call('PATCH', at('first'), { identifier: 'first' })).toMatchObject({ status: 200 });
});

test('writers meet a rename: every entity that was acknowledged is there under the new name', async () => {
  await done('POST', '/v1/blueprints', { ...service(), identifier: 'busy' });
  await done('POST', '/v1/blueprints', {
    identifier: 'points',
    title: 'P',
    schema: { properties: {} },
    relations: { at: { target: 'busy' } },
  });
  await done('POST', at('busy/entities'), { identifier: 'target' });
  const writers = Array.from({ length: 12 }, async (_, index) => {
    const own = await app.call('POST', at('busy/entities'), { identifier: `e${index}` });
    const other = await app.call('POST', at('points/entities'), {
      identifier: `p${index}`,
      relations: { at: 'target' },
    });
    return { own: own.status, other: other.status };
  });
  const renames = ['calm', 'quiet'].map(async (identifier) => app.call('PATCH', at('busy'), { identifier }));
  const statuses = (await Promise.all(renames)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 404]));
  const answers = await Promise.all(writers);
  const name = (await app.call('GET', at('calm'))).status === 200 ? 'calm' : 'quiet';
  expect(await done('GET', at(`${name}/entities-count`))).toMatchObject({
    count: 1 + answers.filter(({ own }) => own === 201).length,
  });
  expect(answers.every(({ own }) => own === 201 || own === 404)).toBe(true);
  expect(answers.map(({ other }) => other)).toEqual(answers.map(() => 201));
  const stray = await sql`
    select 1 from entity_relation where target_blueprint = 'busy' or blueprint = 'busy'
    union all select 1 from entity where blueprint = 'busy'`.execute(app.app.core.db);
  expect(stray.rows).toEqual([]);
});

test('moderators go on moderating, and who may not read the blueprint does not read its past either', async () => {
  const moderator = await addPerson(app, { email: 'mo@example.com', roles: ['Member', 'closed-moderator'] });
  const member = await addPerson(app, { email: 'member@example.com', roles: ['Member'] });
  await done('POST', '/v1/blueprints', { ...service(), identifier: 'closed' });
  await done('PATCH', `${at('closed')}/permissions`, {
    entities: { read: { roles: ['Admin', 'closed-moderator'] }, update: { roles: ['closed-moderator'] } },
  });
  await done('POST', at('closed/entities'), { identifier: 'secret', title: 'Secret' });
  await done('PATCH', at('closed'), { identifier: 'shut' });
  const roles = await sql`select roles from person where email = 'mo@example.com'`.execute(app.app.core.db);
  expect(roles.rows).toEqual([{ roles: ['Member', 'shut-moderator'] }]);
  expect(await done('GET', `${at('shut')}/permissions`)).toMatchObject({
    permissions: { entities: { read: { roles: ['Admin', 'shut-moderator'] }, update: { roles: ['shut-moderator'] } } },
  });
  const changed = await moderator.call('PATCH', at('shut/entities/secret'), { properties: { tier: 'low' } });
  expect(changed.status).toBe(200);
  const told = async (as: typeof member) =>
    ((await as.call('GET', '/v1/audit-log?resources=entity&limit=500')).body['audits'] as { context: object }[]).filter(
      ({ context }) => JSON.stringify(context).includes('secret'),
    ).length;
  expect([await told(moderator), await told(member)]).toEqual([2, 0]);
});
