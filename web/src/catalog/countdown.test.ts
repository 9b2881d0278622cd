import { describe, expect, it } from 'vitest';
import { timeLeft } from './countdown.tsx';

describe('timeLeft', () => {
  it.each([
    [((2 * 24 + 4) * 60 + 59) * 60_000, '2 days 4 hr'],
    [3 * 3_600_000 + 60_000, '3 hr 1 min'],
    [65_999, '1 min 5 sec'],
    [4_200, '4 sec'],
    [10, '0 sec'],
    [-5_000, '0 sec'],
  ])('of %i ms is %s', (ms, words) => {
    expect(timeLeft(ms, 'en')).toBe(words);
  });
});
