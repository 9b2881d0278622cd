import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '#testing/chromium.ts';
import { type JourneyProgram, startJourneyProgram } from '#testing/journey-program.ts';

const executablePath = findChromium(process.env);

describe.skipIf(executablePath === undefined)('in the table of a blueprint people', () => {
  let started: JourneyProgram;
  beforeAll(async () => {
    started = await startJourneyProgram(executablePath ?? '', { QUAYSIDE_SAMPLE: 'on' });
  });
  afterAll(async () => started?.stop());

  it('group, filter by nested rules, keep it as a view, and change many rows after looking at what it touches', async () => {
    const { page, faults } = await started.signIn();
    const address = started.program.address;
    const filter = JSON.stringify({
      combinator: 'or',
      rules: [
        { property: '$identifier', operator: 'isNotEmpty' },
        { combinator: 'and', rules: [{ property: '$title', operator: 'contains', value: 'zzz' }] },
      ],
    });
    await page.goto(`${address}/catalog/service?group=$team&filter=${encodeURIComponent(filter)}`);
    const heading = page.locator('[role=grid] button[aria-expanded]').first();
    await heading.waitFor();
    await page.locator('[role=grid] [data-key]').first().waitFor();
    await heading.click();
    await page.waitForURL(/folded=/);
    expect(await heading.getAttribute('aria-expanded')).toBe('false');
    await page
      .getByRole('button', { name: 'Open all groups' })
      .or(page.getByRole('button', { name: 'Close all groups' }))
      .click();

    await page.getByRole('button', { name: 'Advanced' }).click();
    await page.getByRole('dialog').getByText('JSON', { exact: true }).click();
    await page.waitForURL(/build=json/);
    await page.getByRole('dialog').getByText('Rules', { exact: true }).click();
    await page
      .getByRole('dialog')
      .getByText(/entit(y|ies) match/)
      .waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Add rule' }).first().click();
    await page.getByRole('button', { name: 'Apply filter' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: /^View:/ }).click();
    await page.getByRole('menuitem', { name: 'Save as new view' }).click();
    await page.getByLabel('Name').fill('By team');
    await page.getByLabel('Share with everybody').check();
    await page.getByRole('button', { name: 'Save view' }).click();
    await page.waitForURL(/view=view_/);
    await page.getByRole('button', { name: 'View: By team' }).waitFor();
    await page.goto(`${page.url().split('?')[0]}?${new URL(page.url()).searchParams.toString()}&sort=-$title`);
    await page.getByText('Unsaved changes').first().waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Unsaved changes').first().waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await page.close();
  });

  it('pick rows with Shift, see before and after, change them in one go, and move columns by keys', async () => {
    const { page, faults } = await started.signIn();
    const address = started.program.address;
    await page.goto(`${address}/catalog/service?view=all`);
    await page.locator('[role=grid] [data-index="0"][data-key]').waitFor();
    await page.locator('[role=grid] [data-index="0"] input').click();
    await page.locator('[role=grid] [data-index="2"] input').click({ modifiers: ['Shift'] });
    await page.getByText('3 picked').waitFor();
    await page.getByRole('region', { name: 'Picked entities' }).getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByRole('combobox', { name: 'Change' })
      .or(dialog.getByLabel('Change', { exact: true }))
      .first()
      .click();
    await page.getByRole('option', { name: 'Lifecycle' }).click();
    await dialog.getByText('Empty', { exact: true }).click();
    await dialog.getByRole('button', { name: 'Preview' }).click();
    await dialog.getByRole('button', { name: /^Change \d/ }).click();
    await dialog.getByText(/All done|Done in part/).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText('3 picked').waitFor({ state: 'detached' });

    const titles = async () => page.locator('[role=columnheader]').allInnerTexts();
    const before = await titles();
    await page.locator('[role=columnheader]').nth(1).getByRole('button').focus();
    await page.keyboard.press('Alt+ArrowRight');
    await page.waitForURL(/cols=/);
    await expect.poll(titles).toEqual([before[0], before[2], before[1], ...before.slice(3)]);
    expect(faults).toEqual([]);
    await page.close();
  });
});
