import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jitterOf, readWindow, windowOpensAt } from './window-rules.ts';

const monday = new Date('2026-11-30T10:00:00Z');

function read(given: object) {
  const window = readWindow(given);
  if (window === null || typeof window === 'string') throw new Error(`No window: ${String(window)}`);
  return window;
}

test.each([
  [{ days: [2] }, '2026-11-30T10:00:00.000Z'],
  [{ days: [3] }, '2026-12-01T00:00:00.000Z'],
  [{ whitelist: [{ startHour: 11, startMin: 30, endHour: 12, endMin: 0 }] }, '2026-11-30T11:30:00.000Z'],
  [{ days: [1], whitelist: [{ startHour: 22, endHour: 2 }] }, '2026-12-06T22:00:00.000Z'],
  [{ whitelist: [{ startHour: 9, endHour: 17 }], timeZone: 'America/Los_Angeles' }, '2026-11-30T17:00:00.000Z'],
])('%j opens at %s', (given, opens) => {
  expect(windowOpensAt(read(given), monday)?.toISOString()).toBe(opens);
});

test('a jitter lies between its bounds, is the same for the same attempt, and spares starts by hand', () => {
  fc.assert(
    fc.property(fc.nat(3600), fc.nat(3600), fc.string(), (least, more, seed) => {
      const window = read({ jitter: { enabled: true, minDelay: least, maxDelay: least + more, skipManual: true } });
      const delay = jitterOf(window, seed, 'cron');
      expect(delay).toBeGreaterThanOrEqual(least * 1000);
      expect(delay).toBeLessThanOrEqual((least + more) * 1000);
      expect(jitterOf(window, seed, 'cron')).toBe(delay);
      expect(jitterOf(window, seed, 'manual')).toBe(0);
    }),
  );
  const always = read({ jitter: { enabled: true, minDelay: 5, maxDelay: 5 } });
  expect(jitterOf(always, 'x', 'manual')).toBe(5_000);
  expect(
    new Set(['a', 'b', 'c'].map((seed) => jitterOf(read({ jitter: { enabled: true, maxDelay: 600 } }), seed, 'cron')))
      .size,
  ).toBe(3);
});

test.each([
  [{ jitter: { enabled: true, minDelay: 9, maxDelay: 5 } }],
  [{ jitter: { enabled: true, minDelay: -1 } }],
  [{ jitter: { enabled: true, maxDelay: 1e9 } }],
  [{ days: [8] }],
  [{ timeZone: 'Mars/Base' }],
])('%j cannot be read', (given) => expect(readWindow(given)).toBeTypeOf('string'));

test('one that restricts nothing is none', () => {
  expect(readWindow({ days: [], whitelist: [], jitter: { enabled: false, maxDelay: 5 } })).toBeNull();
});
