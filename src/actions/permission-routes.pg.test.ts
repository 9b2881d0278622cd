import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getAction } from './action-queries.ts';
import { findApprovers } from './find-approvers.ts';
import { findEntities } from '#catalog/find-entities.ts';
import { createBlueprints } from '#catalog/blueprint-queries.ts';
import { readEntity } from '#catalog/read-entity.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { systemClock } from '#platform/clock.ts';
import { createJqPool } from '#platform/jq/jq-pool.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { execute, saveAction } from '#testing/test-action.ts';

let app: TestApp;
let member: Visitor;
let owner: Visitor;
const jq = createJqPool({ size: 1, deadlineMs: 1_000, maxOutputBytes: 1_000_000 });
const method = { type: 'KAFKA', payload: { run: '{{ .run.id }}' } };

beforeAll(async () => {
  app = await startTestApp();
  await app.call('POST', '/v1/teams', { name: 'payments' });
  member = await addPerson(app, { email: 'member@example.com' });
  owner = await addPerson(app, { email: 'owner@example.com', teams: ['payments'] });
  const properties = { lead: { type: 'string' }, status: { type: 'string' } };
  await app.call('POST', '/v1/blueprints', {
    identifier: 'service',
    title: 'Service',
    schema: { properties, required: [] },
  });
  await app.call('POST', '/v1/blueprints', {
    identifier: 'incident',
    title: 'Incident',
    schema: { properties, required: [] },
  });
  await app.call('POST', '/v1/blueprints/service/entities', {
    identifier: 'checkout',
    team: ['payments'],
    properties: { lead: 'owner@example.com' },
  });
});
afterAll(async () => {
  await jq.close();
  await app.stop();
});

const onService = {
  trigger: {
    operation: 'DAY-2',
    blueprintIdentifier: 'service',
    userInputs: { properties: { env: { type: 'string' } } },
  },
};
const led = {
  queries: {
    led: {
      combinator: 'and',
      rules: [
        { property: '$blueprint', operator: '=', value: 'service' },
        { property: '$identifier', operator: '=', value: '{{ .entity.identifier }}' },
        { property: 'lead', operator: '=', value: '{{ .trigger.user.email }}' },
      ],
    },
  },
  conditions: ['.results.led.entities | length > 0'],
};

async function allow(action: string, permissions: object, verb = 'PATCH'): Promise<void> {
  const answer = await app.call(verb, `/v1/actions/${action}/permissions`, permissions);
  expect(answer.body).toMatchObject({ ok: true });
}

describe('a policy on executing', () => {
  test('decides for whoever is named at all, by what the catalog says', async () => {
    const action = await saveAction(app, method, onService);
    await allow(action, { execute: { policy: led } });
    expect((await execute(owner, action, { entity: 'checkout' })).status).toBe(202);
    const refused = await execute(member, action, { entity: 'checkout' });
    expect(refused).toMatchObject({
      status: 403,
      body: { error: 'missing_permissions', details: { conditions: [{ condition: led.conditions[0], met: false }] } },
    });
    expect((await execute(app, action, { entity: 'checkout' })).status).toBe(202);
    await allow(action, { execute: { roles: ['Admin'] } });
    expect((await execute(owner, action, { entity: 'checkout' })).status).toBe(403);
    await allow(action, { execute: { roles: ['Member'], policy: null } });
    expect((await execute(member, action, { entity: 'checkout' })).status).toBe(202);
  });

  test.each<[string, readonly string[], object, string]>([
    ['one of several conditions is enough', ['false', '.inputs.env == "dev"'], { env: 'dev' }, ''],
    ['a condition that fails is not met', ['.inputs.env | tonumber'], { env: 'x' }, 'cannot be evaluated'],
    ['nor one that gives no boolean', ['"true"'], {}, 'not met'],
    ['nor one without end', ['def f: f; f'], {}, 'cannot be evaluated'],
    ['nor one without a result', ['empty'], {}, 'not met'],
    ['a failed one takes no other with it', ['error("x")', 'true'], {}, ''],
    [
      'user, action, blueprint and time are known',
      [
        '.user.email == "member@example.com" and .blueprint == "service" and (.action.identifier | length > 0) and (.trigger.at | length > 0)',
      ],
      {},
      '',
    ],
  ])('%s', async (_case, conditions, properties, words) => {
    const action = await saveAction(app, method, onService);
    await allow(action, { execute: { policy: { queries: {}, conditions } } });
    const answer = await execute(member, action, { entity: 'checkout', properties });
    expect(answer.status).toBe(words === '' ? 202 : 403);
    if (words !== '') expect(String(answer.body['message'])).toContain(words);
  });

  test('a query that cannot be answered finds nothing, and is told', async () => {
    const action = await saveAction(app, method, onService);
    const queries = {
      wrong: {
        combinator: 'and',
        rules: [{ property: '$createdAt', operator: 'between', value: '{{ .inputs.env }}' }],
      },
    };
    await allow(action, { execute: { policy: { queries, conditions: ['.results.wrong.entities | length > 0'] } } });
    const answer = await execute(member, action, { entity: 'checkout', properties: { env: 'x' } });
    expect(answer).toMatchObject({ status: 403, body: { details: { queries: [{ name: 'wrong', found: 0 }] } } });
    expect(String(answer.body['message'])).toContain('query "wrong" cannot be answered');
  });

  test('can be asked for without executing', async () => {
    const action = await saveAction(app, method, onService);
    await allow(action, { execute: { policy: led } });
    const path = `/api/v1/actions/${action}/permission-check`;
    expect((await owner.call('POST', path, { entity: 'checkout' })).body['permission']).toMatchObject({
      allowed: true,
      policy: { queries: [{ name: 'led', found: 1, problem: null }], conditions: [{ value: true, problem: null }] },
    });
    expect((await member.call('POST', path, { entity: 'checkout' })).body['permission']).toMatchObject({
      allowed: false,
      policy: { queries: [{ name: 'led', found: 0 }] },
    });
    await allow(action, { execute: { roles: [] } });
    expect((await member.call('POST', path, { entity: 'checkout' })).body['permission']).toMatchObject({
      allowed: false,
      policy: null,
    });
  });
});

describe('saving permissions', () => {
  test.each<[string, unknown, string]>([
    ['no conditions', { queries: {} }, 'conditions'],
    ['conditions of nothing', { queries: {}, conditions: [] }, 'conditions'],
    ['a condition that cannot be read', { queries: {}, conditions: ['.a |'] }, 'execute.policy.conditions[0]'],
    [
      'a query that is none',
      { queries: { q: { rules: [] } }, conditions: ['true'] },
      'execute.policy.queries.q.combinator',
    ],
    ['an unknown key', { queries: {}, conditions: ['true'], surprise: 1 }, 'surprise'],
    ['a policy that is a list', [], 'policy'],
  ])('refuses a policy with %s', async (_case, policy, words) => {
    const action = await saveAction(app, method);
    const answer = await app.call('PATCH', `/v1/actions/${action}/permissions`, { execute: { policy } });
    expect(answer).toMatchObject({ status: 422, body: { error: 'invalid_request' } });
    expect(JSON.stringify(answer.body)).toContain(words);
  });

  test('PUT replaces them whole, PATCH the given keys alone', async () => {
    const action = await saveAction(app, method);
    await allow(action, {
      execute: { users: ['a@example.com'], roles: [] },
      approve: { roles: [], teams: ['payments'] },
    });
    await allow(action, { execute: { teams: ['payments'] } }, 'PUT');
    const { permissions } = (await app.call('GET', `/v1/actions/${action}/permissions`)).body;
    expect(permissions).toMatchObject({
      execute: { users: [], roles: ['Member', 'Admin'], teams: ['payments'] },
      approve: { roles: ['Admin'], teams: [] },
    });
    expect((await member.call('PUT', `/v1/actions/${action}/permissions`, {})).status).toBe(403);
    expect((await app.call('PUT', `/v1/actions/${action}/permissions`, { other: {} })).status).toBe(422);
  });

  test('who may act only on what their team owns is told so', async () => {
    const action = await saveAction(app, method, onService);
    await allow(action, { execute: { roles: [], ownedByTeam: true } });
    const list = async (caller: Pick<TestApp, 'call'>): Promise<unknown> =>
      (await caller.call('GET', '/v1/auth/permissions?action_version=v2')).body['permissions'];
    expect(await list(owner)).toContain(`execute:team_entities:actions:${action}`);
    expect(await list(owner)).not.toContain(`execute:actions:${action}`);
    expect(JSON.stringify(await list(member))).not.toContain(action);
    expect(await list(app)).toContain(`execute:actions:${action}`);
  });
});

describe('approvers', () => {
  async function approvers(action: string): ReturnType<typeof findApprovers> {
    const { db } = app.app.core;
    const blueprints = createBlueprints();
    const clock = systemClock;
    const asker: Actor = { kind: 'credential', orgId: app.orgId, id: 'c', name: 'c' };
    const entity = await readEntity({ db, blueprints }, asker, 'service', 'checkout');
    const question = { actor: asker, at: clock.now(), inputs: { env: 'prod' }, entity };
    return findApprovers(
      {
        db,
        jq,
        findEntities: async (who, search) => findEntities({ db, clock, blueprints }, who, search),
        readEntity: async (...named) => readEntity({ db, blueprints }, ...named),
        knownNames: async () => ({ people: [], teams: [] }),
      },
      { ...question, action: await getAction(db, app.orgId, action) },
    );
  }

  test('are those named, the owners where it says so, and whom the conditions list', async () => {
    const action = await saveAction(app, method, onService);
    expect(await approvers(action)).toEqual({ users: [], roles: ['Admin'], teams: [] });
    const conditions = [
      '[.entity.properties.lead]',
      'if .inputs.env == "prod" then ["Boss@example.com"] else [] end',
      'error("x")',
      'true',
      '["no address", 7]',
    ];
    const policy = { queries: {}, conditions };
    await allow(action, { approve: { roles: [], ownedByTeam: true, users: ['a@example.com'], policy } });
    expect(await approvers(action)).toEqual({
      users: ['a@example.com', 'owner@example.com', 'boss@example.com'],
      roles: [],
      teams: ['payments'],
    });
  });

  test('are the administrators where nobody is left', async () => {
    const action = await saveAction(app, method, onService);
    await allow(action, { approve: { roles: [], policy: { queries: {}, conditions: ['[]'] } } });
    expect(await approvers(action)).toEqual({ users: [], roles: ['Admin'], teams: [] });
  });
});

describe('permissions changed by somebody else meanwhile', () => {
  test('are not replaced by who names the version before; others go on as ever', async () => {
    const action = await saveAction(app, method);
    const address = `/v1/actions/${action}/permissions`;
    const versionOf = (answer: { headers: Headers }): string => answer.headers.get('etag') ?? '';
    const first = versionOf(await app.call('GET', address));
    const policy = { queries: {}, conditions: ['true'] };
    const saved = await app.call('PATCH', address, { execute: { policy, roles: ['Admin'] } }, { 'if-match': first });
    expect(saved.status).toBe(200);
    expect(versionOf(saved)).not.toBe(first);
    expect(versionOf(await app.call('GET', address))).toBe(versionOf(saved));
    for (const verb of ['PATCH', 'PUT']) {
      const late = await app.call(verb, address, { execute: { roles: [] } }, { 'if-match': first });
      expect(late).toMatchObject({ status: 412, body: { error: 'stale_version' } });
    }
    expect((await app.call('PATCH', address, { execute: { roles: [] } })).status).toBe(200);
    expect((await app.call('PATCH', address, {}, { 'if-match': 'nonsense' })).status).toBe(400);
  });
});
