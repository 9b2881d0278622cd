import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../../../src/testing/chromium.ts';
import { openPages, type Pages } from '../../../dev/open-pages.ts';

const executablePath = findChromium(process.env);

describe.skipIf(executablePath === undefined)('in the panel of a widget, people', () => {
  let pages: Pages;

  beforeAll(async () => {
    pages = await openPages(executablePath ?? '');
  });

  afterAll(() => pages?.close());

  it('set what lists of runs, properties of an entity and texts are about, without JSON', async () => {
    const { page, faults } = await pages.open('light', 'en');
    await page.goto(`${pages.base}/pages/overview?edit=1`);
    const panel = page.getByRole('complementary', { name: 'Settings of the widget' });
    const add = async (name: RegExp): Promise<void> => {
      await page.getByRole('button', { name: 'Add a widget' }).click();
      await page.getByRole('dialog').getByRole('button', { name }).click();
    };
    await add(/^Runs The/);
    await choose(page, 'Action', 'Send scorecard reminder');

    await add(/^Properties/);
    await panel.getByText('Always this one').click();
    await choose(page, 'Blueprint', 'Service');
    await panel.getByText('Choose an entity.').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('One widget is not finished: Choose an entity.').waitFor();
    await choose(page, 'Entity', 'Checkout');
    await choose(page, 'Leave out', 'Language');
    await page.keyboard.press('Escape');
    await panel.getByRole('switch', { name: 'Also those without a value' }).press('Space');

    await add(/^Text/);
    await panel.getByText('Property of an entity').click();
    await choose(page, 'Blueprint', 'Service');
    await choose(page, 'Entity', 'Checkout');
    await panel.getByText('Choose a property.').waitFor();
    await choose(page, 'Property', 'Language');

    const saved = page.waitForRequest((request) => request.method() === 'PATCH');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const body = JSON.stringify((await saved).postDataJSON());
    for (const part of [
      { type: 'runs-table', title: 'Runs', action: 'send_scorecard_reminder' },
      {
        type: 'entity-info',
        title: 'Properties',
        blueprint: 'service',
        entity: 'checkout',
        hiddenQuery: ['language'],
        showEmptyValues: false,
      },
      {
        source: 'property',
        blueprintIdentifier: 'service',
        entityIdentifier: 'checkout',
        propertyIdentifier: 'language',
      },
    ])
      expect(body).toContain(JSON.stringify(part).slice(1, -1));
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option }).first().click();
}
