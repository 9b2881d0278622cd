import { existsSync } from 'node:fs';

import { defineConfig } from 'vitest/config';

const folders = '{src,tools,bench,examples,web/src}';
const postgres = `${folders}/**/*.pg.test.ts`;
const browser = `${folders}/**/*.browser.test.ts`;
const postgresSetup = 'src/testing/postgres-global-setup.ts';

/** Sized for two cores. tools/run-tests.ts runs everything; `npx vitest run <path>` runs a part. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    // Half of the time went into loading the same program for every file; none of it keeps state of its own.
    isolate: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: [`${folders}/**/*.test.{ts,tsx}`],
          exclude: ['**/node_modules/**', postgres, browser],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'pg',
          include: [postgres],
          globalSetup: existsSync(postgresSetup) ? [postgresSetup] : [],
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: [browser],
          globalSetup: existsSync(postgresSetup) ? [postgresSetup] : [],
          // One Chromium at a time: two cores also have to carry the server and its database.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
