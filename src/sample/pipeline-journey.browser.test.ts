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

describe.skipIf(executablePath === undefined)('in the browser, a platform engineer can', () => {
  let database: TestDatabase;
  let dataDirectory: string;
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDirectory = await mkdtemp(join(tmpdir(), 'pipelines-'));
    program = await startProgram({
      environment: {
        DATABASE_URL: database.connectionString,
        QUAYSIDE_DATA_DIR: dataDirectory,
        QUAYSIDE_PORT: '0',
        QUAYSIDE_METRICS_PORT: '0',
        QUAYSIDE_LOG_LEVEL: 'silent',
        QUAYSIDE_SAMPLE: 'off',
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

  async function signIn(): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en' });
    await page.goto(program.address);
    await page.getByLabel('E-mail').fill('admin@example.com');
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Good .*, Admin$/ }).waitFor();
    return page;
  }

  async function addStage(page: Page, type: RegExp): Promise<void> {
    await page.getByRole('button', { name: /^Add a stage/ }).click();
    await page.getByRole('menuitem', { name: type }).click();
  }

  it('build a pipeline with a judgment, start it, decide, and change it afterwards', async () => {
    const page = await signIn();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
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
