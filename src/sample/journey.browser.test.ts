import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, startProgram } from '#app/start.ts';
import { findChromium, openChromium } from '#testing/chromium.ts';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';

const executablePath = findChromium(process.env);
const password = 'a password for tests';

describe.skipIf(executablePath === undefined)('after a first start, a newcomer can', () => {
  let database: TestDatabase;
  let dataDirectory: string;
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDirectory = await mkdtemp(join(tmpdir(), 'journey-'));
    program = await startProgram({
      environment: {
        DATABASE_URL: database.connectionString,
        QUAYSIDE_DATA_DIR: dataDirectory,
        QUAYSIDE_PORT: '0',
        QUAYSIDE_METRICS_PORT: '0',
        QUAYSIDE_LOG_LEVEL: 'silent',
        QUAYSIDE_SAMPLE: 'on',
        QUAYSIDE_ADMIN_PASSWORD: password,
      },
      roles: { serve: true, work: true },
      say: () => undefined,
    });
    browser = await openChromium(executablePath ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await program?.stop();
    await database?.drop();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  /** A signed-in page, and what went wrong on it: errors, and requests to any other host. */
  async function signIn(): Promise<{ page: Page; faults: string[] }> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en' });
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(program.address)) faults.push(`foreign request: ${request.url()}`);
    });
    await page.goto(program.address);
    await page.getByLabel('E-mail').fill('admin@example.com');
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Good .*, Admin$/ }).waitFor();
    // From here on every answer is expected to be a good one.
    page.on('response', (response) => {
      if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
    });
    return { page, faults };
  }

  function place(page: Page, name: string) {
    return page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
  }

  it.each([
    { action: 'Send scorecard reminder', log: 'Slack reminder sent successfully', earlier: 0 },
    { action: 'Send scorecard reminder (built in)', log: 'production-readiness', earlier: 1 },
  ])('execute “$action”, watch it succeed and find the reminder in Slack', async ({ action, log, earlier }) => {
    const { page, faults } = await signIn();
    await place(page, 'Self-service').click();
    await page.getByRole('button', { name: `Create: ${action}`, exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Execute', exact: true }).click();
    await page.getByRole('link', { name: 'View details' }).click();
    await page.getByRole('log').getByText(log).first().waitFor();
    await page.locator('#content').getByText('Success', { exact: true }).first().waitFor();

    await place(page, 'Slack (local)').click();
    await page.getByRole('heading', { name: 'production-readiness' }).waitFor();
    const channel = page.getByRole('log');
    await channel.getByText('Production Readiness reminder').nth(earlier).waitFor();
    await channel.getByText('Legacy exporter').nth(earlier).waitFor();
    expect(await channel.getByText('Checkout', { exact: true }).count()).toBe(0);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('change the health of a deployment and see the change told in Slack', async () => {
    const { page, faults } = await signIn();
    await place(page, 'Self-service').click();
    await page.getByRole('button', { name: 'Execute: Report health' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Entity' }).click();
    await page.getByRole('option', { name: /Cart API Production/ }).click();
    await dialog.getByRole('button', { name: 'Execute', exact: true }).click();
    await page.getByRole('link', { name: 'View details' }).click();
    await page.locator('#content').getByText('Success', { exact: true }).first().waitFor();
    await place(page, 'Slack (local)').click();
    await page.getByRole('link', { name: 'deployments' }).click();
    await page.getByRole('log').getByText('Change in Cart API Production health status').waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });
});
