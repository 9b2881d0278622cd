import { expect, test } from 'vitest';
import { createBatcher, createKeyedBatcher, createLookup } from './batcher.ts';

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

test('a piece of work has so many items at most, each with its own result', async () => {
  const pieces: (readonly number[])[] = [];
  const double = createKeyedBatcher<number, number>(
    () => 'one place',
    async (items) => {
      pieces.push(items);
      return items.map((item) => item * 2);
    },
    2,
  );
  expect(await Promise.all([1, 2, 3, 4, 5].map(async (item) => double(item)))).toEqual([2, 4, 6, 8, 10]);
  expect(pieces).toEqual([[1, 2], [3, 4], [5]]);
});

test('rows are looked up together where they are, each id once, and what is not there is null', async () => {
  const asked: unknown[] = [];
  const find = createLookup<{ readonly place: string; readonly id: string }, { readonly id: string; at: string }>(
    ({ place }) => place,
    async ({ place }, ids) => {
      asked.push([place, ids]);
      return ids.filter((id) => id !== 'none').map((id) => ({ id, at: place }));
    },
  );
  const keys = [
    { place: 'a', id: '1' },
    { place: 'a', id: '1' },
    { place: 'b', id: '1' },
    { place: 'a', id: 'none' },
  ];
  expect(await Promise.all(keys.map(async (key) => find(key)))).toEqual([
    { id: '1', at: 'a' },
    { id: '1', at: 'a' },
    { id: '1', at: 'b' },
    null,
  ]);
  expect(asked).toEqual([
    ['a', ['1', 'none']],
    ['b', ['1']],
  ]);
});
