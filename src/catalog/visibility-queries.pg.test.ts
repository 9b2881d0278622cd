import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserActor } from '#platform/commands/actor.ts';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import { testPerson } from '#testing/module-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
  await server.blueprint({ identifier: 'system', schema: { properties: {}, required: [] } });
  await server.entity('system', { identifier: 'open' });
});
afterAll(async () => server.close());

const admin = testPerson('root', ['Admin']);
const ana = testPerson('ana', ['Member'], ['payments']);
const none = { users: [], roles: [], teams: [], ownedByTeam: false };

/** A blueprint with three entities: of payments, of search, of nobody. */
async function vault(entities: object): Promise<string> {
  const blueprint = await server.blueprint({
    schema: { properties: { keeper: { type: 'string', format: 'user' } }, required: [] },
    relations: { system: { target: 'system' } },
  });
  await server.entity(blueprint, { identifier: 'paid', team: ['payments'], properties: { keeper: 'ana@example.com' } });
  await server.entity(blueprint, { identifier: 'found', team: ['search'] });
  await server.entity(blueprint, { identifier: 'lost' });
  const path = `/v1/blueprints/${blueprint}/permissions`;
  expect((await server.ask('PATCH', path, { entities })).status).toBe(200);
  return blueprint;
}

/** What somebody sees, the same by every way to look. */
async function seen(blueprint: string, as: UserActor): Promise<readonly string[]> {
  const all = { combinator: 'and', rules: [] };
  const path = `/v1/blueprints/${blueprint}`;
  const names = (body: { readonly [key: string]: unknown }): readonly string[] =>
    (body['entities'] as readonly { identifier: string; blueprint: string }[])
      .filter((entity) => entity.blueprint === blueprint)
      .map((entity) => entity.identifier);
  const listed = names((await server.ask('GET', `${path}/entities`, undefined, { as })).body);
  const everywhere = (await server.ask('POST', '/v1/entities/search', all, { as })).body;
  expect(names(everywhere)).toEqual(listed);
  if (listed.length > 0) expect(everywhere['matchingBlueprints']).toContain(blueprint);
  expect(names((await server.ask('POST', `${path}/entities/search`, {}, { as })).body)).toEqual(listed);
  const counts = [
    await server.ask('GET', `${path}/entities-count`, undefined, { as }),
    await server.ask('POST', `${path}/entities/search/count`, {}, { as }),
  ];
  expect(counts.map((answer) => answer.body['count'])).toEqual([listed.length, listed.length]);
  for (const identifier of ['paid', 'found', 'lost']) {
    const { status } = await server.ask('GET', `${path}/entities/${identifier}`, undefined, { as });
    expect([identifier, status]).toEqual([identifier, listed.includes(identifier) ? 200 : 404]);
  }
  return listed;
}

const everything = ['found', 'lost', 'paid'];

test('everybody reads until somebody says who may; administrators always do', async () => {
  const open = await vault({ update: { ...none, roles: ['Admin'] } });
  expect(await seen(open, ana)).toEqual(everything);
  const closed = await vault({ read: { ...none, roles: ['Admin'] } });
  expect(await seen(closed, ana)).toEqual([]);
  expect(await seen(closed, admin)).toEqual(everything);
  const found = await server.ask('POST', '/v1/entities/search', { combinator: 'and', rules: [] }, { as: ana });
  expect(found.body['matchingBlueprints']).not.toContain(closed);
});

test.each([
  ['by address', { ...none, users: ['ana@example.com'] }, everything],
  ['by role', { ...none, roles: ['Member'] }, everything],
  ['by team', { ...none, teams: ['payments'] }, everything],
  ['by another team', { ...none, teams: ['search'] }, []],
  ['as owner', { ...none, ownedByTeam: true }, ['paid']],
])('a person reads %s', async (_, read, expected) => {
  expect(await seen(await vault({ read }), ana)).toEqual(expected);
});

test('who may change entities may read them', async () => {
  const read = { ...none, roles: ['Admin'] };
  expect(await seen(await vault({ read, update: { ...none, users: ['ana@example.com'] } }), ana)).toEqual(everything);
  expect(await seen(await vault({ read, unregister: { ...none, ownedByTeam: true } }), ana)).toEqual(['paid']);
  const updateProperties = { keeper: { ...none, teams: ['payments'] } };
  expect(await seen(await vault({ read, updateProperties }), ana)).toEqual(everything);
  const closed = await vault({ read });
  expect(await seen(closed, testPerson('mo', ['Member', `${closed}-moderator`]))).toEqual(everything);
});

test('a policy is a query with the values of the person, where no other grant is given', async () => {
  const policy = {
    combinator: 'and',
    rules: [{ property: 'keeper', operator: '=', value: { context: 'user', property: '$identifier' } }],
  };
  expect(await seen(await vault({ read: { ...none, policy } }), ana)).toEqual(['paid']);
  expect(await seen(await vault({ read: { ...none, policy } }), testPerson('eve', ['Member']))).toEqual([]);
  const granted = await vault({ read: { ...none, roles: ['Member'], policy } });
  expect(await seen(granted, ana)).toEqual(everything);
  const refused = await server.ask('PATCH', `/v1/blueprints/${granted}/permissions`, {
    entities: { read: { policy: { combinator: 'and', rules: [{ property: 'keeper', operator: 'like' }] } } },
  });
  expect(refused).toMatchObject({ status: 422 });
  expect(JSON.stringify(refused.body)).toContain('entities.read.policy.rules[0].operator');
});

test('titles of what somebody may not read are not attached', async () => {
  const closed = await vault({ read: { ...none, roles: ['Admin'] } });
  const open = await server.blueprint({ relations: { kept: { target: closed } } });
  await server.entity(open, { identifier: 'pointer', relations: { kept: 'lost' } });
  const path = `/v1/blueprints/${open}/entities?attach_title_to_relation=true`;
  const kept = async (as: UserActor) => (await server.ask('GET', path, undefined, { as })).body['entities'];
  expect(await kept(ana)).toMatchObject([{ relations: { kept: { identifier: 'lost', title: null } } }]);
  expect(await kept(admin)).toMatchObject([{ relations: { kept: { identifier: 'lost', title: 'lost' } } }]);
});
