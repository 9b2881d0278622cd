import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assertShallow } from './check-text.ts';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test('JSON is refused by its depth alone, whatever its texts hold', () => {
  const nested = fc.tuple(
    fc.jsonValue({ maxDepth: 3 }),
    fc.integer({ min: 40, max: 60 }),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(nested, ([value, levels, text]) => {
      const deep = Array.from({ length: levels }).reduce<unknown>((inner) => ({ [text]: [inner] }), value);
      const json = JSON.stringify(deep);
      if (depthOf(deep) > 100) expect(() => assertShallow(json)).toThrow('nested');
      else expect(() => assertShallow(json)).not.toThrow();
    }),
  );
});

test('a mebibyte of brackets is refused', () => {
  expect(() => assertShallow('['.repeat(1_048_576))).toThrow('nested');
  assertShallow(`"${'['.repeat(1_000)}\\"${'{'.repeat(1_000)}"`);
});
