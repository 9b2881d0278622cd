import { expect, test } from 'vitest';
import { createBatcher } from './batcher.ts';

test('what comes while a piece is under way is done together, each with its own result', async () => {
  const pieces: (readonly number[])[] = [];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const double = createBatcher<number, number>(async (items) => {
    pieces.push(items);
    if (pieces.length === 1) await held;
    return items.map((item) => item * 2);
  });
  const first = double(1);
  await Promise.resolve();
  await Promise.resolve();
  const rest = [2, 3, 4].map(async (item) => double(item));
  release();
  expect(await Promise.all([first, ...rest])).toEqual([2, 4, 6, 8]);
  expect(pieces).toEqual([[1], [2, 3, 4]]);
});

test('a piece that fails is told to its own, and the next goes on', async () => {
  const answer = createBatcher<string, string>(async (items) => {
    if (items.includes('bad')) throw new Error('No');
    return items;
  });
  await expect(answer('bad')).rejects.toThrow('No');
  expect(await answer('good')).toBe('good');
});
