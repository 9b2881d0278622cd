import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type ModuleServer, testPerson } from '#testing/module-server.ts';
import { servePages } from '#testing/page-server.ts';

let server: ModuleServer;
const member = testPerson('member', ['Member'], ['harbour']);
const text = { id: 't', type: 'markdown', title: 'Of {{ .entity.title }}', markdown: 'Hello {{ .user.email }}' };
const tab = { title: 'Cargo', widgets: [{ id: 'board', type: 'dashboard-widget', layout: [], widgets: [text] }] };

beforeAll(async () => {
  server = await servePages();
  for (const identifier of ['boat', 'raft']) {
    await server.ask('POST', '/v1/blueprints', {
      identifier,
      title: 'Boat',
      icon: 'Boat',
      schema: { properties: { kind: { type: 'string' } }, required: [] },
      ...(identifier === 'boat' ? { relations: { beside: { target: 'boat' } } } : {}),
    });
  }
  for (const [identifier, kind] of [
    ['anna', 'sail'],
    ['berta', 'motor'],
  ]) {
    await server.ask('POST', '/v1/blueprints/boat/entities', { identifier, properties: { kind }, team: [] });
  }
});
afterAll(async () => server.close());

const read = async (page: string): Promise<Answer> => server.ask('GET', `/v1/pages/${page}`);

describe('pages that are there by themselves', () => {
  test('are Home and one for each blueprint, in no list and no sidebar', async () => {
    expect((await read('$home')).body).toMatchObject({ page: { identifier: '$home', type: 'home' }, mayUpdate: true });
    const entity = await read('boatEntity');
    expect(entity.body['page']).toMatchObject({ type: 'entity', blueprint: 'boat', title: 'Boat', icon: 'Boat' });
    expect(JSON.stringify(entity.body)).toContain('"runs-table"');
    expect((await read('planeEntity')).status).toBe(404);
    expect((await server.ask('GET', '/v1/pages')).body['pages']).toEqual([]);
  });

  test('are stored with their first change, read back as written, and stand in no sidebar then', async () => {
    const { page } = (await read('boatEntity')).body as unknown as { page: { widgets: [{ groups: object[] }] } };
    const [tabs] = page.widgets;
    const widgets = [{ ...tabs, groups: [...tabs.groups, tab] }];
    const same = await server.ask('PUT', '/v1/pages/boatEntity', page);
    expect(same).toMatchObject({ status: 200 });
    const saved = await server.ask('PUT', '/v1/pages/boatEntity', { ...page, widgets, parent: null });
    expect(saved.body['page']).toMatchObject({ widgets });
    expect((await read('boatEntity')).body['page']).toEqual(saved.body['page']);
    const again = await server.ask('PUT', '/v1/pages/boatEntity', saved.body['page'] as object);
    expect(again.headers.get('etag')).toBe(saved.headers.get('etag'));
    const bar = await server.ask('GET', '/v1/sidebars/catalog');
    expect(bar.body).toMatchObject({ sidebar: { items: [] } });
    const found = await sql<{ kind: string }>`
      select kind from event where subject = 'page:boatEntity'`.execute(server.core.db);
    expect(found.rows).toEqual([{ kind: 'page.updated' }]);
  });

  test('are as they were once their changes are deleted, and go with the blueprint', async () => {
    await server.ask('PATCH', '/v1/pages/$home', { title: 'Ours' });
    expect((await read('$home')).body).toMatchObject({ page: { title: 'Ours' } });
    expect((await server.ask('DELETE', '/v1/pages/$home')).status).toBe(200);
    expect((await read('$home')).body).toMatchObject({ page: { title: 'Home' } });
    expect(await server.ask('DELETE', '/v1/pages/$home')).toMatchObject({ body: { error: 'page_is_by_itself' } });
    await server.ask('PATCH', '/v1/pages/raftEntity', { title: 'Rafts' });
    expect((await server.ask('DELETE', '/v1/blueprints/raft')).status).toBe(200);
    expect((await read('raftEntity')).status).toBe(404);
  });

  test('are neither made nor changed by others', async () => {
    const dashboard = { type: 'dashboard', title: 'Mine', widgets: [] };
    expect((await server.ask('POST', '/v1/pages', { identifier: '$run', ...dashboard })).status).toBe(422);
    await server.ask('DELETE', '/v1/pages/boatEntity');
    expect((await server.ask('POST', '/v1/pages', { identifier: 'boatEntity', ...dashboard })).status).toBe(409);
    const asMember = await server.ask('PATCH', '/v1/pages/$home', { title: 'Mine' }, { as: member });
    expect(asMember.status).toBe(403);
    expect((await server.ask('GET', '/v1/pages/$home', undefined, { as: member })).body).toMatchObject({
      mayUpdate: false,
    });
    await server.ask('PATCH', '/v1/pages/$home/permissions', { read: { roles: ['Admin'] } });
    expect((await server.ask('GET', '/v1/pages/$home', undefined, { as: member })).status).toBe(404);
    await server.ask('DELETE', '/v1/pages/$home');
  });
});

describe('what a page shows for one entity', () => {
  const number = { id: 'n', type: 'entities-number-chart', blueprint: 'boat', func: 'count' };
  const ask = async (widget: object, rest: object = {}): Promise<unknown> =>
    (await server.ask('POST', '/api/v1/widget-previews', { widget, ...rest })).body['widget'];
  const alike = {
    ...number,
    dataset: {
      combinator: 'and',
      rules: [{ property: 'kind', operator: '=', value: '{{ .entity.properties.kind }}' }],
    },
  };
  const entity = { blueprint: 'boat', identifier: 'anna' };

  test('is told by templates in its queries and filters', async () => {
    expect(await ask(alike, { entity })).toMatchObject({ ok: true, figure: 1 });
    const filters = [
      { combinator: 'and', rules: [{ property: '$identifier', operator: '=', value: '{{url.identifier}}' }] },
    ];
    expect(await ask(number, { entity, filters })).toMatchObject({ ok: true, figure: 1 });
    expect(await ask(number, { filters })).toMatchObject({ ok: true, figure: 2 });
  });

  test('is asked for where none is named, and has to be there', async () => {
    expect(await ask(alike)).toMatchObject({ ok: false, error: 'entity_needed' });
    const gone = await server.ask('POST', '/api/v1/widget-previews', {
      widget: number,
      entity: { ...entity, identifier: 'gone' },
    });
    expect(gone.status).toBe(404);
  });

  test("is never taken for a rule: an entity's own braces stay text", async () => {
    await server.ask('PATCH', '/v1/blueprints/boat/entities/berta', { properties: { kind: '{{ .user.email }}' } });
    expect(await ask(alike, { entity: { ...entity, identifier: 'berta' } })).toMatchObject({ ok: true, figure: 1 });
  });
});

test('entities of my teams are listed whatever they are, and people and teams as tables', async () => {
  await server.ask('PATCH', '/v1/blueprints/boat/entities/anna', { team: ['harbour'] });
  const asked = (type: string, as?: typeof member) =>
    server.ask('POST', '/api/v1/widget-previews', { widget: { type } }, as === undefined ? {} : { as });
  expect((await asked('my-entities', member)).body).toMatchObject({
    widget: { ok: true, kind: 'entities', count: 1, entities: [{ blueprint: 'boat', identifier: 'anna' }] },
  });
  expect((await asked('my-entities')).body).toMatchObject({ widget: { ok: true, count: 0, entities: [] } });
  expect((await asked('users-table')).body).toMatchObject({ widget: { ok: false } });
});
