import { beforeEach, expect, test } from 'vitest';
import { forgetTyping, isMissingPart, mayReload, noteReload, watchTyping } from './missing-part.ts';

const kept = new Map<string, string>();
const place = { href: 'http://127.0.0.1/a' };

beforeEach(() => {
  kept.clear();
  place.href = 'http://127.0.0.1/a';
  forgetTyping();
  Object.assign(globalThis, {
    location: place,
    sessionStorage: { getItem: (key: string) => kept.get(key) ?? null, setItem: kept.set.bind(kept) },
  });
});

test('knows what browsers say of a part that is gone, and nothing else', () => {
  for (const words of [
    'Failed to fetch dynamically imported module: http://127.0.0.1/assets/a.js',
    'error loading dynamically imported module: http://127.0.0.1/assets/a.js',
    'Importing a module script failed.',
    'Unable to preload CSS for /assets/a.css',
  ]) {
    expect(isMissingPart(new TypeError(words))).toBe(true);
  }
  expect(isMissingPart(new TypeError('x is undefined'))).toBe(false);
  expect(isMissingPart('Importing a module script failed.')).toBe(false);
});

test('reloads once at an address, and again after a while or elsewhere', () => {
  expect(mayReload(0)).toBe(true);
  noteReload(0);
  expect(mayReload(1_000)).toBe(false);
  expect(mayReload(61_000)).toBe(true);
  place.href = 'http://127.0.0.1/b';
  expect(mayReload(1_000)).toBe(true);
});

test('does not where somebody wrote something', () => {
  const target = new EventTarget();
  watchTyping(target);
  target.dispatchEvent(new Event('input'));
  expect(mayReload()).toBe(false);
  forgetTyping();
  expect(mayReload()).toBe(true);
});
