import { describe, expect, it } from 'vitest';
import { humanDuration, relativeTime } from './time.tsx';

describe('times', () => {
  const now = new Date('2026-03-04T12:00:00Z');
  it.each([
    ['2026-03-04T11:59:58Z', 'now', '现在'],
    ['2026-03-04T11:55:00Z', '5 minutes ago', '5分钟前'],
    ['2026-03-03T12:00:00Z', 'yesterday', '昨天'],
    ['2026-03-04T12:00:40Z', 'in 40 seconds', '40秒钟后'],
  ])('%s', (at, english, chinese) => {
    expect(relativeTime(new Date(at), now, 'en')).toBe(english);
    expect(relativeTime(new Date(at), now, 'zh-CN')).toBe(chinese);
  });

  it.each([
    [840, '0.8 sec'],
    [59_600, '1 min 0 sec'],
    [3_599_900, '1 hr 0 min'],
    [3_720_000, '1 hr 2 min'],
  ])('%d ms', (milliseconds, words) => {
    expect(humanDuration(milliseconds, 'en')).toBe(words);
  });
});
