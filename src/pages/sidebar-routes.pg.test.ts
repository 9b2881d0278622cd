import { afterAll, beforeEach, expect, test } from 'vitest';
import type { Answer, ModuleServer } from '#testing/module-server.ts';
import { servePages } from '#testing/page-server.ts';

let server: ModuleServer | undefined;
beforeEach(async () => {
  await server?.close();
  server = await servePages();
});
afterAll(async () => server?.close());

async function ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer> {
  if (server === undefined) throw new Error('no server');
  return server.ask(method, path, body);
}

const folders = '/v1/sidebars/catalog/folders';
const page = async (identifier: string, place: object = {}): Promise<Answer> =>
  ask('POST', '/v1/pages', { identifier, type: 'dashboard', widgets: [], ...place });
const folder = async (identifier: string, place: object = {}): Promise<Answer> =>
  ask('POST', folders, { identifier, title: identifier, ...place });

interface Item {
  readonly identifier: string;
  readonly parent?: string;
  readonly after?: string;
}

async function items(): Promise<readonly Item[]> {
  const { sidebar } = (await ask('GET', '/v1/sidebars/catalog')).body as unknown as { sidebar: { items: Item[] } };
  return sidebar.items;
}

/** Like "a(b c) d". */
async function tree(): Promise<string> {
  const all = await items();
  const below = (parent: string | undefined): string =>
    all
      .filter((item) => item.parent === parent)
      .map((item) => {
        const content = below(item.identifier);
        return content === '' ? item.identifier : `${item.identifier}(${content})`;
      })
      .join(' ');
  return below(undefined);
}

test('items stand where they ask to, and are read back as written', async () => {
  await folder('team');
  for (const name of ['a', 'b']) await page(name, { parent: 'team' });
  await page('c', { parent: 'team', after: 'a' });
  await page('d', { after: 'team' });
  expect(await tree()).toBe('team(a c b) d');
  expect((await items()).find((item) => item.identifier === 'c')).toMatchObject({ parent: 'team', after: 'a' });
  expect((await ask('GET', '/v1/pages/c')).body['page']).toMatchObject({ parent: 'team', after: 'a' });
  expect((await ask('GET', '/v1/pages/a')).body['page']).not.toHaveProperty('after');
});

test('a place that is none is refused', async () => {
  await folder('one');
  await folder('two', { parent: 'one' });
  await page('inside', { parent: 'one' });
  const sidebarItem = { resource: 'Sidebar item' };
  expect(await page('x', { parent: 'none' })).toMatchObject({ status: 404, body: { details: sidebarItem } });
  expect(await page('x', { parent: 'inside' })).toMatchObject({ status: 404 });
  expect(await page('x', { after: 'none' })).toMatchObject({ status: 404, body: { details: sidebarItem } });
  expect(await page('x', { after: 'inside' })).toMatchObject({
    status: 422,
    body: { error: 'after_item_not_in_parent' },
  });
  expect(await ask('PATCH', `${folders}/one`, { parent: 'two' })).toMatchObject({ status: 422 });
  expect(await ask('PATCH', `${folders}/one`, { after: 'one' })).toMatchObject({ status: 422 });
  expect(await folder('one')).toMatchObject({ status: 409 });
  expect(await page('one')).toMatchObject({ status: 409 });
});

test('two that would wait for each other do not', async () => {
  await page('a');
  await page('b', { after: 'a' });
  await page('c', { after: 'b' });
  await ask('PATCH', '/v1/pages/a', { after: 'c' });
  expect(await tree()).toBe('b c a');
});

test('what stood behind something moved or deleted stays where it was', async () => {
  await folder('team');
  await page('a');
  await page('b', { after: 'a' });
  await page('c', { after: 'b' });
  await ask('PATCH', '/v1/pages/b', { parent: 'team' });
  expect(await tree()).toBe('team(b) a c');
  await ask('DELETE', '/v1/pages/a');
  expect(await tree()).toBe('team(b) c');
});

test('a deleted folder leaves what lay in it in its place', async () => {
  await page('first');
  await folder('team', { after: 'first' });
  for (const name of ['a', 'b']) await page(name, { parent: 'team' });
  await page('last', { after: 'team' });
  await ask('DELETE', `${folders}/team`);
  expect(await tree()).toBe('first a b last');
  expect(await ask('DELETE', `${folders}/team`)).toMatchObject({ status: 404 });
});

test('a folder is renamed and moved', async () => {
  await folder('outer');
  await folder('inner');
  expect(await ask('PATCH', `${folders}/inner`, { title: 'Within', parent: 'outer' })).toMatchObject({
    status: 200,
    body: { identifier: 'inner' },
  });
  expect(await tree()).toBe('outer(inner)');
  expect((await items()).at(-1)).toMatchObject({ title: 'Within' });
});

test('something dropped stands exactly there, and nothing else moves', async () => {
  await folder('team');
  for (const name of ['a', 'b', 'c', 'd']) await page(name, { parent: 'team' });
  const move = async (identifier: string, parent: string | null, after: string | null): Promise<void> => {
    expect((await ask('POST', '/api/v1/sidebar/moves', { identifier, parent, after })).status).toBe(200);
  };
  await move('d', 'team', null);
  expect(await tree()).toBe('team(d a b c)');
  await move('d', 'team', 'b');
  expect(await tree()).toBe('team(a b d c)');
  await move('b', null, null);
  expect(await tree()).toBe('b team(a d c)');
  await move('b', null, null);
  expect(await ask('POST', '/api/v1/sidebar/moves', { identifier: 'no', parent: null, after: null })).toMatchObject({
    status: 404,
  });
});
