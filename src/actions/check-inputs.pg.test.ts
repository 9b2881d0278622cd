import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, execute, saveAction } from '#testing/test-action.ts';

let app: TestApp;
let member: Visitor;

beforeAll(async () => {
  app = await startTestApp();
  await app.call('POST', '/v1/teams', { name: 'payments' });
  member = await addPerson(app, {
    email: 'member@example.com',
    firstName: 'Mem',
    lastName: 'Ber',
    teams: ['payments'],
  });
  const schema = { properties: { tier: { type: 'string' } }, required: [] };
  await app.call('POST', '/v1/blueprints', { identifier: 'service', title: 'Service', schema });
  await app.call('POST', '/v1/blueprints/service/scorecards', {
    identifier: 'ready',
    title: 'Ready',
    levels: [
      { title: 'Basic', color: 'paleBlue' },
      { title: 'Gold', color: 'gold' },
    ],
    rules: [
      {
        identifier: 'tiered',
        title: 'Tiered',
        level: 'Gold',
        query: { combinator: 'and', conditions: [{ property: 'tier', operator: '=', value: '1' }] },
      },
    ],
  });
  for (const [identifier, tier, team] of [
    ['checkout', '1', ['payments']],
    ['docs', '3', []],
  ]) {
    await app.call('POST', '/v1/blueprints/service/entities', { identifier, team, properties: { tier } });
  }
});
afterAll(async () => app.stop());

interface Case {
  readonly input: object;
  readonly fits: readonly unknown[];
  readonly refused: readonly unknown[];
}

const text = (format: string): object => ({ type: 'string', format });
const list = (items: object, more: object = {}): object => ({ type: 'array', items, ...more });
const entity = { type: 'string', format: 'entity', blueprint: 'service' };

/** Every type and format of Port's inputs, alone and in lists, with every keyword that bounds a value. */
const cases: Readonly<Record<string, Case>> = {
  dateTime: {
    input: text('date-time'),
    fits: ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00.123+02:00'],
    refused: ['2026-03-01', 'yesterday', '2026-02-30T10:00:00Z', 7],
  },
  url: { input: text('url'), fits: ['https://example.com/a?b=c'], refused: ['example.com', 'javascript:alert(1)', 7] },
  labeledUrl: { input: text('labeled-url'), fits: ['https://example.com'], refused: ['nowhere'] },
  labeledUrlObject: {
    input: { type: 'object', format: 'labeled-url' },
    fits: [{ url: 'https://example.com', displayText: 'Example' }],
    refused: [{ displayText: 'no address' }, { url: 'nowhere' }, 'https://example.com'],
  },
  email: { input: text('email'), fits: ['a@example.com'], refused: ['a', 'a@', '@b', 'a b@example.com'] },
  ipv4: { input: text('ipv4'), fits: ['10.0.0.1'], refused: ['10.0.0', '256.0.0.1', '::1'] },
  ipv6: { input: text('ipv6'), fits: ['::1', '2001:db8::8'], refused: ['10.0.0.1', '2001:db8::g'] },
  yaml: { input: text('yaml'), fits: ['a: 1'], refused: ['{', 7] },
  user: { input: text('user'), fits: ['Member@example.com'], refused: ['nobody@example.com', 'nobody'] },
  team: { input: text('team'), fits: ['payments'], refused: ['harbour', 7] },
  entity: { input: entity, fits: ['checkout'], refused: ['nowhere', 7, ['checkout']] },
  proto: { input: text('proto'), fits: ['message A {}'], refused: [7] },
  markdown: { input: text('markdown'), fits: ['# A'], refused: [{}] },
  multiLine: { input: text('multi-line'), fits: ['a\nb'], refused: [['a']] },
  lengths: { input: { type: 'string', minLength: 2, maxLength: 3 }, fits: ['ab', 'abc'], refused: ['a', 'abcd'] },
  pattern: { input: { type: 'string', pattern: '^v\\d+$' }, fits: ['v12'], refused: ['12', 'v'] },
  enum: {
    input: { type: 'string', enum: ['a', 'b'], enumColors: { a: 'red', b: 'green' } },
    fits: ['a'],
    refused: ['c', ''],
  },
  number: { input: { type: 'number', minimum: 0.5, maximum: 9 }, fits: [0.5, 9], refused: [0.4, 10, '1', false] },
  exclusive: {
    input: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
    fits: [0.5],
    refused: [0, 1],
  },
  numberEnum: { input: { type: 'number', enum: [1, 2] }, fits: [2], refused: [3, '2'] },
  boolean: { input: { type: 'boolean' }, fits: [true, false], refused: ['true', 1] },
  object: { input: { type: 'object' }, fits: [{ a: [1] }, {}], refused: [[], '{}'] },
  shaped: {
    input: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'], additionalProperties: false },
    fits: [{ a: 1 }],
    refused: [{}, { a: '1' }, { a: 1, b: 2 }],
  },
  texts: {
    input: list({ type: 'string', minLength: 2 }, { minItems: 1, maxItems: 2, uniqueItems: true }),
    fits: [['ab'], ['ab', 'cd']],
    refused: [[], ['a'], ['ab', 'cd', 'ef'], ['ab', 'ab'], 'ab', [1]],
  },
  numbers: { input: list({ type: 'number', maximum: 3 }), fits: [[1, 2.5]], refused: [['1'], [4]] },
  booleans: { input: list({ type: 'boolean' }), fits: [[true]], refused: [['true']] },
  objects: { input: list({ type: 'object' }), fits: [[{ a: 1 }]], refused: [['a'], [[]]] },
  lists: { input: list({ type: 'array' }), fits: [[[1]]], refused: [[1]] },
  addresses: { input: list(text('url')), fits: [['https://example.com']], refused: [['nowhere']] },
  users: { input: list(text('user')), fits: [['member@example.com']], refused: [['nobody@example.com']] },
  teams: { input: list(text('team')), fits: [['payments'], []], refused: [['harbour']] },
  yamls: { input: list(text('yaml')), fits: [['a: 1', 'b']], refused: [['a: 1', '{']] },
  entities: { input: list(entity), fits: [['checkout', 'docs'], []], refused: [['checkout', 'nowhere'], 'checkout'] },
  choices: { input: list({ type: 'string', enum: ['a', 'b'] }), fits: [['a', 'b'], []], refused: [['a', 'c']] },
  computedPattern: {
    input: { type: 'string', pattern: { jqQuery: '"^" + .form.prefix' } },
    fits: ['rc-1'],
    refused: ['v-1'],
  },
  computedCounts: {
    input: list({ type: 'string' }, { minItems: { jqQuery: '.form.prefix | length - 1' }, maxItems: { jqQuery: '2' } }),
    fits: [['a', 'b'], ['a']],
    refused: [[], ['a', 'b', 'c']],
  },
  computedChoices: {
    input: list({ type: 'string', enum: { jqQuery: '[.form.prefix, "x"]' } }),
    fits: [['rc', 'x'], []],
    refused: [['rc', 'y']],
  },
  sealed: {
    input: { type: 'string', minLength: 3, encryption: 'aes256-gcm' },
    fits: ['abc'],
    refused: ['ab', 7],
  },
};

describe('the value of an input', () => {
  let action: string;
  beforeAll(async () => {
    const inputs = Object.entries(cases).map(([key, { input }]) => [key, input] as const);
    const properties = { prefix: { type: 'string', default: 'rc' }, ...Object.fromEntries(inputs) };
    action = await saveAction(app, { type: 'KAFKA', payload: {} }, { trigger: { userInputs: { properties } } });
  });

  test('of every type and format that fits is taken', async () => {
    const most = Math.max(...Object.values(cases).map(({ fits }) => fits.length));
    for (let at = 0; at < most; at += 1) {
      const given = Object.entries(cases).map(([key, { fits }]) => [key, fits[at % fits.length]] as const);
      const run = await begin(app, action, { properties: Object.fromEntries(given) });
      const { sealed: _sealed, ...open } = Object.fromEntries(given);
      expect(run['properties']).toMatchObject({ ...open, sealed: '••••••', prefix: 'rc' });
    }
  });

  test.each(Object.entries(cases).flatMap(([key, { refused }]) => refused.map((value) => [key, value] as const)))(
    '%s refuses %j',
    async (key, value) => {
      const answer = await execute(app, action, { properties: { [key]: value } });
      expect(answer).toMatchObject({
        status: 422,
        body: { error: 'user_inputs_schema_invalid', details: { errors: [{ property: key }] } },
      });
      expect(answer.body['message']).toContain(key);
    },
  );
});

describe('the expressions of a form', () => {
  async function resolved(properties: object, body: object, caller: Pick<TestApp, 'call'>): Promise<object> {
    const trigger = { operation: 'DAY-2', blueprintIdentifier: 'service', userInputs: { properties } };
    const action = await saveAction(app, { type: 'KAFKA' }, { trigger });
    const answer = await caller.call('POST', `/api/v1/actions/${action}/form`, { entity: 'checkout', ...body });
    expect(answer.status).toBe(200);
    return answer.body['form'] as object;
  }

  test('know the person, with roles and teams', async () => {
    const properties = { who: { type: 'object', default: { jqQuery: '.user | del(.userId)' } } };
    expect(await resolved(properties, {}, member)).toMatchObject({
      values: {
        who: {
          email: 'member@example.com',
          name: 'Mem Ber',
          picture: '',
          mainRole: 'Member',
          roles: [{ name: 'Member' }],
          teams: [{ name: 'payments', provider: expect.any(String) as string }],
          teamsIdentifiers: ['payments'],
          team: 'payments',
        },
      },
    });
  });

  test('know what the catalog keeps of the person', async () => {
    const schema = { properties: { level: { type: 'string' } } };
    expect((await app.call('PATCH', '/v1/blueprints/_user', { schema })).status).toBe(200);
    const person = { properties: { level: 'senior' } };
    expect((await app.call('PATCH', '/v1/blueprints/_user/entities/member@example.com', person)).status).toBe(200);
    const properties = { level: { type: 'string', default: { jqQuery: '.user.level' } } };
    expect(await resolved(properties, {}, member)).toMatchObject({ values: { level: 'senior' } });
  });

  test('know the entity whole, with how it is graded, and the entities that were chosen', async () => {
    const properties = {
      other: entity,
      others: list(entity),
      seen: {
        type: 'array',
        default: {
          jqQuery:
            '[.entity.identifier, .entity.scorecards.ready.level, .form.other.properties.tier, (.form.others | map(.identifier) | join(","))]',
        },
      },
    };
    const given = { properties: { other: 'docs', others: ['docs', 'checkout'] } };
    expect(await resolved(properties, given, member)).toMatchObject({
      values: { seen: ['checkout', 'Gold', '3', 'docs,checkout'] },
    });
  });
});

test('a list of entities is looked up to its end, or refused', async () => {
  const action = await saveAction(
    app,
    { type: 'KAFKA' },
    { trigger: { userInputs: { properties: { all: list(entity) } } } },
  );
  const many = (count: number): string[] => Array.from({ length: count }, () => 'checkout');
  expect((await execute(app, action, { properties: { all: many(1000) } })).status).toBe(202);
  for (const all of [
    [...many(999), 'nowhere'],
    [...many(1000), 'nowhere'],
  ]) {
    expect(await execute(app, action, { properties: { all } })).toMatchObject({
      status: 422,
      body: { details: { errors: [{ property: 'all' }] } },
    });
  }
});

test('a dataset may ask for what belongs to the teams of who fills in the form', async () => {
  const rule = { property: '$team', operator: 'containsAny', value: { context: 'userTeams', property: '$identifier' } };
  const dataset = { combinator: 'and', rules: [rule] };
  const properties = { mine: { ...entity, dataset, sort: { property: '$title', order: 'DESC' } } };
  const action = await saveAction(app, { type: 'KAFKA' }, { trigger: { userInputs: { properties } } });
  expect((await execute(member, action, { properties: { mine: 'checkout' } })).status).toBe(202);
  expect(await execute(member, action, { properties: { mine: 'docs' } })).toMatchObject({
    status: 422,
    body: { details: { errors: [{ property: 'mine', message: expect.stringContaining('choices') as string }] } },
  });
  // As the picker asks for the choices.
  const search = {
    query: { combinator: 'and', rules: [dataset] },
    limit: 50,
    sort: { property: '$title', order: 'desc' },
  };
  const found = await member.call('POST', '/v1/blueprints/service/entities/search', search);
  expect((found.body['entities'] as { identifier: string }[]).map(({ identifier }) => identifier)).toEqual([
    'checkout',
  ]);
});
