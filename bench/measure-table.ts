import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { findChromium, openChromium } from '#testing/chromium.ts';
import { startBenchDatabase } from './bench-database.ts';
import { type Figure, median, percentile } from './figures.ts';
import { catalogBlueprint, fillCatalog } from './fill-catalog.ts';
import { adminPassword, startProgram } from './program.ts';

const entities = 100_000;
const openings = 5;
const jumps = 20;
const rowPixels = 40;

/** A table of 100,000 entities in a real browser: until its first row is there, and until it is there after a jump. */
export async function measureTable(): Promise<readonly Figure[]> {
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) throw new Error('Install Chromium to measure the table.');
  execFileSync(process.execPath, [join(import.meta.dirname, '..', 'tools', 'build-web.ts')]);
  const database = await startBenchDatabase();
  const program = await startProgram({ DATABASE_URL: database.product });
  const browser = await openChromium(executablePath);
  try {
    await program.call('POST', '/v1/blueprints', catalogBlueprint);
    await fillCatalog(database.product, 0, entities);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en' });
    await signIn(page, program.url);
    const opened: number[] = [];
    for (let opening = 0; opening <= openings; opening += 1) opened.push(await open(page, program.url));
    const clicked: number[] = [];
    for (let opening = 0; opening <= openings; opening += 1) clicked.push(await click(page, program.url));
    await open(page, program.url);
    const jumped = await jumpAbout(page);
    const note = `${entities} entities, Chromium on the same machine`;
    return [
      {
        name: 'table opens from the catalog, p50',
        value: median(clicked.slice(1)),
        unit: 'ms',
        promise: { atMost: 1000 },
        note,
      },
      {
        name: 'table opens, the whole page anew, p50',
        value: median(opened.slice(1)),
        unit: 'ms',
        promise: { atMost: 1000 },
        note,
      },
      { name: 'table, a jump → its rows, p99', value: percentile(jumped, 99), unit: 'ms', note: `${jumps} jumps` },
    ];
  } finally {
    await browser.close();
    await program.stop();
    await database.stop();
  }
}

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('E-mail').fill('admin@example.com');
  await page.getByRole('textbox', { name: 'Password' }).fill(adminPassword);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /, Admin\??$/ }).waitFor();
}

async function open(page: Page, url: string): Promise<number> {
  const begun = performance.now();
  await page.goto(`${url}/catalog/service`);
  await row(page, 0).waitFor();
  return performance.now() - begun;
}

/** As most people come: the pages are loaded, the rows are not. */
async function click(page: Page, url: string): Promise<number> {
  await page.goto(`${url}/catalog`);
  const link = page.locator('#content a[href="/catalog/service"]').first();
  await link.waitFor();
  const begun = performance.now();
  await link.click();
  await row(page, 0).waitFor();
  return performance.now() - begun;
}

/** Rows say which one of all they are, so a row that was dropped never comes. */
async function jumpAbout(page: Page): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let jump = 1; jump <= jumps; jump += 1) {
    const index = Math.floor((entities * ((jump * 37) % 100)) / 100);
    const begun = performance.now();
    await page.evaluate(`document.querySelector('[role=grid]').scrollTop = ${index * rowPixels}`);
    await row(page, index).waitFor();
    taken.push(performance.now() - begun);
  }
  return taken;
}

/** A row that has its entity; the header is the first of the grid. */
function row(page: Page, index: number): Locator {
  return page.locator(`[aria-rowindex="${index + 2}"][data-key]`);
}
