import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeBetween, documentBefore } from './change.ts';
import type { Document } from './event.ts';

const key = fc.oneof(
  fc.constantFrom('title', 'properties', 'relations', 'constructor', 'toString', '__proto__', ''),
  fc.string({ maxLength: 3 }),
);
const value = fc.jsonValue({ maxDepth: 3 });
const nested = fc.dictionary(key, value, { maxKeys: 4 });
const document = fc.dictionary(key, fc.oneof(value, nested), { maxKeys: 5 });
/** As the log stores and hands it out. */
const stored = <T>(item: T): T => JSON.parse(JSON.stringify(item)) as T;

describe('what a change keeps', () => {
  test('is enough to get the former document back from the new one', () => {
    fc.assert(
      fc.property(document, document, (before, after) => {
        const change = stored(changeBetween(stored(before), stored(after)));
        expect(documentBefore('UPDATE', stored(after), change)).toEqual(stored(before));
      }),
      { numRuns: 500 },
    );
  });

  test('is nothing when nothing changed, whatever the order of keys', () => {
    fc.assert(
      fc.property(document, (before) => {
        const reordered = Object.fromEntries(Object.entries(stored(before)).toReversed()) as Document;
        expect(changeBetween(stored(before), reordered)).toEqual([]);
      }),
    );
  });

  test('names properties one by one and leaves the rest alone', () => {
    const before = { title: 'A', properties: { region: 'eu', size: 1 }, relations: {} };
    const after = { title: 'A', properties: { region: 'us', size: 1, extra: true }, relations: {} };
    expect(changeBetween(before, after)).toEqual([[['properties', 'region'], 'eu'], [['properties', 'extra']]]);
  });

  test('of a creation is nothing, of a deletion the whole', () => {
    expect(changeBetween(null, { a: 1 })).toEqual([]);
    expect(documentBefore('CREATE', { a: 1 }, [])).toBeNull();
    expect(documentBefore('DELETE', null, changeBetween({ a: 1 }, null))).toEqual({ a: 1 });
  });
});
