import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Method } from '#platform/http/route.ts';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import { testPerson } from '#testing/module-server.ts';
import { viewBlueprintHook } from './delete-blueprint-views.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog({ blueprintHooks: [viewBlueprintHook] });
});
afterAll(async () => server.close());

const state = { columns: [{ key: '$title' }, { key: 'n', hidden: true }], sort: '-n', group: 'n' };

/** `mod` and whoever is named with `!` moderate. */
async function ask(who: string, method: Method, path: string, body?: unknown) {
  const role = who === 'mod' || who.endsWith('!') ? 'Moderator' : 'Member';
  return server.ask(method, path, body, { as: testPerson(who.replace('!', ''), [role]) });
}

async function titles(who: string, path: string): Promise<unknown> {
  const answer = await ask(who, 'GET', path);
  return (answer.body['views'] as readonly { title: string }[]).map((view) => view.title);
}

test('a view is kept for oneself until it is shared, renamed, replaced and deleted', async () => {
  const path = `/api/v1/blueprints/${await server.blueprint()}/views`;
  const made = await ask('ann', 'POST', path, { title: ' Mine ', state });
  expect(made).toMatchObject({ status: 201, body: { view: { title: 'Mine', shared: false, mine: true, state } } });
  const { id } = made.body['view'] as { id: string };
  expect(await titles('ann', path)).toEqual(['Mine']);
  expect(await titles('bob', path)).toEqual([]);
  expect((await ask('bob', 'GET', `${path}/${id}`)).status).toBe(404);
  expect((await ask('bob', 'DELETE', `${path}/${id}`)).status).toBe(404);

  const events = await server.eventsOf(async () => {
    await ask('ann', 'PATCH', `${path}/${id}`, { shared: true, title: 'Ours' });
    await ask('ann', 'PATCH', `${path}/${id}`, { title: 'Ours' });
  });
  expect(events).toMatchObject([{ kind: 'view.updated', after: { title: 'Ours', shared: true } }]);
  expect(await titles('bob', path)).toEqual(['Ours']);
  expect(await ask('bob', 'PATCH', `${path}/${id}`, { title: 'Not yours' })).toMatchObject({ status: 403 });
  expect((await ask('mod', 'PATCH', `${path}/${id}`, { shared: false })).status).toBe(403);
  expect((await ask('mod', 'PATCH', `${path}/${id}`, { state: { sort: 'n' } })).body).toMatchObject({
    view: { state: { sort: 'n' }, mine: false, mayChange: true },
  });
  expect((await ask('ann', 'DELETE', `${path}/${id}`)).status).toBe(200);
  expect(await titles('ann', path)).toEqual([]);
});

test('what a private view shows is not told by the log', async () => {
  const path = `/api/v1/blueprints/${await server.blueprint()}/views`;
  const events = await server.eventsOf(() => ask('ann', 'POST', path, { title: 'Secret', state }));
  expect(events).toMatchObject([{ kind: 'view.created' }]);
  expect(JSON.stringify(events)).not.toContain('Secret');
});

test("the table opens with one's own view, else with the one for everybody", async () => {
  const blueprint = await server.blueprint();
  const path = `/api/v1/blueprints/${blueprint}/views`;
  const choose = async (who: string, view: string | null, whom: string) =>
    ask(who, 'PUT', `/api/v1/blueprints/${blueprint}/default-view`, { view, for: whom });
  const id = async (who: string, shared: boolean): Promise<string> =>
    ((await ask(who, 'POST', path, { title: who, shared, state })).body['view'] as { id: string }).id;
  const [own, ours] = [await id('ann', false), await id('bob', true)];
  expect(await choose('ann', own, 'me')).toMatchObject({ status: 200, body: { defaults: { own, everyone: null } } });
  expect((await choose('bob', own, 'me')).status).toBe(404);
  expect((await choose('bob', ours, 'everyone')).status).toBe(403);
  expect((await choose('mod', ours, 'everyone')).status).toBe(200);
  expect((await choose('ann!', own, 'everyone')).status).toBe(422);
  expect((await ask('ann', 'GET', path)).body['defaults']).toEqual({ own, everyone: ours });
  expect((await ask('zoe', 'GET', path)).body['defaults']).toEqual({ own: null, everyone: ours });
  expect((await choose('ann', null, 'me')).body['defaults']).toEqual({ own: null, everyone: ours });
  await ask('bob', 'DELETE', `${path}/${ours}`);
  expect((await ask('zoe', 'GET', path)).body['defaults']).toEqual({ own: null, everyone: null });
});

test('what could not be shown is refused where it stands, also a version of before', async () => {
  const blueprint = await server.blueprint();
  const path = `/api/v1/blueprints/${blueprint}/views`;
  const bad = async (given: object) => ask('ann', 'POST', path, { title: 'V', state: given });
  const rule = { property: 'n', operator: 'like', value: 1 };
  expect(await bad({ filter: { combinator: 'and', rules: [rule] } })).toMatchObject({
    status: 422,
    body: { details: { errors: [{ path: 'state.filter.rules[0].operator' }] } },
  });
  expect((await bad({ columns: [{ key: 'a' }, { key: 'a' }] })).body).toMatchObject({
    details: { errors: [{ path: 'state.columns[1].key' }] },
  });
  expect((await ask('ann', 'POST', path, { title: ' ', state: {} })).status).toBe(422);
  expect((await ask('ann', 'POST', '/api/v1/blueprints/none/views', { title: 'V', state: {} })).status).toBe(404);
  const { id } = (await bad({})).body['view'] as { id: string };
  const headers = { 'if-match': '"7"' };
  const stale = await server.ask(
    'PATCH',
    `${path}/${id}`,
    { title: 'W' },
    { as: testPerson('ann', ['Member']), headers },
  );
  expect(stale.status).toBe(412);
});

test('views go with their blueprint', async () => {
  const blueprint = await server.blueprint();
  const path = `/api/v1/blueprints/${blueprint}/views`;
  await ask('ann', 'POST', path, { title: 'V', state });
  const events = await server.eventsOf(() => server.ask('DELETE', `/v1/blueprints/${blueprint}`));
  expect(events.map((event) => event.kind)).toEqual(['view.deleted', 'blueprint.deleted']);
});
