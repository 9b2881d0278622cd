import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type Program, startProgram } from '#app/start.ts';
import { openChromium } from './chromium.ts';
import { createTestDatabase } from './test-database.ts';

const password = 'a password for tests';

export interface JourneyProgram {
  readonly program: Program;
  readonly browser: Browser;
  /** The home page of the administrator, and what went wrong on it: errors, and requests to any other host. */
  signIn(): Promise<{ readonly page: Page; readonly faults: string[] }>;
  stop(): Promise<void>;
}

/** The whole program as people start it, with a database of its own, and a browser to walk it in. */
export async function startJourneyProgram(
  executablePath: string,
  settings: Readonly<Record<string, string>>,
): Promise<JourneyProgram> {
  const database = await createTestDatabase();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'quayside-journey-'));
  const program = await startProgram({
    environment: {
      DATABASE_URL: database.connectionString,
      QUAYSIDE_DATA_DIR: dataDirectory,
      QUAYSIDE_PORT: '0',
      QUAYSIDE_METRICS_PORT: '0',
      QUAYSIDE_LOG_LEVEL: 'silent',
      QUAYSIDE_ADMIN_PASSWORD: password,
      ...settings,
    },
    roles: { serve: true, work: true },
    say: () => undefined,
  });
  const browser = await openChromium(executablePath);
  return {
    program,
    browser,
    async signIn() {
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
      // It greets by the hour; at night with a question.
      await page.getByRole('heading', { name: /, Admin\??$/ }).waitFor();
      return { page, faults };
    },
    async stop() {
      await browser.close();
      await program.stop();
      await database.drop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
