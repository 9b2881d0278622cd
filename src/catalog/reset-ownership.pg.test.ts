import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
  await server.teams('blue', 'red');
});
afterAll(async () => server.close());

test('who inherited teams over a relation that is gone owns by itself, with the teams there were', async () => {
  const domain = await server.blueprint({ ownership: { type: 'Direct' } });
  const system = await server.blueprint({
    relations: { domain: { target: domain } },
    ownership: { type: 'Inherited', path: 'domain', title: 'Owners' },
  });
  const service = await server.blueprint({
    relations: { system: { target: system }, other: { target: domain } },
    ownership: { type: 'Inherited', path: 'system.domain' },
  });
  const older = await server.blueprint({
    relations: { system: { target: system } },
    teamInheritance: { path: 'system.domain' },
  });
  const apart = await server.blueprint({
    relations: { domain: { target: domain } },
    ownership: { type: 'Inherited', path: 'domain' },
  });
  await server.entity(domain, { identifier: 'd', team: ['blue'] });
  await server.entity(system, { identifier: 's', relations: { domain: 'd' } });
  await server.entity(service, { identifier: 'x', relations: { system: 's' } });
  const changed = await server.ask('PATCH', `/v1/blueprints/${system}`, { relations: { domain: null } });
  expect(changed.body['blueprint']).toMatchObject({ ownership: { type: 'Direct', title: 'Owners' } });
  const ownership = async (name: string): Promise<unknown> =>
    ((await server.ask('GET', `/v1/blueprints/${name}`)).body['blueprint'] as { ownership?: unknown }).ownership;
  expect(await ownership(service)).toEqual({ type: 'Direct' });
  expect(await ownership(older)).toEqual({ type: 'Direct' });
  expect(await ownership(apart)).toEqual({ type: 'Inherited', path: 'domain' });
  await server.settle();
  expect(await server.read(service, 'x')).toMatchObject({ team: ['blue'] });
  const own = await server.ask('PATCH', `/v1/blueprints/${service}/entities/x`, { team: ['red'] });
  expect(own.body['entity']).toMatchObject({ team: ['red'] });
});
