import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type ModuleServer, testPerson } from '#testing/module-server.ts';
import { servePages } from '#testing/page-server.ts';

let server: ModuleServer;
const member = testPerson('member', ['Member'], ['harbour']);
const admin = testPerson('admin', ['Admin']);
const layout = [{ height: 300, columns: [{ id: 'n', size: 12 }] }];
const number = { id: 'n', type: 'entities-number-chart', title: 'Boats', blueprint: 'boat', func: 'count' };
const board = { id: 'd', type: 'dashboard-widget', layout, widgets: [number] };
const page = (identifier: string, rest: object = {}) => ({
  identifier,
  type: 'dashboard',
  title: 'Fleet',
  widgets: [board],
  ...rest,
});
const read = async (identifier: string): Promise<Answer> => server.ask('GET', `/v1/pages/${identifier}`);

beforeAll(async () => {
  server = await servePages();
  await server.ask('POST', '/v1/blueprints', {
    identifier: 'boat',
    title: 'Boat',
    schema: { properties: { kind: { type: 'string' } }, required: [] },
  });
});
afterAll(async () => server.close());

async function create(identifier: string, rest: object = {}): Promise<Answer> {
  const answer = await server.ask('POST', '/v1/pages', page(identifier, rest));
  expect(answer).toMatchObject({ status: 200, body: { ok: true, identifier } });
  return answer;
}

describe('a page', () => {
  test('is read back as it was written, and a replacement with all of that changes nothing', async () => {
    const sent = page('whole', { icon: 'Boat', description: 'All', locked: true, own: { kept: [1] }, pageFilters: [] });
    await server.ask('POST', '/v1/pages', sent);
    const first = await read('whole');
    expect(first.body['page']).toMatchObject(sent);
    const again = await server.ask('PUT', '/v1/pages/whole', first.body['page']);
    expect(again.body['page']).toEqual(first.body['page']);
    expect(again.headers.get('etag')).toBe('"1"');
  });

  test('answers POST with its identifier, lists under pages, and compact without widgets', async () => {
    await create('listed');
    const pages = (await server.ask('GET', '/v1/pages')).body['pages'] as { identifier: string; widgets?: unknown }[];
    expect(pages.find((one) => one.identifier === 'listed')?.widgets).toEqual([board]);
    const compact = (await server.ask('GET', '/v1/pages/?compact=true')).body['pages'] as typeof pages;
    expect(compact.find((one) => one.identifier === 'listed')).not.toHaveProperty('widgets');
  });

  test('is changed in part, null taking a field away', async () => {
    await create('patched', { description: 'Old' });
    const answer = await server.ask('PATCH', '/v1/pages/patched', { title: 'New', description: null });
    expect(answer.body['page']).toMatchObject({ title: 'New', widgets: [board] });
    expect(answer.body['page']).not.toHaveProperty('description');
  });

  test('is not overwritten by who did not see its last change', async () => {
    await create('stale');
    await server.ask('PATCH', '/v1/pages/stale', { title: 'Mine' }, { headers: { 'if-match': '"1"' } });
    const late = await server.ask('PATCH', '/v1/pages/stale', { title: 'Yours' }, { headers: { 'if-match': '"1"' } });
    expect(late).toMatchObject({ status: 412, body: { error: 'stale_version' } });
    expect((await read('stale')).body['page']).toMatchObject({ title: 'Mine' });
  });

  test('is gone once deleted', async () => {
    await create('gone');
    expect(await server.ask('DELETE', '/v1/pages/gone')).toMatchObject({ status: 200, body: { ok: true } });
    expect(await read('gone')).toMatchObject({ status: 404, body: { error: 'not_found' } });
    await create('gone');
  });

  test('writes one event per change, with the page in it', async () => {
    await create('told');
    await server.ask('PATCH', '/v1/pages/told', { title: 'Told' });
    await server.ask('PATCH', '/v1/pages/told', { title: 'Told' });
    await server.ask('DELETE', '/v1/pages/told');
    const found = await sql<{ kind: string; after: { document: { title: string } } | null }>`
      select kind, after from event where subject = 'page:told' order by number`.execute(server.core.db);
    expect(found.rows.map((row) => [row.kind, row.after?.document.title])).toEqual([
      ['page.created', 'Fleet'],
      ['page.updated', 'Told'],
      ['page.deleted', undefined],
    ]);
  });

  test('of the entities of a blueprint needs one that is there, and goes with it', async () => {
    await server.ask('POST', '/v1/blueprints', {
      identifier: 'raft',
      title: 'Raft',
      schema: { properties: {}, required: [] },
    });
    const rafts = { type: 'blueprint-entities', blueprint: 'raft', widgets: [] };
    await create('rafts', rafts);
    const missing = await server.ask('POST', '/v1/pages', page('none', { ...rafts, blueprint: 'none' }));
    expect(missing).toMatchObject({ status: 404, body: { details: { resource: 'blueprint' } } });
    expect((await server.ask('DELETE', '/v1/blueprints/raft')).status).toBe(200);
    expect((await read('rafts')).status).toBe(404);
  });

  test.each([
    ['a type that is made by itself', { type: 'entity' }, 'type'],
    ['a type that is none', { type: 'board' }, 'type'],
    ['widgets that are no list', { widgets: {} }, 'widgets'],
    ['an unknown widget', { widgets: [{ id: 'x', type: 'clock' }] }, 'widgets[0].type'],
    ['two widgets of one id', { widgets: [number, number] }, 'widgets[1].id'],
    ['a frame that is not https', { widgets: [{ type: 'iframe-widget', url: 'http://a' }] }, 'widgets[0].url'],
    [
      'one entity that nobody chose',
      { widgets: [{ type: 'entity-info', blueprint: 'a', entity: '' }] },
      'widgets[0].entity',
    ],
    [
      'a link that runs',
      { widgets: [{ type: 'links-widget', links: [{ title: 'x', url: 'javascript:alert(1)' }] }] },
      'widgets[0].links[0].url',
    ],
    [
      'a column that is too wide',
      { widgets: [{ ...board, layout: [{ height: 1, columns: [{ id: 'n', size: 13 }] }] }] },
      'widgets[0].layout[0].columns[0].size',
    ],
    [
      'a chart of nothing',
      { widgets: [{ ...board, widgets: [{ type: 'bar-chart' }] }] },
      'widgets[0].widgets[0].property',
    ],
    ['too much text', { widgets: [{ type: 'markdown', markdown: 'x'.repeat(500_000) }] }, 'widgets'],
    ['too many widgets', { widgets: [{ ...board, widgets: Array(200).fill({ type: 'my-entities' }) }] }, undefined],
    ['an identifier with a space', { identifier: 'a b' }, 'identifier'],
  ])('is refused with %s', async (_, rest, path) => {
    const answer = await server.ask('POST', '/v1/pages', page('refused', rest));
    expect(answer).toMatchObject({ status: 422, body: { ok: false } });
    if (path !== undefined) expect(JSON.stringify(answer.body)).toContain(path);
    expect((await read('refused')).status).toBe(404);
  });

  test('keeps identifier and type', async () => {
    await create('kept');
    for (const change of [{ identifier: 'other' }, { type: 'blueprint-entities', blueprint: 'boat' }]) {
      expect((await server.ask('PUT', '/v1/pages/kept', page('kept', change))).status).toBe(422);
    }
    expect(await server.ask('POST', '/v1/pages', page('kept'))).toMatchObject({
      status: 409,
      body: { error: 'identifier_taken' },
    });
  });
});

describe('widgets', () => {
  test('are changed and taken off one by one, wherever they lie', async () => {
    await create('widgets');
    const changed = await server.ask('PATCH', '/v1/pages/widgets/widgets/n', { title: 'Ships', func: null });
    expect(changed).toMatchObject({ status: 200, body: { identifier: 'n' } });
    const { func: _, ...rest } = number;
    expect((await read('widgets')).body['page']).toMatchObject({
      widgets: [{ ...board, widgets: [{ ...rest, title: 'Ships' }] }],
    });
    const refused = await server.ask('PATCH', '/v1/pages/widgets/widgets/n', { type: 'iframe-widget' });
    expect(refused.status).toBe(422);
    await server.ask('DELETE', '/v1/pages/widgets/widgets/n');
    expect(await server.ask('DELETE', '/v1/pages/widgets/widgets/n')).toMatchObject({ status: 404 });
  });

  test('without a place and places without a widget are told and mended', async () => {
    const lost = { ...board, layout: [{ height: 200, columns: [{ id: 'ghost', size: 6 }] }] };
    await create('crooked', { widgets: [lost] });
    const told = await server.ask('GET', '/v1/pages/crooked/validate');
    expect(told.body).toMatchObject({ valid: false, errors: [{ widget: 'd' }, { widget: 'd' }] });
    expect((await server.ask('POST', '/v1/pages/crooked/fix')).body['fixedErrors']).toHaveLength(2);
    expect((await server.ask('GET', '/v1/pages/crooked/validate')).body).toMatchObject({ valid: true, errors: [] });
  });

  test('that name what is not there are told', async () => {
    const pie = { id: 'p', type: 'entities-pie-chart', blueprint: 'boat', property: 'sails' };
    const gone = { id: 'g', type: 'bar-chart', blueprint: 'plane', property: 'kind' };
    await create('names', { widgets: [pie, gone] });
    const { errors } = (await server.ask('GET', '/v1/pages/names/validate')).body as unknown as { errors: object[] };
    expect(errors).toMatchObject([
      { widget: 'p', path: 'property' },
      { widget: 'g', path: 'blueprint' },
    ]);
  });
});

describe('permissions', () => {
  const seen = async (identifier: string, as = member): Promise<number> =>
    (await server.ask('GET', `/v1/pages/${identifier}`, undefined, { as })).status;

  test('replace only what is given, and decide who reads and who changes', async () => {
    await create('guarded');
    expect(await seen('guarded')).toBe(200);
    const closed = await server.ask('PATCH', '/v1/pages/guarded/permissions', { read: { roles: ['Admin'] } });
    expect(closed.body['permissions']).toEqual({
      read: { users: [], roles: ['Admin'], teams: [] },
      update: { users: [], roles: ['Admin'], teams: [] },
    });
    expect(await seen('guarded')).toBe(404);
    expect(await seen('guarded', admin)).toBe(200);
    const listed = await server.ask('GET', '/v1/pages', undefined, { as: member });
    expect(JSON.stringify(listed.body)).not.toContain('guarded');
    const bar = await server.ask('GET', '/v1/sidebars/catalog', undefined, { as: member });
    expect(JSON.stringify(bar.body)).not.toContain('guarded');
    await server.ask('PATCH', '/v1/pages/guarded/permissions', { update: { teams: ['harbour'] } });
    const changed = await server.ask('PATCH', '/v1/pages/guarded', { title: 'Theirs' }, { as: member });
    expect(changed).toMatchObject({ status: 200, body: { page: { title: 'Theirs' } } });
  });

  test('let nobody else change, delete or move a page, or learn which there are', async () => {
    await create('closed');
    const asked: [method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object][] = [
      ['POST', '/v1/pages', page('mine')],
      ['PUT', '/v1/pages/closed', page('closed')],
      ['PATCH', '/v1/pages/closed', {}],
      ['DELETE', '/v1/pages/closed'],
      ['PATCH', '/v1/pages/none', {}],
      ['PATCH', '/v1/pages/closed/permissions', { read: { users: [] } }],
      ['POST', '/v1/pages/closed/fix'],
      ['DELETE', '/v1/pages/closed/widgets/n'],
      ['POST', '/v1/sidebars/catalog/folders', { identifier: 'f' }],
      ['POST', '/api/v1/sidebar/moves', { identifier: 'closed', parent: null, after: null }],
    ];
    for (const [method, path, body] of asked) {
      const answer = await server.ask(method, path, body, { as: member });
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
  });

  test('take no other shape', async () => {
    for (const body of [{ delete: {} }, { read: { user: [] } }, { read: { users: 'all' } }]) {
      expect((await server.ask('PATCH', '/v1/pages/closed/permissions', body)).status).toBe(422);
    }
  });
});
