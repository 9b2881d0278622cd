import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../../../src/testing/chromium.ts';
import { openPages, settled, type Pages } from '../../../dev/open-pages.ts';

const executablePath = findChromium(process.env);
const shots = process.env['SHOTS'];

async function shoot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}

describe.skipIf(executablePath === undefined)('in the pipeline builder, people can', () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await openPages(executablePath ?? '');
  });
  afterAll(() => pages?.close());

  it('say who decides, how many of them, and whom to ask when nobody does', async () => {
    const { page, faults } = await pages.open('light', 'en');
    await page.goto(`${pages.base}/pipelines/new`);
    await settled(page);
    await page.getByRole('button', { name: /add (a )?stage/i }).click();
    await page.getByRole('menuitem', { name: /manual judgment/i }).click();
    const who = page.getByRole('group', { name: 'Who may decide' });
    await who.getByLabel('Teams').first().fill('payments');
    await page
      .getByRole('option', { name: /payments/i })
      .first()
      .click();
    await page.keyboard.press('Escape');
    await shoot(page, 'approvers');
    await page.getByText('JSON', { exact: true }).click();
    await page.locator('.cm-content').getByText('approvers').waitFor();
    await page.getByText('Stages', { exact: true }).first().click();
    await page.getByRole('combobox', { name: 'How many have to approve' }).click();
    await page.getByRole('option', { name: 'Each of several groups' }).click();
    await page.getByRole('textbox', { name: 'Group' }).fill('Security');
    await page.getByLabel('Ask others after, in minutes').fill('240');
    await page.getByRole('group', { name: 'Who is asked then' }).waitFor();
    await shoot(page, 'judges');
    // A time window, by pointer as by any other way.
    const words = page.getByText('Begins only in a time window');
    await words.scrollIntoViewIfNeeded();
    const box = await words.boundingBox();
    await page.mouse.click((box?.x ?? 0) + 20, (box?.y ?? 0) + 8);
    await page.getByRole('group', { name: 'Days' }).waitFor();
    await page.getByRole('switch', { name: 'Begins only in a time window' }).press(' ');
    await page.getByRole('group', { name: 'Days' }).waitFor({ state: 'detached' });
    await page.getByText('JSON', { exact: true }).click();
    await page.locator('.cm-content').getByText('PT240M').waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

describe.skipIf(executablePath === undefined)('a page under which a new version was installed', () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await openPages(executablePath ?? '');
  });
  afterAll(() => pages?.close());

  it('loads itself again once, and never where something was typed', async () => {
    const { page } = await pages.open('light', 'en');
    await page.goto(`${pages.base}/pipelines`);
    await settled(page);
    await page.route(/command-palette/, async (route) => route.fulfill({ status: 404, body: '' }));
    const loaded = page.waitForEvent('load');
    await page.keyboard.press('Control+k');
    await loaded;
    await settled(page);
    await page.keyboard.press('Control+k');
    await page.getByText('A new version is ready.').waitFor();
    await shoot(page, 'new-version');
    await page.goto(`${pages.base}/pipelines/new`);
    await settled(page);
    await page.getByRole('textbox', { name: /^Name/ }).first().fill('Half written');
    await page.keyboard.press('Control+k');
    await page.getByText('A new version is ready.').waitFor();
    expect(await page.getByRole('textbox', { name: /^Name/ }).first().inputValue()).toBe('Half written');
    await page.context().close();
  });
});
