import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { followJqPath, parseJqPath } from './jq-path.ts';
import { createJqPool } from './jq-pool.ts';

const settings = { size: 1, deadlineMs: 2000, maxOutputBytes: 1_000_000 };
const quick = createJqPool(settings);
const real = createJqPool({ ...settings, alwaysJq: true });
afterAll(() => Promise.all([quick.close(), real.close()]));

describe('an expression that is nothing but a path', () => {
  it.each([
    ['.', []],
    [' .a\n', ['a']],
    ['.run.id', ['run', 'id']],
    ['.entity.properties["a b"]', ['entity', 'properties', 'a b']],
    ['."a-b".c', ['a-b', 'c']],
    ['.["x"]["y"]', ['x', 'y']],
    ['.a.["x"][0][-1]', ['a', 'x', 0, -1]],
    ['.and.if', ['and', 'if']],
    ['.__proto__', ['__proto__']],
  ])('%s', (expression, path) => {
    expect(parseJqPath(expression)).toEqual(path);
  });

  it.each([
    '',
    'a',
    '..',
    '.a.',
    '.a?',
    '.[]',
    '.a[]',
    '.a b',
    '. a',
    '.é',
    '."a\\"b"',
    '."\\(1)"',
    '.a | .b',
    '.a.b # x',
    '["a"]',
    '.a[1.5]',
    '.a[1:]',
    '.a["b"',
    '.$x',
    '.a .b',
    '.a["\ud800"]',
    '.1',
    '.-a',
    '.a-b',
    '.["a","b"]',
  ])('%s is left to jq', (expression) => {
    expect(parseJqPath(expression)).toBeUndefined();
  });

  it('leaves inputs that JSON would change to jq, and copies what it answers', () => {
    const input = { at: new Date(0), list: [{ n: 1 }], map: new Map(), own: { toJSON: () => 1 } };
    expect(followJqPath(['at', 'x'], input)).toBeUndefined();
    expect(followJqPath(['map', 'x'], input)).toBeUndefined();
    expect(followJqPath(['own', 'x'], input)).toBeUndefined();
    expect(followJqPath(['at'], input)).toEqual({ ok: true, value: '1970-01-01T00:00:00.000Z' });
    const copied = followJqPath(['list'], input);
    expect(copied).toEqual({ ok: true, value: [{ n: 1 }] });
    expect(copied?.ok && copied.value).not.toBe(input.list);
  });

  it('does not see what an object inherits', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'length']) {
      expect(followJqPath([name], {})).toEqual({ ok: true, value: null });
    }
    expect(followJqPath(['length'], [1])).toMatchObject({ ok: false, reason: 'runtime' });
    expect(followJqPath(['length'], 'text')).toMatchObject({ ok: false, reason: 'runtime' });
  });
});

describe('paths followed in JavaScript', () => {
  const names = ['a', 'b', 'a-b', 'é', '', ' ', '__proto__', 'constructor', 'toString', '0', 'and', "it's", '😀'];
  const name = fc.constantFrom(...names);
  const number = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.constantFrom(0, -0, 1e21, 5e-324, NaN, Infinity));
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(null, true, false, undefined),
      number,
      fc.string(),
      fc.constantFrom('a\ud800', '\udc00', '\\ud800', '\u0000\u007f\u2028', '😀é'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
    ),
  }));
  const spelled = fc.oneof(
    name.map((key) => `[${JSON.stringify(key)}]`),
    name.map((key) => `.[${JSON.stringify(key)}]`),
    name.map((key) => `.${JSON.stringify(key)}`),
    fc.constantFrom('.a', '.b', '.__proto__', '.and', '.constructor'),
    fc.integer({ min: -4, max: 4 }).map((index) => `[${index}]`),
  );
  const path = fc
    .array(spelled, { maxLength: 4 })
    .map((steps) => steps.join(''))
    .map((steps) => (steps.startsWith('.') ? steps : `.${steps}`));

  it('answer exactly what jq answers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(path, { minLength: 12, maxLength: 12 }),
        fc.array(value, { minLength: 6, maxLength: 6 }),
        async (paths, inputs) => {
          expect(await quick.evaluateBatch(paths, inputs)).toEqual(await real.evaluateBatch(paths, inputs));
          expect(real.stats().threads).toBe(1);
        },
      ),
      { numRuns: 60 },
    );
    expect(quick.stats().threads).toBe(0);
  });
});
