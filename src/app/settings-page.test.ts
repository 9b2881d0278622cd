import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { settingsPage } from './settings-page.ts';

test('the page of settings says what the program reads', async () => {
  const page = new URL('../../docs/guide/settings.md', import.meta.url);
  expect(readFileSync(page, 'utf8')).toBe(settingsPage());
});
