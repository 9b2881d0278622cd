import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Row } from '../widget.ts';
import { heighten, putBeside, putInRow, step, widen, WIDE } from './layout.ts';

const row = (...columns: readonly (readonly [id: string, size: number])[]): Row => ({
  height: 300,
  columns: columns.map(([id, size]) => ({ id, size })),
});
const shown = (layout: readonly Row[]): string =>
  layout.map(({ columns }) => columns.map(({ id, size }) => `${id}${size}`).join(' ')).join(' | ');
const layout = [row(['a', 6], ['b', 6]), row(['c', 12])];

it('puts widgets beside others and into rows of their own', () => {
  expect(shown(putBeside(layout, 'c', { id: 'a', side: 'after' }))).toBe('a4 c4 b4');
  expect(shown(putBeside(layout, 'a', { id: 'c', side: 'before' }))).toBe('b12 | a6 c6');
  expect(shown(putInRow(layout, 'a', 2))).toBe('b12 | c12 | a12');
  expect(shown(putInRow(layout, 'c', 0))).toBe('c12 | a6 b6');
});

it('moves them a step with the keyboard', () => {
  expect(shown(step(layout, 'a', 'right'))).toBe('b6 a6 | c12');
  expect(shown(step(layout, 'a', 'left'))).toBe('a6 b6 | c12');
  expect(shown(step(layout, 'c', 'up'))).toBe('a4 b4 c4');
  expect(shown(step(layout, 'b', 'down'))).toBe('a12 | b12 | c12');
});

it('makes them wider at the cost of their neighbour, and never too narrow', () => {
  expect(shown(widen(layout, 'a', 2))).toBe('a8 b4 | c12');
  expect(shown(widen(layout, 'b', 20))).toBe('a1 b11 | c12');
  expect(shown(widen(layout, 'c', -4))).toBe('a6 b6 | c8');
  expect(heighten(layout, 'c', -999)[1]?.height).toBe(120);
});

it('keeps every widget once and every row within its width, whatever is done', () => {
  const ids = fc.constantFrom('a', 'b', 'c');
  const directions = fc.constantFrom('left', 'right', 'up', 'down');
  const changes = fc.oneof(
    fc.tuple(ids, directions).map(
      ([id, to]) =>
        (rows: readonly Row[]) =>
          step(rows, id, to as 'left'),
    ),
    fc.tuple(ids, fc.integer({ min: -14, max: 14 })).map(
      ([id, by]) =>
        (rows: readonly Row[]) =>
          widen(rows, id, by),
    ),
    fc.tuple(ids, fc.nat(3)).map(
      ([id, at]) =>
        (rows: readonly Row[]) =>
          putInRow(rows, id, Math.min(at, rows.length)),
    ),
    fc.tuple(ids, ids).map(
      ([id, to]) =>
        (rows: readonly Row[]) =>
          putBeside(rows, id, { id: to, side: 'before' }),
    ),
  );
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 12 }), (list) => {
      const end = list.reduce<readonly Row[]>((rows, change) => change(rows), layout);
      const columns = end.flatMap((one) => one.columns);
      expect(columns.map((one) => one.id).toSorted()).toEqual(['a', 'b', 'c']);
      expect(columns.every((one) => one.size >= 1)).toBe(true);
      for (const one of end) expect(one.columns.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(WIDE);
    }),
  );
});
