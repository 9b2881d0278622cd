import { expect, it } from 'vitest';
import { safeNext } from './safe-next.ts';

it.each([
  ['/runs/r_1', '/runs/r_1'],
  ['//evil.example.com', '/'],
  ['/\\evil.example.com', '/'],
  ['https://evil.example.com', '/'],
  [undefined, '/'],
])('after signing in, %s leads to %s', (next, path) => {
  expect(safeNext(next)).toBe(path);
});
