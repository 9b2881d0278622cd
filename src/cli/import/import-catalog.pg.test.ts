import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { runCli } from '../run-cli.ts';

let app: TestApp;
let folder: string;
beforeAll(async () => {
  app = await startTestApp();
  folder = await mkdtemp(join(tmpdir(), 'quayside-import-'));
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Told {
  readonly code: number;
  readonly out: readonly string[];
  readonly errors: readonly string[];
}

async function quayside(...args: readonly string[]): Promise<Told> {
  const out: string[] = [];
  const errors: string[] = [];
  const code = await runCli(args, {
    env: { QUAYSIDE_URL: app.url, QUAYSIDE_CLIENT_ID: app.clientId, QUAYSIDE_CLIENT_SECRET: app.clientSecret },
    out: (line) => out.push(line),
    error: (line) => errors.push(line),
    signal: new AbortController().signal,
    sleep: async () => undefined,
  });
  return { code, out, errors };
}

async function put(path: string, content: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

async function entity(blueprint: string, identifier: string): Promise<unknown> {
  const { body } = await app.call('GET', `/v1/blueprints/${blueprint}/entities/${encodeURIComponent(identifier)}`);
  return body['entity'];
}

test('a Backstage tree becomes blueprints and entities that point at each other, twice as well as once', async () => {
  await put(
    'tree/checkout/catalog-info.yaml',
    `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  description: Takes orders
  tags: [go]
  annotations: { github.com/project-slug: acme/checkout }
spec:
  type: service
  lifecycle: production
  owner: payments
  system: shop
  dependsOn: [resource:orders-db, component:other/ledger]
  providesApis: [orders]
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: orders }
spec: { type: openapi, lifecycle: production, owner: user:default/guest, definition: 'openapi: 3.0.0' }
`,
  );
  await put(
    'tree/org.yml',
    'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: payments}\nspec: {type: team}\n',
  );
  await put('tree/deploy.yaml', 'apiVersion: v1\nkind: Service\nmetadata: {name: not-ours}\n');
  await put(
    'tree/node_modules/x/catalog-info.yaml',
    'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: no}\n',
  );

  const dry = await quayside('import', 'backstage', join(folder, 'tree'), '--dry-run');
  expect(dry).toEqual({ code: 0, out: ['would write 7 blueprints', 'would write 3 entities'], errors: [] });
  expect((await app.call('GET', '/v1/blueprints/component')).status).toBe(404);

  for (let time = 0; time < 2; time += 1) {
    const told = await quayside('import', 'backstage', join(folder, 'tree'));
    expect(told).toEqual({ code: 0, out: ['blueprint: 7 written', 'entity: 3 written'], errors: [] });
  }
  expect(await entity('component', 'checkout')).toMatchObject({
    properties: { description: 'Takes orders', type: 'service', lifecycle: 'production', tags: ['go'] },
    relations: {
      owner: 'payments',
      system: 'shop',
      providesApis: ['orders'],
      dependsOnComponents: ['other/ledger'],
      dependsOnResources: ['orders-db'],
    },
  });
  expect(await entity('api', 'orders')).toMatchObject({ relations: { owner: null, ownerPerson: 'guest' } });
  expect(await entity('group', 'no')).toBeUndefined();
});

test('what cannot be read is told with its place, and the rest is brought in', async () => {
  await put('broken/a.yaml', 'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: [}\n');
  await put('broken/b.yaml', 'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {title: Nameless}\n');
  await put('broken/c.yaml', 'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: fine}\n');
  const told = await quayside('import', 'backstage', join(folder, 'broken'));
  expect(told.code).toBe(1);
  expect(told.errors).toEqual([expect.stringMatching(/^a\.yaml: /) as string, 'b.yaml: a group has no name']);
  expect(await entity('group', 'fine')).toMatchObject({ title: 'fine' });
});

test('a Port organisation comes over with what it computes, and a second time changes nothing', async () => {
  const stamps = { createdAt: '2024-01-01T00:00:00.000Z', createdBy: 'auth0|1', updatedAt: '2024-01-01T00:00:00.000Z' };
  const text = { type: 'string' };
  const organisation = {
    teams: [{ id: 't', name: 'Payments', provider: 'port', users: [] }],
    blueprints: [
      {
        ...stamps,
        id: 'bp_1',
        identifier: 'port_service',
        title: 'Service',
        schema: { properties: { tier: { type: 'number' } }, required: [] },
        relations: { product: { target: 'port_product', many: false } },
        mirrorProperties: { motto: { path: 'product.motto' } },
      },
      {
        ...stamps,
        identifier: 'port_product',
        title: 'Product',
        schema: { properties: { motto: text }, required: [] },
        relations: {},
      },
    ],
    entities: [
      {
        ...stamps,
        identifier: 'cart',
        title: 'Cart',
        blueprint: 'port_service',
        properties: { tier: 1, motto: 'stale' },
        relations: { product: 'shop' },
      },
      { ...stamps, identifier: 'shop', blueprint: 'port_product', properties: { motto: 'Sell' }, relations: {} },
    ],
    scorecards: [{ ...stamps, identifier: 'ready', title: 'Ready', blueprint: 'port_service', rules: [] }],
    actions: [
      {
        ...stamps,
        identifier: 'port_restart',
        trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {}, required: [] } },
        invocationMethod: { type: 'KAFKA' },
      },
    ],
    pages: [{ identifier: '$home', type: 'home', widgets: [] }],
  };
  await put('port.json', JSON.stringify(organisation));
  const first = await quayside('import', 'port', join(folder, 'port.json'));
  expect(first).toEqual({
    code: 0,
    out: ['team: 1 written', 'blueprint: 2 written', 'entity: 2 written', 'scorecard: 1 written', 'action: 1 written'],
    errors: [],
  });
  await app.settle();
  expect(await entity('port_service', 'cart')).toMatchObject({ properties: { tier: 1, motto: 'Sell' } });

  for (const [list, items] of Object.entries(organisation)) {
    await put(`port/${list}.json`, JSON.stringify({ ok: true, [list]: items }));
  }
  expect(await quayside('import', 'port', join(folder, 'port'))).toMatchObject({ code: 0, errors: [] });
});

test('one bad entity of many is told, the others are written', async () => {
  const schema = { properties: { tier: { type: 'number' } }, required: [] };
  await put(
    'some.json',
    JSON.stringify({
      blueprints: [{ identifier: 'mixed', title: 'Mixed', schema }],
      entities: Array.from({ length: 45 }, (_, at) => ({
        identifier: `e${at}`,
        blueprint: 'mixed',
        properties: { tier: at === 30 ? 'thirty' : at },
      })),
    }),
  );
  const told = await quayside('import', 'port', join(folder, 'some.json'));
  expect(told).toMatchObject({ code: 1, out: ['blueprint: 1 written', 'entity: 44 written'] });
  expect(told.errors).toEqual([expect.stringMatching(/^entity mixed\/e30: .*tier/) as string]);
});

test('a wrong call says how to call it; a missing file and a stranger are named', async () => {
  expect(await quayside('import')).toMatchObject({ code: 2 });
  expect(await quayside('import', 'cortex', folder)).toMatchObject({ code: 2 });
  const missing = await quayside('import', 'port', join(folder, 'absent.json'));
  expect(missing).toMatchObject({ code: 1, errors: [expect.stringContaining('absent.json cannot be read') as string] });
  const stranger = await quayside('import', 'port', join(folder, 'some.json'), '--client-secret', 'wrong');
  expect(stranger).toMatchObject({ code: 1 });
  expect(stranger.errors.join(' ')).toContain('Check the client id and the client secret.');
});
