import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../../../src/testing/chromium.ts';
import { openPages, type Pages } from '../../../dev/open-pages.ts';

const executablePath = findChromium(process.env);
const count = 3_000;

const entityAt = (index: number) => ({
  identifier: `row-${index}`,
  title: `Row ${index}`,
  blueprint: 'service',
  team: [],
  properties: {},
  relations: {},
  scorecards: {},
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'sample',
  updatedAt: '2026-01-01T00:00:00.000Z',
  updatedBy: 'sample',
});

describe.skipIf(executablePath === undefined)('in a browser, a stretch of rows', () => {
  let pages: Pages;

  beforeAll(async () => {
    pages = await openPages(executablePath ?? '');
  });

  afterAll(() => pages?.close());

  it('is picked whole with Shift, also where it was never in sight, and as far as rows can be named', async () => {
    const { page, faults } = await pages.open('light', 'en');
    await page.route('**/api/v1/blueprints/service/facets', async (route) =>
      route.fulfill({ json: { ok: true, count, facets: {} } }),
    );
    await page.route('**/api/v1/blueprints/service/rows', async (route) => {
      const { offset, limit } = route.request().postDataJSON() as { offset: number; limit: number };
      const length = Math.max(0, Math.min(limit, count - offset));
      await route.fulfill({ json: { ok: true, entities: Array.from({ length }, (_, at) => entityAt(offset + at)) } });
    });
    await page.goto(`${pages.base}/catalog/service`);
    const box = (index: number) => page.getByRole('checkbox', { name: `Pick Row ${index}`, exact: true });
    const scrollTo = async (index: number): Promise<void> => {
      await page.evaluate(`document.querySelector('[role=grid]').scrollTop = ${index * 40}`);
      await box(index).waitFor();
    };
    await box(0).click();
    await page.getByText('1 picked').waitFor();
    await scrollTo(900);
    await box(900).click({ modifiers: ['Shift'] });
    await page.getByText('901 picked').waitFor();
    expect(await page.getByText('not picked').count()).toBe(0);
    await scrollTo(450);
    expect(await box(450).isChecked()).toBe(true);
    await scrollTo(2_500);
    await box(2_500).click({ modifiers: ['Shift'] });
    await page.getByText('1,000 picked').waitFor();
    await page.getByText('1,501 rows of the stretch are not picked').waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
