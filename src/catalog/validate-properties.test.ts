import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BlueprintDefinition, PropertyDefinition } from './blueprint-document.ts';
import { type Fault, valueSchema } from './property-rules.ts';
import { checkDefinitions, propertyValidator } from './validate-properties.ts';

function faultsOf(definition: object, value: unknown): readonly string[] {
  const blueprint = { schema: { properties: { p: definition as PropertyDefinition }, required: [] } };
  return propertyValidator(blueprint as unknown as BlueprintDefinition)({ p: value }).map(({ path, message }) =>
    `${path} ${message}`.trim(),
  );
}

function definitionFaults(definition: object): readonly Fault[] {
  const faults: Fault[] = [];
  checkDefinitions({ p: definition as PropertyDefinition }, faults);
  return faults;
}

const fits = (definition: object, value: unknown): boolean => faultsOf(definition, value).length === 0;

describe('formats', () => {
  test.each([
    ['date-time', ['2022-12-07T12:53:52.916Z', '2022-12-07T12:53:52+02:00', '2024-02-29T00:00:00z']],
    ['timer', ['2030-01-01T00:00:00Z']],
    [
      'url',
      ['https://example.com', 'http://localhost:3000/a?b#c', 'ssh://git@example.com/x.git', 'https://müller.example'],
    ],
    ['email', ['a@example.com', 'first.last+tag@sub.example.com']],
    ['idn-email', ['日本@例え.jp']],
    ['user', ['someone@example.com']],
    ['ipv4', ['10.0.0.1']],
    ['ipv6', ['::1', '2001:db8::8a2e:370:7334']],
    ['markdown', ['# Title\n\n- a']],
    ['yaml', ['a: [1, 2]']],
    ['proto', ['syntax = "proto3";']],
    ['team', ['Payments & Co.']],
    ['blueprints', ['service']],
    ['labeled-url', ['https://example.com']],
  ])('%s takes %j', (format, values) => {
    for (const value of values) expect(fits({ type: 'string', format }, value)).toBe(true);
  });

  test.each([
    [
      'date-time',
      [
        'yesterday',
        '2022-12-07',
        '2022-12-07T12:53:52',
        '2022-02-30T00:00:00Z',
        '2022-13-01T00:00:00Z',
        '0000-01-01T00:00:00Z',
        '2022-12-07T25:00:00Z',
        '2022-12-07T12:00:00+19:00',
        '+012022-12-07T12:53:52Z',
      ],
    ],
    [
      'url',
      ['example.com', '/path', 'javascript:alert(1)', 'javascript://%0aalert(1)', 'data:text/html,x', 'https://', ''],
    ],
    ['email', ['a', '@b', 'a@', 'a b@c.d', 'a@b@c', `${'x'.repeat(400)}@example.com`, '<a@b.c>']],
    ['ipv4', ['10.0.0', '256.1.1.1', '::1']],
    ['ipv6', ['10.0.0.1', ':::1']],
    ['timer', ['in an hour', '']],
  ])('%s refuses %j', (format, values) => {
    for (const value of values) expect(fits({ type: 'string', format }, value)).toBe(false);
  });

  test('a labelled address may be an object', () => {
    const definition = { type: 'object', format: 'labeled-url' };
    expect(fits(definition, { url: 'https://example.com', displayText: 'Docs' })).toBe(true);
    expect(fits(definition, { displayText: 'Docs' })).toBe(false);
    expect(fits(definition, { url: 'javascript:alert(1)' })).toBe(false);
    expect(fits({ type: 'array', items: { type: 'string', format: 'email' } }, ['a@example.com', 'b'])).toBe(false);
  });
});

describe('keywords', () => {
  test.each([
    [{ type: 'string', minLength: 2, maxLength: 3 }, ['ab', 'abc', '👍👍👍'], ['a', 'abcd']],
    [{ type: 'number', minimum: 1, exclusiveMaximum: 5 }, [1, 4.9], [0, 5, '1', Infinity]],
    [{ type: 'number', enum: [1, 2] }, [1, 2], [3, '1']],
    [{ type: 'boolean' }, [true, false], [0, 'true']],
    [{ type: 'array', minItems: 1, items: { type: 'number' } }, [[1]], [[], ['1'], {}]],
    [
      { type: 'array', uniqueItems: true },
      [[{ a: 1, b: 2 }, { a: 2 }]],
      [
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      ],
    ],
    [{ type: 'object', minProperties: 1, maxProperties: 2 }, [{ a: 1 }], [{}, { a: 1, b: 2, c: 3 }, []]],
    [
      { type: 'object', properties: { a: { type: 'number' } }, required: ['a'], additionalProperties: false },
      [{ a: 1 }],
      [{}, { a: '1' }, { a: 1, b: 2 }],
    ],
    [{ type: 'object', patternProperties: { '^x-': { type: 'string' } } }, [{ 'x-a': 's', b: 1 }], [{ 'x-a': 1 }]],
    [{ type: 'object', required: ['constructor', 'toString'] }, [{ constructor: 1, toString: 2 }], [{}]],
    [{ type: 'string', pattern: '^[\\w-]+/[\\w-]+$' }, ['org/repo'], ['org', 'a/b/c']],
  ])('%j', (definition, good, bad) => {
    for (const value of good) expect(fits(definition, value)).toBe(true);
    for (const value of bad) expect(fits(definition, value)).toBe(false);
  });

  test('words for a person', () => {
    expect(faultsOf({ type: 'string', enum: ['a', 'b'] }, 'c')).toEqual(['must be one of "a", "b"']);
    expect(faultsOf({ type: 'array', items: { type: 'number' } }, [1, 'x'])).toEqual(['/1 must be number']);
    expect(faultsOf({ type: 'object', additionalProperties: false }, { z: 1 })).toEqual([
      'must NOT have additional properties ("z")',
    ]);
  });
});

describe('what somebody means harm with', () => {
  const soon = 1_000;
  const elapsed = (work: () => unknown): number => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };

  test.each(['^(a+)+$', '(a|aa)*b', '^(([a-z])+.)+[A-Z]([a-z])+$', '(.*)*x', '^(a?){40}a{40}$'])(
    'the pattern %s costs no more than its text is long',
    (pattern) => {
      const text = 'a'.repeat(19_999);
      faultsOf({ type: 'string', pattern }, 'warm');
      expect(elapsed(() => faultsOf({ type: 'string', pattern }, `${text}!`))).toBeLessThan(soon);
    },
  );

  test('a text too long for a pattern does not match', () => {
    expect(fits({ type: 'string', pattern: 'a' }, 'a'.repeat(20_001))).toBe(false);
  });

  test('unique items and enums do not compare everything with everything', () => {
    const items = Array.from({ length: 60_000 }, (_, n) => ({ n }));
    expect(elapsed(() => fits({ type: 'array', uniqueItems: true }, items))).toBeLessThan(5 * soon);
    const allowed = Array.from({ length: 1000 }, (_, n) => ({ n }));
    const definition = { type: 'array', items: { enum: allowed } };
    expect(
      elapsed(() =>
        fits(
          definition,
          items.map(({ n }) => ({ n: n % 1000 })),
        ),
      ),
    ).toBeLessThan(5 * soon);
  });

  test.each(['(?=a)', '(?<!a)b', '(a)\\1', '[', 'a{2000}', 'x'.repeat(1001), 5, '((a{30}){30}){3}'])(
    'the pattern %s is refused when it is saved',
    (pattern) => {
      expect(definitionFaults({ type: 'string', pattern })).toHaveLength(1);
    },
  );

  test('keywords that are not known never reach the compiler', () => {
    const definition = {
      type: 'object',
      $ref: 'https://example.com/schema',
      $id: 'x',
      $async: true,
      allOf: [{ $ref: '#/nowhere' }],
      if: { const: 1 },
      properties: { a: { type: 'string', $ref: '#/nowhere', title: "'); throw 1; ('" } },
      'x-anything': { deep: true },
    };
    expect(valueSchema(definition, 'p', [])).toEqual({ type: 'object', properties: { a: { type: 'string' } } });
    expect(fits(definition, { a: 'text', b: 1 })).toBe(true);
  });

  test('any JSON is a definition that is refused with words or compiles', () => {
    const keyword = fc.constantFrom(
      'type',
      'enum',
      'pattern',
      'format',
      'items',
      'properties',
      'patternProperties',
      'required',
      'minLength',
      'maximum',
      'uniqueItems',
      'additionalProperties',
      'default',
      'minItems',
      '$ref',
      'title',
    );
    const { definition } = fc.letrec((tie) => ({
      definition: fc.dictionary(
        keyword,
        fc.oneof(
          { maxDepth: 3 },
          fc.constantFrom('string', 'number', 'object', 'array', 'email', '^a+$', '(', true, 3, -1, null),
          fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 }),
          tie('definition'),
          fc.dictionary(fc.constantFrom('a', '^b', '('), tie('definition'), { maxKeys: 2 }),
        ),
        { noNullPrototype: true },
      ),
    }));
    fc.assert(
      fc.property(definition, fc.jsonValue(), (written, value) => {
        const faults = definitionFaults(written as object);
        for (const { path, message } of faults) expect(path.length * message.length).toBeGreaterThan(0);
        if (faults.length === 0) faultsOf(written as object, value);
      }),
      { numRuns: 200 },
    );
  });
});
