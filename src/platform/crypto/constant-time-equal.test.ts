import fc from 'fast-check';
import { expect, test } from 'vitest';
import { constantTimeEqual } from './constant-time-equal.ts';

test('agrees with === on texts, and takes texts and bytes alike', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (left, right) => {
      expect(constantTimeEqual(left, right)).toBe(left === right);
      expect(constantTimeEqual(left, Buffer.from(left, 'utf8'))).toBe(true);
    }),
  );
});

test('texts of different length are compared without an error', () => {
  expect(constantTimeEqual('a', 'ab')).toBe(false);
  expect(constantTimeEqual('', 'a')).toBe(false);
});

test('an early difference takes about as long as a late one', () => {
  const secret = 'x'.repeat(4096);
  const samples = (candidate: string): number[] =>
    Array.from({ length: 2_000 }, () => {
      const begun = process.hrtime.bigint();
      constantTimeEqual(secret, candidate);
      return Number(process.hrtime.bigint() - begun);
    }).toSorted((a, b) => a - b);
  const early = `y${secret.slice(1)}`;
  const late = `${secret.slice(1)}y`;
  samples(early);
  const ratios = Array.from({ length: 5 }, () => (samples(early)[1_000] ?? 0) / (samples(late)[1_000] ?? 1)).toSorted(
    (a, b) => a - b,
  );
  // Medians of a comparison that stops early would differ by far more than this.
  expect(ratios[2]).toBeGreaterThan(0.5);
  expect(ratios[2]).toBeLessThan(2);
});
