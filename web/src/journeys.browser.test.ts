import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../src/testing/chromium.ts';
import { openPages, settled, type Pages } from '../dev/open-pages.ts';

const executablePath = findChromium(process.env);

describe.skipIf(executablePath === undefined)('in a browser, people can', () => {
  let pages: Pages;

  beforeAll(async () => {
    pages = await openPages(executablePath ?? '');
  });

  afterAll(() => pages?.close());

  it('execute an action, show it in a toast, follow it to its end and find the message in Slack', async () => {
    const { page, faults } = await pages.open('light', 'en');
    await page.goto(`${pages.base}/self-service`);
    await page.getByRole('button', { name: 'Create: Send scorecard reminder' }).click();
    await page.getByRole('button', { name: 'Execute', exact: true }).click();
    await page.getByRole('link', { name: 'View details' }).click();
    await page.getByRole('log').getByText('Slack reminder sent successfully').waitFor();
    await page.locator('#content').getByText('Success', { exact: true }).first().waitFor();
    await page.goto(`${pages.base}/slack`);
    // One from the sample's past, one just now.
    await page.getByText('Production Readiness reminder').nth(1).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('keep what was typed, and put errors at their field', async () => {
    const { page } = await pages.open('light', 'en');
    await page.goto(`${pages.base}/self-service?action=scale_service&entity=checkout`);
    await page.getByLabel('Reason').fill('bad');
    await page.keyboard.press('Control+Enter');
    await page.getByText('This is needed.').waitFor();
    await page.reload();
    expect(await page.getByLabel('Reason').inputValue()).toBe('bad');
    await page
      .getByRole('combobox', { name: 'Environment' })
      .or(page.getByRole('textbox', { name: 'Environment' }))
      .first()
      .click();
    await page.getByRole('option', { name: 'staging' }).click();
    await page.getByRole('button', { name: 'Execute', exact: true }).click();
    await page.getByText('Say more than “bad”.').waitFor();
    expect(await page.getByLabel('Reason').getAttribute('aria-invalid')).toBe('true');
    await page.context().close();
  });

  it('fill in a form step by step: inputs come and go, JSON and links say the same, secrets stay here', async () => {
    const { page, faults } = await pages.open('light', 'en');
    const inputs = encodeURIComponent('{"stage":"staging","token":"from-a-link"}');
    await page.goto(`${pages.base}/self-service?action=open_window&entity=checkout&inputs=${inputs}`);
    await page.getByText('Step 1 of 2').waitFor();
    expect(await page.getByLabel('Change ticket').count()).toBe(0);
    const stage = page.getByRole('combobox', { name: 'Stage' }).or(page.getByRole('textbox', { name: 'Stage' }));
    expect(await stage.first().inputValue()).toBe('staging');
    await stage.first().click();
    await page.getByRole('option', { name: 'production' }).click();
    await page.getByLabel('Change ticket').fill('CHG-1');
    await page.getByText('JSON', { exact: true }).click();
    const json = page.getByLabel('Inputs as JSON');
    expect(JSON.parse(await json.inputValue())).toEqual({ stage: 'production', change: 'CHG-1', hours: 2 });
    await json.fill('{"stage": "production", "change": "CHG-2", "hours": 4}');
    await page.getByText('Form', { exact: true }).click();
    expect(await page.getByLabel('Change ticket').inputValue()).toBe('CHG-2');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Step 2 of 2').waitFor();
    const token = page.getByLabel('Pager token');
    expect(await token.inputValue()).toBe('');
    await page.keyboard.press('Control+Enter');
    await page.getByText('This is needed.').waitFor();
    await token.fill('hunter2');
    expect(await page.locator('body').innerText()).not.toContain('hunter2');
    await page.reload();
    await page.getByRole('button', { name: 'Next' }).click();
    expect(await page.getByLabel('Hours').inputValue()).toBe('4');
    expect(await page.getByLabel('Pager token').inputValue()).toBe('');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('lead Port’s addresses to the pages they mean', async () => {
    const { page } = await pages.open('light', 'en');
    for (const [from, to] of [
      ['/serviceEntity?identifier=checkout', '/catalog/service/checkout'],
      ['/organization/run?runId=r_QOz6WoOB1Q2lmhZZ', '/runs/r_QOz6WoOB1Q2lmhZZ'],
      ['/self-serve?action=scale_service', '/self-service?action=scale_service'],
    ] as const) {
      await page.goto(`${pages.base}${from}`);
      await page.waitForURL(`${pages.base}${to}`);
      await settled(page);
      expect(await page.getByRole('alert').count()).toBe(0);
    }
    await page.context().close();
  });

  it('walk a table by keyboard', async () => {
    const { page } = await pages.open('light', 'en');
    await page.goto(`${pages.base}/catalog/service`);
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.waitForURL(`${pages.base}/catalog/service?open=ledger`);
    await page.getByRole('complementary', { name: 'Ledger' }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(`${pages.base}/catalog/service`);
    expect(await page.getByRole('complementary', { name: 'Ledger' }).count()).toBe(0);
    await page.context().close();
  });
});
