import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blueprints } from '../../dev/data/catalog.ts';
import { asks, type Condition, operators, readConditions, rulesOf, writeConditions } from './conditions.ts';
import { arranged, choose, readColumns, writeColumns } from './table-columns.ts';

const service = blueprints.find((one) => one.identifier === 'service');
if (service === undefined) throw new Error('the sample has no service blueprint');

const condition: fc.Arbitrary<Condition> = fc
  .record({
    field: fc.string(),
    operator: fc.constantFrom(...operators),
    values: fc.array(fc.string(), { minLength: 1 }),
  })
  .map((one) => (asks(one.operator) === 'nothing' ? { ...one, values: [] } : one));

it('reads back from the address what it wrote there', () => {
  fc.assert(
    fc.property(fc.array(condition), (given) => {
      expect(readConditions(writeConditions(given))).toEqual(given);
    }),
  );
});

it('reads links of before, and nothing from what is no filter', () => {
  expect(readConditions('tier:1|2;%24team:web')).toEqual([
    { field: 'tier', operator: 'in', values: ['1', '2'] },
    { field: '$team', operator: 'in', values: ['web'] },
  ]);
  for (const text of ['[', '[1]', '[["a"]]', '[["a","like","b"]]', '[["a","in"]]', '%', undefined]) {
    expect(readConditions(text)).toEqual([]);
  }
});

it('asks the server with values of their type', () => {
  const conditions: Condition[] = [
    { field: 'public', operator: 'in', values: ['true'] },
    { field: 'level:ProductionReadiness', operator: 'notIn', values: ['Gold'] },
    { field: '$updatedAt', operator: 'between', values: ['lastWeek'] },
    { field: 'tier', operator: 'isEmpty', values: [] },
  ];
  expect(rulesOf(conditions, service)).toEqual([
    { property: 'public', operator: 'in', value: [true] },
    { scorecard: 'ProductionReadiness', operator: 'notIn', value: ['Gold'] },
    { property: '$updatedAt', operator: 'between', value: { preset: 'lastWeek' } },
    { property: 'tier', operator: 'isEmpty' },
  ]);
});

const columns = ['$title', 'a~1', '-b', 'c,d', 'e%'].map((key) => ({ key, width: 100 }));

it('columns are hidden, moved and resized, and stand so in the address', () => {
  const step = fc.record({
    key: fc.constantFrom(...columns.map((column) => column.key)),
    change: fc.oneof(
      fc.record({ hidden: fc.boolean() }),
      fc.record({ width: fc.integer({ min: 72, max: 900 }) }),
      fc.record({ move: fc.constantFrom(-1 as const, 1 as const) }),
    ),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let choices = readColumns('');
      for (const { key, change } of steps) choices = readColumns(writeColumns(choose(columns, choices, key, change)));
      const shown = arranged(columns, choices);
      expect(shown.map(({ column }) => column.key).toSorted()).toEqual(columns.map(({ key }) => key).toSorted());
    }),
  );
  const moved = choose(columns, [], 'c,d', { move: -1 });
  expect(arranged(columns, moved).map(({ column }) => column.key)).toEqual(['$title', 'a~1', 'c,d', '-b', 'e%']);
  const wide = choose(columns, moved, 'e%', { width: 240 });
  expect(arranged(columns, wide).at(-1)?.column.width).toBe(240);
});
