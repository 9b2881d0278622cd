import { accessSync, constants, existsSync } from 'node:fs';

import { type Browser, chromium } from 'playwright-core';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Keeps the browser from calling anybody by itself; a page's own requests are not affected. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-gpu',
  '--no-first-run',
];

/** The system's Chromium: the file named by QUAYSIDE_TEST_CHROMIUM, else the first of the usual places. */
export function findChromium(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = environment['QUAYSIDE_TEST_CHROMIUM'];
  if (named === undefined || named === '') return places.find((place) => existsSync(place));
  accessSync(named, constants.X_OK);
  return named;
}

/** A headless browser for `*.browser.test.ts`; close it in `afterAll`. */
export async function openChromium(executablePath: string): Promise<Browser> {
  // Chromium's own sandbox does not start as root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...quiet, ...sandbox] });
}
