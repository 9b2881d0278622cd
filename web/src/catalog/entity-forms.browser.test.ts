import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../../src/testing/chromium.ts';
import { openPages, type Pages } from '../../dev/open-pages.ts';

const executablePath = findChromium(process.env);

describe.skipIf(executablePath === undefined)('in a browser, people can', () => {
  let pages: Pages;

  beforeAll(async () => {
    pages = await openPages(executablePath ?? '');
  });

  afterAll(() => pages?.close());

  const choose = async (page: Page, label: string, option: string): Promise<void> => {
    await page.getByRole('dialog').getByLabel(label, { exact: false }).first().click();
    await page.getByRole('option', { name: option }).click();
  };
  const values = async (page: Page, label: string): Promise<string> =>
    page.getByRole('dialog').getByLabel(label).first().inputValue();

  it('create an entity: what is missing stands at its field, what was typed stays, the table shows it', async () => {
    const { page, faults } = await pages.open('light', 'en');
    await page.goto(`${pages.base}/catalog/service`);
    await page.getByRole('button', { name: 'New Service' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Title').fill('Harbour Master');
    expect(await values(page, 'Identifier')).toBe('harbour-master');
    await page.keyboard.press('Control+Enter');
    await dialog.getByText('This is needed.').waitFor();
    await page.reload();
    await dialog.getByText('This is what you typed before.').waitFor();
    expect(await values(page, 'Title')).toBe('Harbour Master');
    await choose(page, 'Language', 'Go');
    await dialog.getByLabel('Test coverage').fill('101');
    await page.keyboard.press('Control+Enter');
    await dialog.getByText('must be <= 100').waitFor();
    expect(await dialog.getByLabel('Test coverage').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('Test coverage').fill('91');
    await choose(page, 'Depends on', 'Checkout');
    await page.keyboard.press('Escape');
    await dialog.getByText('JSON', { exact: true }).click();
    await dialog.getByText('"harbour-master"').waitFor();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('complementary', { name: 'Harbour Master' }).waitFor();
    expect(page.url()).toContain('open=harbour-master');
    expect(faults.filter((fault) => !fault.includes('422'))).toEqual([]);
    await page.context().close();
  });

  it('edit an entity while somebody else does: both keep what they changed, and what clashes is asked', async () => {
    const { page } = await pages.open('light', 'en');
    const address = `${pages.base}/v1/blueprints/service/entities/ledger`;
    await page.goto(`${pages.base}/catalog/service/ledger?edit=1`);
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Title').fill('Ledger of mine');
    await page.request.patch(address, { data: { properties: { coverage: 33 } } });
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('heading', { name: 'Ledger of mine' }).waitFor();
    await page.getByText('33', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await dialog.getByLabel('Title').fill('Mine again');
    await page.request.patch(address, { data: { title: 'Theirs' } });
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Somebody else changed this entity').waitFor();
    await page.getByRole('button', { name: 'Save with these' }).click();
    await page.getByRole('heading', { name: 'Mine again' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.context().close();
  });

  it('see what a deletion touches before it is done', async () => {
    const { page } = await pages.open('light', 'en');
    await page.goto(`${pages.base}/catalog/service/accounts`);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await page.getByText('Stay, but no longer point at it').waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.waitForURL(`${pages.base}/catalog/service`);
    await page.getByText('Deleted “', { exact: false }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.context().close();
  });

  it('look at relations as a graph and back in time', async () => {
    const { page, faults } = await pages.open('light', 'en');
    await page.goto(`${pages.base}/catalog/service/checkout?tab=related&view=graph`);
    await page.getByText('Show its relations').count();
    const root = page.locator('.react-flow__node').filter({ hasText: 'Checkout' }).first();
    await root.click();
    await page.getByRole('button', { name: 'Hide its relations' }).click();
    await page.getByText('1 entity').waitFor();
    await page.goto(`${pages.base}/catalog/service/checkout?tab=history`);
    await page.getByRole('slider', { name: 'Point in time' }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('What changed since').waitFor();
    expect(page.url()).toContain('at=');
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
