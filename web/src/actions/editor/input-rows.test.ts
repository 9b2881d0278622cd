import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addedRow,
  freeKey,
  movedRow,
  readRows,
  removedRow,
  renamedRow,
  type Row,
  type UserInputs,
  writeRows,
} from './input-rows.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'toString', '__x');
const definition = fc.dictionary(fc.constantFrom('type', 'title', 'x-unknown', 'enum'), fc.jsonValue(), { maxKeys: 3 });

/** Forms as they may be stored: orders that name too much or too little, steps, headings, keys nobody knows. */
const userInputs: fc.Arbitrary<UserInputs> = fc
  .record(
    {
      properties: fc.dictionary(key, definition, { noNullPrototype: true }),
      titles: fc.dictionary(fc.constantFrom('h1', 'h2', 'a'), definition, { noNullPrototype: true }),
      required: fc.oneof(fc.uniqueArray(key), fc.constant({ jqQuery: '["a"]' })),
      order: fc.array(fc.oneof(key, fc.constantFrom('h1', 'h2', 'gone'))),
      steps: fc.array(
        fc.record({ title: fc.string(), order: fc.array(key, { maxLength: 3 }), visible: fc.jsonValue() }),
        { maxLength: 3 },
      ),
      later: fc.jsonValue(),
    },
    { requiredKeys: ['properties'] },
  )
  // One or the other, as the server has it.
  .map(({ order, steps, ...rest }) => ({ ...rest, ...(steps === undefined ? { order } : { steps }) }))
  .map((inputs) => JSON.parse(JSON.stringify(inputs)) as UserInputs);

const keys = (rows: readonly Row[]): string[] =>
  rows
    .map((row) => (row.kind === 'step' ? `step:${String(row.definition['title'])}` : `${row.kind}:${row.key}`))
    .toSorted();

describe('the rows of a form', () => {
  it('written as they were read leave the form as it was, unknown keys included', () => {
    fc.assert(
      fc.property(userInputs, (inputs) => {
        // A required key without an input cannot be shown; the server refuses it.
        const { required } = inputs as { required?: unknown };
        const known = Array.isArray(required)
          ? required.filter((one) => Object.hasOwn(inputs['properties'] as object, one as string))
          : required;
        const usable = required === undefined ? inputs : { ...inputs, required: known };
        expect(writeRows(usable, readRows(usable))).toEqual(usable);
      }),
    );
  });

  it('are found again after moving, adding and removing', () => {
    fc.assert(
      fc.property(userInputs, fc.nat(12), fc.nat(12), fc.nat(12), (inputs, from, to, gone) => {
        const start = readRows(inputs);
        const added = addedRow(
          start,
          { kind: 'input', key: freeKey(start, 'a'), definition: { type: 'string' }, required: false },
          from,
        );
        const rows = removedRow(movedRow(added, from, to), gone);
        const again = readRows(writeRows(inputs, rows));
        const order = (some: readonly Row[]): readonly unknown[] =>
          some.map((row) => (row.kind === 'step' ? row.definition['title'] : row.key));
        expect(order(again)).toEqual(order(rows));
      }),
    );
  });

  it('are the same ones after a move', () => {
    fc.assert(
      fc.property(userInputs, fc.nat(12), fc.nat(12), (inputs, from, to) => {
        const rows = readRows(inputs);
        expect(keys(movedRow(rows, from, to))).toEqual(keys(rows));
      }),
    );
  });

  it('keep what a step says when an input goes to another one', () => {
    const inputs = {
      properties: { a: {}, b: {} },
      steps: [
        { title: 'One', order: ['a'], visible: { jqQuery: 'true' } },
        { title: 'Two', order: ['b'] },
      ],
    };
    expect(writeRows(inputs, movedRow(readRows(inputs), 1, 3))['steps']).toEqual([
      { title: 'One', order: [], visible: { jqQuery: 'true' } },
      { title: 'Two', order: ['b', 'a'] },
    ]);
  });

  it('become an order again when the last step goes', () => {
    const inputs = { properties: { a: {} }, steps: [{ title: 'One', order: ['a'] }] };
    expect(writeRows(inputs, removedRow(readRows(inputs), 0))).toEqual({ properties: { a: {} }, order: ['a'] });
  });

  it('renamed are followed by what depends on them', () => {
    const inputs = { properties: { a: {}, b: { dependsOn: ['a'] } }, required: ['a'], order: ['a', 'b'] };
    expect(writeRows(inputs, renamedRow(readRows(inputs), 'a', 'z'))).toEqual({
      properties: { z: {}, b: { dependsOn: ['z'] } },
      required: ['z'],
      order: ['z', 'b'],
    });
  });
});
