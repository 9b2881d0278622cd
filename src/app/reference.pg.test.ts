import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { describeReference } from './describe-reference.ts';

const folder = new URL('../../docs/reference/', import.meta.url);

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(async () => app.stop());

test('docs/reference says what the program declares; `npm run reference` writes it anew', async () => {
  const pages = await describeReference(app.app);
  if (process.env['QUAYSIDE_TEST_WRITE_REFERENCE'] === 'yes') {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(pages)) writeFileSync(new URL(name, folder), text);
  }
  for (const [name, text] of Object.entries(pages)) {
    expect(readFileSync(new URL(name, folder), 'utf8'), name).toBe(text);
  }
});
