import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

// Requests as the Terraform provider sends them: what it wrote it reads back and compares, and a second run of the
// same plan finds nothing to change.

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(async () => app.stop());

type Shown = Readonly<Record<string, unknown>>;

async function call(method: string, path: string, body?: unknown): Promise<Shown> {
  const answer = await app.call(method, path, body, { 'user-agent': 'port/2.0.0 terraform-provider-port' });
  expect({ path, told: answer.body }).toMatchObject({ told: { ok: true } });
  return answer.body;
}

async function eventCount(): Promise<unknown> {
  return (await app.database.database.pool.query('select * from event_counter')).rows;
}

/** Creates, reads, sends what was planned once more and finds it as it was. */
async function plannedTwice(
  plan: { readonly collection: string; readonly one: string; readonly key: string; readonly query?: string },
  sent: Shown,
): Promise<Shown> {
  await call('POST', plan.collection, sent);
  const path = `${plan.one}${plan.query ?? ''}`;
  const { updatedAt: _, ...first } = (await call('GET', path))[plan.key] as Shown;
  await call('PUT', plan.one, sent);
  expect((await call('GET', path))[plan.key]).toMatchObject(first);
  return first;
}

const property = {
  type: 'string',
  title: 'Language',
  icon: 'Git',
  default: 'Go',
  enum: ['Go'],
  enumColors: { Go: 'blue' },
};
const blueprint = {
  identifier: 'service',
  title: 'Service',
  icon: 'Microservice',
  description: 'A service',
  schema: {
    properties: {
      lang: property,
      spec: { type: 'string', format: 'url', spec: 'open-api' },
      tags: { type: 'array', items: { type: 'string', format: 'url' }, minItems: 0 },
      level: { type: 'number', minimum: 0, maximum: 10 },
      config: { type: 'object' },
      'kept-by-us': { type: 'string', 'x-unknown': { a: [1] } },
    },
    required: ['lang'],
  },
  relations: { parent: { title: 'Parent', target: 'service', required: false, many: false } },
  mirrorProperties: { parentLang: { title: 'Parent language', path: 'parent.lang' } },
  calculationProperties: { shout: { title: 'Shout', type: 'string', calculation: '.title | ascii_upcase' } },
  aggregationProperties: {
    children: {
      title: 'Children',
      target: 'service',
      calculationSpec: { calculationBy: 'entities', func: 'count' },
      query: { combinator: 'and', rules: [{ property: 'lang', operator: '=', value: 'Go' }] },
    },
  },
};

test('blueprints come back as they were sent', async () => {
  // The provider makes the bare blueprint first where one refers to itself.
  const path = '/v1/blueprints?create_catalog_page=true';
  const query = '?exclude_calculated_properties=true';
  const plan = { collection: path, one: '/v1/blueprints/service', key: 'blueprint', query };
  expect(await plannedTwice(plan, blueprint)).toMatchObject(blueprint);
});

test('entities come back as they were sent, with server-computed values left out', async () => {
  const collection = '/v1/blueprints/service/entities?upsert=true&run_id=&create_missing_related_entities=false';
  const sent = {
    identifier: 'checkout/api',
    title: '',
    blueprint: 'service',
    team: ['payments'],
    properties: { lang: 'Go', tags: ['https://example.com/'], level: 3, config: { a: { b: [1] } } },
    relations: { parent: null },
  };
  const one = `/v1/blueprints/service/entities/${encodeURIComponent(sent.identifier)}`;
  const plan = { collection, one, key: 'entity', query: '?exclude_calculated_properties=true' };
  expect(await plannedTwice(plan, sent)).toMatchObject(sent);
  const read = (await call('GET', `${one}?exclude_calculated_properties=true`))['entity'] as Shown;
  expect(read['properties']).toEqual(sent.properties);
});

test('scorecards come back as they were sent', async () => {
  const conditions = [
    { property: 'lang', operator: '=', value: 'Go' },
    { property: '$team', operator: 'isNotEmpty' },
  ];
  const plan = {
    collection: '/v1/blueprints/service/scorecards',
    one: '/v1/blueprints/service/scorecards/ready',
    key: 'scorecard',
  };
  const sent = {
    identifier: 'ready',
    title: 'Ready',
    levels: [
      { title: 'Basic', color: 'paleBlue' },
      { title: 'Gold', color: 'gold' },
    ],
    rules: [{ identifier: 'r', title: 'R', level: 'Gold', query: { combinator: 'and', conditions } }],
  };
  expect(await plannedTwice(plan, sent)).toMatchObject(sent);
});

test('actions come back as they were sent', async () => {
  const plan = { collection: '/v1/actions', one: '/v1/actions/scale', key: 'action' };
  const sent = {
    identifier: 'scale',
    title: 'Scale',
    trigger: {
      type: 'self-service',
      operation: 'DAY-2',
      blueprintIdentifier: 'service',
      userInputs: {
        properties: { replicas: { type: 'number', title: 'Replicas' } },
        required: ['replicas'],
        order: ['replicas'],
      },
    },
    invocationMethod: {
      type: 'WEBHOOK',
      url: 'https://example.com/scale',
      agent: 'false',
      synchronized: 'false',
      method: 'POST',
      headers: { 'X-From': 'terraform' },
      body: { replicas: '{{ .inputs.replicas }}' },
    },
    requiredApproval: false,
    publish: true,
  };
  expect(await plannedTwice(plan, sent)).toMatchObject(sent);
});

test('permissions of blueprints and actions can be written right after them, and come back', async () => {
  for (const [path, sent] of [
    [
      '/v1/blueprints/service/permissions',
      { entities: { update: { roles: ['Admin', 'Member'], users: [], teams: [], ownedByTeam: false } } },
    ],
    [
      '/v1/actions/scale/permissions',
      { execute: { roles: ['Admin'], users: [], teams: [], ownedByTeam: true, policy: null } },
    ],
  ] as const) {
    await call('PATCH', path, sent);
    const first = await call('GET', path);
    expect(first['permissions']).toMatchObject(sent);
    await call('PATCH', path, sent);
    expect(await call('GET', path)).toEqual(first);
  }
});

test('teams come back with what is asked for, and are found as entities by their title', async () => {
  const fields =
    'fields=id&fields=name&fields=description&fields=provider&fields=createdAt&fields=updatedAt&fields=users.email';
  const sent = { name: 'Payments', description: 'Pays', users: [app.adminEmail] };
  await call('POST', '/v1/teams', sent);
  const read = (await call('GET', `/v1/teams/Payments?${fields}`))['team'];
  expect(read).toMatchObject({
    name: 'Payments',
    description: 'Pays',
    provider: 'port',
    users: [{ email: app.adminEmail }],
  });
  const rules = [
    { property: '$blueprint', operator: '=', value: '_team' },
    { property: '$title', operator: '=', value: 'Payments' },
  ];
  const found = await call('POST', '/v1/entities/search', { combinator: 'and', rules });
  expect(found['entities']).toMatchObject([{ identifier: 'Payments' }]);
  const again = (await call('PUT', '/v1/teams/Payments', sent))['team'] as Shown;
  expect(again['users']).toMatchObject([{ email: app.adminEmail }]);
});

test('system blueprints are extended by sending their structure with more', async () => {
  const structure = (await call('GET', '/v1/blueprints/system/_user/structure'))['blueprint'] as Shown & {
    readonly schema: { readonly properties: Shown };
  };
  const schema = { ...structure.schema, properties: { ...structure.schema.properties, age: { type: 'number' } } };
  const sent = { ...structure, schema };
  await call('PUT', '/v1/blueprints/_user', sent);
  const first = (await call('GET', '/v1/blueprints/_user'))['blueprint'];
  expect(first).toMatchObject(sent);
  const before = await eventCount();
  await call('PUT', '/v1/blueprints/_user', first);
  expect(await eventCount()).toEqual(before);
});

test('what was removed elsewhere is a 404, and a blueprint goes with its entities by force', async () => {
  expect((await app.call('GET', '/v1/blueprints/gone')).status).toBe(404);
  const refused = await app.call('DELETE', '/v1/blueprints/service');
  expect(JSON.stringify(refused.body)).toContain('has_dependents');
  await call('DELETE', '/v1/actions/scale');
  const { migrationId } = await call('DELETE', '/v1/blueprints/service/all-entities?delete_blueprint=true');
  const migration = (await call('GET', `/v1/migrations/${String(migrationId)}`))['migration'];
  expect(migration).toMatchObject({ status: 'COMPLETED', deleteBlueprint: true, deleteEntities: true });
  expect((await app.call('GET', '/v1/blueprints/service')).status).toBe(404);
});
