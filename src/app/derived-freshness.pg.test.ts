import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ working: true });
});
afterAll(async () => app.stop());

type Shown = Readonly<Record<string, unknown>>;

async function made(path: string, body: object): Promise<void> {
  const answer = await app.call('POST', path, body);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
}

async function read(blueprint: string, identifier: string): Promise<Shown> {
  return (await app.call('GET', `/v1/blueprints/${blueprint}/entities/${identifier}`)).body['entity'] as Shown;
}

test('the whole program brings what depends on a change up to date by itself, scores included', async () => {
  await made('/v1/blueprints', {
    identifier: 'system',
    title: 'System',
    schema: { properties: { tier: { type: 'string' } } },
  });
  await made('/v1/blueprints', {
    identifier: 'service',
    title: 'Service',
    schema: { properties: { cost: { type: 'number' } } },
    relations: { system: { target: 'system' } },
    mirrorProperties: { tier: { path: 'system.tier' } },
    calculationProperties: { shout: { type: 'string', calculation: '.properties.tier | ascii_upcase' } },
  });
  await app.call('PATCH', '/v1/blueprints/system', {
    aggregationProperties: {
      total: {
        title: 'Total',
        target: 'service',
        calculationSpec: { calculationBy: 'property', property: 'cost', func: 'sum' },
      },
    },
  });
  const rule = (property: string, value: unknown, operator: string) => ({
    identifier: 'only',
    title: 'Only',
    level: 'Gold',
    query: { combinator: 'and', conditions: [{ property, operator, value }] },
  });
  await made('/v1/blueprints/service/scorecards', { identifier: 's', title: 'S', rules: [rule('shout', 'GOLD', '=')] });
  await made('/v1/blueprints/system/scorecards', { identifier: 'c', title: 'C', rules: [rule('total', 10, '<')] });
  await made('/v1/blueprints/system/entities', { identifier: 'shop', properties: { tier: 'gold' } });
  await made('/v1/blueprints/service/entities', {
    identifier: 'cart',
    properties: { cost: 7 },
    relations: { system: 'shop' },
  });
  expect(await read('service', 'cart')).toMatchObject({
    properties: { tier: 'gold', shout: 'GOLD' },
    scorecards: { s: { level: 'Gold' } },
  });
  const soon = { timeout: 20_000, interval: 10 };
  await expect
    .poll(async () => read('system', 'shop'), soon)
    .toMatchObject({
      properties: { total: 7 },
      scorecards: { c: { level: 'Gold' } },
    });
  await app.call('PATCH', '/v1/blueprints/system/entities/shop', { properties: { tier: 'low' } });
  await app.call('PATCH', '/v1/blueprints/service/entities/cart', { properties: { cost: 11 } });
  await expect
    .poll(async () => read('system', 'shop'), soon)
    .toMatchObject({
      properties: { total: 11 },
      scorecards: { c: { level: 'Basic' } },
    });
  await expect
    .poll(async () => read('service', 'cart'), soon)
    .toMatchObject({
      properties: { tier: 'low', shout: 'LOW' },
      scorecards: { s: { level: 'Basic' } },
    });
});
