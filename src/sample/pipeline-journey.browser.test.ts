import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '#testing/chromium.ts';
import { type JourneyProgram, startJourneyProgram } from '#testing/journey-program.ts';

const executablePath = findChromium(process.env);

describe.skipIf(executablePath === undefined)('in the browser, a platform engineer can', () => {
  let journey: JourneyProgram;

  beforeAll(async () => {
    journey = await startJourneyProgram(executablePath ?? '', { QUAYSIDE_SAMPLE: 'off' });
  });

  afterAll(async () => journey?.stop());

  async function addStage(page: Page, type: RegExp): Promise<void> {
    await page.getByRole('button', { name: /^Add a stage/ }).click();
    await page.getByRole('menuitem', { name: type }).click();
  }

  it('build a pipeline with a judgment, start it, decide, and change it afterwards', async () => {
    const { page, faults } = await journey.signIn();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Pipelines' }).click();
    await page.getByRole('link', { name: 'New pipeline' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Deploy');
    await page.getByRole('combobox', { name: 'Application' }).fill('checkout');
    await addStage(page, /^Manual judgment/);
    await page.getByLabel('Instructions').fill('Look at the **dashboard** first.');
    await page.getByLabel('Word for going on').fill('Ship it');
    await addStage(page, /^Wait/);
    await page.getByLabel('Seconds').fill('0');
    await page.getByRole('button', { name: 'Create pipeline' }).click();

    await page.getByRole('button', { name: 'Start' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    const card = page.getByRole('region', { name: 'Manual judgment awaits your judgment' });
    await card.getByText('dashboard').waitFor();
    await card.getByLabel('Comment').fill('Quiet evening');
    await card.getByRole('button', { name: 'Ship it' }).click();
    await page.getByRole('main').getByText('Succeeded', { exact: true }).first().waitFor();
    await card.waitFor({ state: 'detached' });

    await page.getByRole('link', { name: 'Deploy', exact: true }).click();
    await page.getByRole('link', { name: /^#1 Succeeded/ }).waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.locator('#content').getByText('Settings', { exact: true }).click();
    await page.getByLabel('Description').fill('Ships the shop.');
    await page.keyboard.press('Control+s');
    await page.getByText('Deploy is saved').waitFor();
    await page.getByRole('link', { name: 'Deploy', exact: true }).click();
    await page.getByText('Ships the shop.').waitFor();
    await page.getByRole('tab', { name: 'Revisions' }).click();
    await page.getByText('Revision 2').waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });
});
