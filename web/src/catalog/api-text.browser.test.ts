import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../../src/testing/chromium.ts';
import { openPages, type Pages, settled } from '../../dev/open-pages.ts';

const executablePath = findChromium(process.env);

const orders = `# Kept by the team
openapi: 3.1.0
info:
  title: Orders
  version: 2.4.0
  description: Takes orders and tells how far they are.
paths:
  /orders:
    get:
      summary: All orders
      parameters:
        - { $ref: '#/components/parameters/limit' }
        - { $ref: 'https://example.com/common.yaml#/page' }
      responses:
        '200': { $ref: '#/components/responses/list' }
    post:
      summary: Place an order
  /orders/{id}:
    delete:
      <<: &common { tags: [orders] }
      summary: Cancel an order
components:
  parameters:
    limit: { name: limit, in: query, schema: { $ref: '#/components/schemas/Count' } }
  responses:
    list: { description: A list of orders }
  schemas:
    Count: { type: integer }
`;

const events = `asyncapi: 3.0.0
info: { title: Order events, version: 1.0.0 }
channels:
  placed: { address: orders.placed }
operations:
  onPlaced: { action: receive, summary: An order was placed, channel: { $ref: '#/channels/placed' } }
`;

describe.skipIf(executablePath === undefined)('on the page of an entity', () => {
  let pages: Pages;

  beforeAll(async () => {
    pages = await openPages(executablePath ?? '');
  });

  afterAll(() => pages?.close());

  it('descriptions of interfaces kept as text are read, told from other text, or opened where they are', async () => {
    const { page, faults } = await pages.open('light', 'en');
    const text = (spec: string, title: string) => ({ type: 'string', spec, title });
    const properties = {
      orders: text('open-api', 'Orders API'),
      events: text('async-api', 'Events'),
      broken: text('open-api', 'Half written'),
      other: text('open-api', 'Notes'),
      elsewhere: { ...text('open-api', 'Payments API'), format: 'url' },
    };
    const post = async (path: string, data: object): Promise<void> => {
      expect((await page.request.post(`${pages.base}${path}`, { data })).status()).toBe(201);
    };
    await post('/v1/blueprints', {
      identifier: 'interface',
      title: 'Interface',
      icon: 'Swagger',
      schema: { properties, required: [] },
      relations: {},
    });
    await post('/v1/blueprints/interface/entities', {
      identifier: 'shop',
      title: 'Shop',
      properties: {
        orders,
        events,
        broken: 'openapi: 3.1.0\ninfo: [\npaths: {}',
        other: 'owner: payments',
        elsewhere: 'https://example.com/payments/openapi.yaml',
      },
      relations: {},
    });
    await page.goto(`${pages.base}/catalog/interface/shop`);
    await settled(page);
    await page.getByText('Version 2.4.0').waitFor();
    await page.getByText('Place an order', { exact: true }).waitFor();
    await page.getByText('3 operations').waitFor();
    await page.getByText('All orders', { exact: true }).click();
    await page.getByText('A list of orders', { exact: true }).waitFor();
    await page.getByText('query, Count: integer', { exact: true }).waitFor();
    await page.getByText('https://example.com/common.yaml#/page', { exact: true }).waitFor();
    await page.getByText('kept elsewhere, not fetched').waitFor();
    await page.getByText('orders.placed', { exact: true }).waitFor();
    await page.getByText('line 3 cannot be read').waitFor();
    await page.getByText('nothing in it says openapi').waitFor();
    const link = page.getByRole('link', { name: 'Open', exact: true });
    expect(await link.getAttribute('href')).toBe('https://example.com/payments/openapi.yaml');
    await page.locator('summary', { hasText: 'Source' }).first().click();
    await page.getByText('# Kept by the team', { exact: true }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
