import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '#testing/chromium.ts';
import { type JourneyProgram, startJourneyProgram } from '#testing/journey-program.ts';

const executablePath = findChromium(process.env);

describe.skipIf(executablePath === undefined)('from an idea to the catalog, on the real program', () => {
  let journey: JourneyProgram;

  beforeAll(async () => {
    journey = await startJourneyProgram(executablePath ?? '', { QUAYSIDE_SAMPLE: 'on' });
  });
  afterAll(() => journey?.stop());

  test('a blueprint is built, an entity created, edited, found in its table and seen as a graph', async () => {
    const { page, faults } = await journey.signIn();
    const at = journey.program.address;

    await page.goto(`${at}/data-model/new`);
    await page.getByPlaceholder('Such as Service').fill('Library');
    await page.getByRole('button', { name: 'Add property' }).click();
    await page.getByRole('menuitem', { name: 'Number', exact: true }).click();
    await page.getByLabel('Title').last().fill('Stars');
    await page.getByRole('button', { name: 'Add relation or computed' }).click();
    await page.getByRole('menuitem', { name: 'Relation' }).click();
    await page.getByLabel('Points at').first().click();
    await page.getByRole('option', { name: 'Service', exact: true }).click();
    await page.getByRole('button', { name: 'Create blueprint' }).click();
    await page.waitForURL(`${at}/data-model/blueprints/library**`);

    await page.goto(`${at}/catalog/library`);
    await page.getByRole('button', { name: 'New Library' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Title').fill('Ropes and Knots');
    await dialog.getByLabel('Stars').fill('4');
    await dialog.getByLabel('Relation', { exact: false }).first().click();
    await page.getByRole('option', { name: 'Checkout' }).click();
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('complementary', { name: 'Ropes and Knots' }).waitFor();

    await page.goto(`${at}/catalog/library/ropes-and-knots?edit=1`);
    await dialog.getByLabel('Stars').fill('5');
    await dialog.getByRole('button', { name: 'Save changes' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.goto(`${at}/catalog/library`);
    await page
      .getByRole('row', { name: /Ropes and Knots/ })
      .getByText('5', { exact: true })
      .waitFor();

    await page.goto(`${at}/catalog/service/checkout?tab=related&view=graph`);
    await page.locator('.react-flow__node').filter({ hasText: 'Ropes and Knots' }).waitFor();
    await page.goto(`${at}/catalog/library/ropes-and-knots?tab=history`);
    await page.getByRole('slider', { name: 'Point in time' }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('What changed since').waitFor();
    expect(faults).toEqual([]);
  });
});
