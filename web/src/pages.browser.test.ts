import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFixtureServer } from '../dev/server.ts';
import { findChromium, openChromium } from '../../src/testing/chromium.ts';

const executablePath = findChromium(process.env);

const pages = [
  '/',
  '/catalog',
  '/catalog/service',
  '/catalog/service?open=checkout',
  '/catalog/service/checkout',
  '/catalog/service/invoicing?tab=scorecards',
  '/catalog/service/checkout?tab=runs',
  '/self-service',
  '/self-service?action=request_access',
  '/runs/r_z0nJYJv0wCm2ASTR',
  '/runs/r_QOz6WoOB1Q2lmhZZ?tab=entities',
  '/scorecards',
  '/scorecards/service/ProductionReadiness',
  '/slack',
  '/deliveries',
  '/audit',
  '/audit?tab=runs',
  '/settings/people',
  '/settings/teams',
  '/settings/credentials',
  '/settings/integrations',
  '/catalog/service/no-such-thing',
];

describe.skipIf(executablePath === undefined)('the pages in a browser', () => {
  let server: Server;
  let base: string;
  let browser: Browser;

  beforeAll(async () => {
    server = await startFixtureServer(0);
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await openChromium(executablePath ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  async function settled(page: Page): Promise<void> {
    await page.locator('h1, [role=alert], [role=dialog]').first().waitFor();
    await page.locator('[data-pending]').first().waitFor({ state: 'detached' });
  }

  /** A signed-in page, and everything it complained about or asked of other hosts. */
  async function open(theme: 'light' | 'dark', language: 'en' | 'zh-CN'): Promise<{ page: Page; faults: string[] }> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    await context.addInitScript(
      (chosen) => {
        for (const [key, value] of Object.entries(chosen)) localStorage.setItem(key, value);
      },
      { 'quayside-theme': theme, 'quayside-language': language },
    );
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('404')) faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(base)) faults.push(`foreign request: ${request.url()}`);
    });
    await page.goto(`${base}/sign-in`);
    await page.locator('input[name=email]').fill('admin@example.com');
    await page.locator('input[name=password]').fill('anything');
    await page.locator('button[type=submit]').click();
    await page.locator('#content').waitFor();
    return { page, faults };
  }

  it.each([
    ['light', 'en'],
    ['dark', 'zh-CN'],
  ] as const)('have no accessibility violation, fault or foreign request (%s, %s)', async (theme, language) => {
    const { page, faults } = await open(theme, language);
    for (const path of pages) {
      await page.goto(`${base}${path}`);
      await settled(page);
      const axe = new AxeBuilder({ page });
      // Structure is the same in every theme and language; colours are not.
      const { violations } = await (theme === 'light' ? axe : axe.withRules(['color-contrast'])).analyze();
      const found = violations.map(
        (one) =>
          `${one.id}: ${one.nodes
            .map((node) => node.target.join(' '))
            .slice(0, 3)
            .join(', ')}`,
      );
      expect.soft(found, path).toEqual([]);
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('execute an action, show it in a toast, follow it to its end and find the message in Slack', async () => {
    const { page, faults } = await open('light', 'en');
    await page.goto(`${base}/self-service`);
    await page.getByRole('button', { name: 'Create: Send scorecard reminder' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByRole('link', { name: 'View details' }).click();
    await page.getByRole('log').getByText('Slack reminder sent successfully').waitFor();
    await page.locator('#content').getByText('Success', { exact: true }).first().waitFor();
    await page.goto(`${base}/slack`);
    // One from the sample's past, one just now.
    await page.getByText('Production Readiness reminder').nth(1).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('keep what was typed, and put errors at their field', async () => {
    const { page } = await open('light', 'en');
    await page.goto(`${base}/self-service?action=scale_service&entity=checkout`);
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
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByText('Say more than “bad”.').waitFor();
    await page.context().close();
  });

  it('lead Port’s addresses to the pages they mean', async () => {
    const { page } = await open('light', 'en');
    for (const [from, to] of [
      ['/serviceEntity?identifier=checkout', '/catalog/service/checkout'],
      ['/organization/run?runId=r_QOz6WoOB1Q2lmhZZ', '/runs/r_QOz6WoOB1Q2lmhZZ'],
      ['/self-serve?action=scale_service', '/self-service?action=scale_service'],
    ] as const) {
      await page.goto(`${base}${from}`);
      await page.waitForURL(`${base}${to}`);
    }
    await page.context().close();
  });

  it('walk a table by keyboard', async () => {
    const { page } = await open('light', 'en');
    await page.goto(`${base}/catalog/service`);
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.waitForURL(`${base}/catalog/service?open=ledger`);
    await page.getByRole('complementary', { name: 'Ledger' }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(`${base}/catalog/service`);
    await page.context().close();
  });
});
