import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blueprints } from '../../../dev/data/catalog.ts';
import {
  conditionOf,
  faultAt,
  keysOfPath,
  pruned,
  readFilter,
  type RuleGroup,
  withAdded,
  withNode,
  writeFilter,
} from '../filter/rule-tree.ts';
import { changeOperator, operatorsFor, subjectIdOf, subjectRule, valueFor } from '../filter/rule-subjects.ts';
import { rulesOf } from '../conditions.ts';
import { groupAt, layOut, pagesWithin } from './grouped-rows.ts';
import {
  allMarks,
  countMarked,
  isMarked,
  markOf,
  noMarks,
  readMarks,
  toggled,
  withRange,
  writeMarks,
} from './marks.ts';
import {
  appliedState,
  givenFor,
  plainTable,
  stateKeys,
  stateOfView,
  type TableState,
  viewOfState,
} from './view-api.ts';

const service = blueprints.find((one) => one.identifier === 'service');
if (service === undefined) throw new Error('the sample has no service blueprint');

const rule = fc.record({ property: fc.string(), operator: fc.constantFrom('=', 'in', 'contains'), value: fc.string() });
const { group } = fc.letrec<{ group: RuleGroup; node: RuleGroup['rules'][number] }>((tie) => ({
  group: fc.record({
    combinator: fc.constantFrom('and' as const, 'or' as const),
    rules: fc.array(tie('node'), { maxLength: 3 }),
  }),
  node: fc.oneof({ depthSize: 'small' }, rule, tie('group')),
}));

it('a nested filter stands in the address as it is', () => {
  fc.assert(
    fc.property(group, (tree) => {
      const read = readFilter(writeFilter(tree), service);
      expect(read).toEqual(tree.rules.length === 0 ? { combinator: 'and', rules: [] } : tree);
    }),
  );
});

it('older links are read as the same rules, and plain rules are changed in place', () => {
  const tree = readFilter('[["tier","in","1","2"]]', service);
  expect(tree).toMatchObject({ combinator: 'and', rules: [{ property: 'tier', operator: 'in' }] });
  for (const node of tree.rules) {
    const condition = conditionOf(node);
    expect(condition === null ? null : rulesOf([condition], service)).toEqual([node]);
  }
  expect(conditionOf({ property: 'tier', operator: '=', value: { context: 'user', property: 'x' } })).toBeNull();
  for (const text of ['{', '{}', '{"combinator":"xor","rules":[]}', '{"combinator":"and","rules":[1]}']) {
    expect(readFilter(text, service).rules).toEqual([]);
  }
});

it('nodes are changed, added and removed where they are', () => {
  const tree: RuleGroup = { combinator: 'and', rules: [{ a: 1 }, { combinator: 'or', rules: [{ b: 1 }] }] };
  const added = withAdded(tree, [1], { c: 1 });
  expect(added.rules[1]).toEqual({ combinator: 'or', rules: [{ b: 1 }, { c: 1 }] });
  const bare = withNode(withNode(added, [1, 0], null), [1, 0], null);
  expect(pruned(bare)).toEqual({ combinator: 'and', rules: [{ a: 1 }] });
});

it('what the server refuses is told by the very rule', () => {
  const faults = [{ path: 'query.rules[1].rules[0].value', message: 'no' }];
  expect(faultAt(faults, [1, 0])).toBe('no');
  for (const path of [[], [1], [0], [1, 1]]) expect(faultAt(faults, path)).toBeUndefined();
  expect(keysOfPath('query.rules[1].rules[0].value')).toEqual(['rules', 1, 'rules', 0, 'value']);
});

it('every subject says what it looks at, and every operator has a value it takes', () => {
  for (const id of ['p:tier', 't:owner', 'l:Quality', 'r:Quality/has-owner', 'path', 'user', 'userTeams', 'schema']) {
    expect(subjectIdOf({ ...subjectRule(id, 'service'), operator: '=' })).toBe(id);
  }
  expect(subjectIdOf({ ...subjectRule('related', 'service'), operator: 'relatedTo' })).toBe('related');
  expect(changeOperator({ property: 'tier', operator: '=', value: 2 }, 'in', 'number')).toMatchObject({ value: [2] });
  expect(changeOperator({ property: 'tier', operator: 'in', value: [2] }, '=', 'number')).toMatchObject({ value: 2 });
  expect(changeOperator({ property: 'tier', operator: '=', value: 2 }, 'isEmpty', 'number')).not.toHaveProperty(
    'value',
  );
  for (const operator of operatorsFor('date')) {
    const value = valueFor(operator, 'date', undefined);
    expect(operator.startsWith('is') ? value : (value ?? null)).toEqual(operator.startsWith('is') ? undefined : value);
  }
});

it('marks are what they are in the address', () => {
  const step = fc.constantFrom('a', 'b', 'c,"d');
  fc.assert(
    fc.property(fc.boolean(), fc.array(step), (all, steps) => {
      let marks = readMarks(all ? '![]' : '');
      for (const name of steps) marks = toggled(marks, markOf(name));
      expect(readMarks(writeMarks(marks))).toEqual(marks);
      const three = ['a', 'b', 'c,"d'];
      expect(countMarked(marks, 3)).toBe(three.filter((name) => isMarked(marks, markOf(name))).length);
    }),
  );
  expect(readMarks('[')).toEqual({ all: false, named: new Set() });
});

it('groups lie one below the other, and each row is in the one above it', () => {
  const groups = fc.array(fc.integer({ min: 1, max: 250 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(groups, fc.boolean(), (counts, folded) => {
      const marks = folded ? readMarks('[0,2]') : readMarks('');
      const { laid, length } = layOut(
        counts.map((count, value) => ({ value, count })),
        marks,
      );
      const rows = laid.filter((one) => !one.folded).reduce((sum, one) => sum + one.count, 0);
      expect(length).toBe(counts.length + rows);
      for (let index = 0; index < length; index += 1) {
        const at = laid[groupAt(laid, index)];
        const within = index - (at?.start ?? 0);
        expect(within).toBeLessThanOrEqual(at?.folded === true ? 0 : (at?.count ?? 0));
        if (within === 0) continue;
        const pages = pagesWithin(laid, index, index);
        expect(pages).toEqual([{ group: groupAt(laid, index), page: Math.floor((within - 1) / 100) }]);
      }
    }),
    { numRuns: 30 },
  );
});

const state: fc.Arbitrary<TableState> = fc.record({
  q: fc.constantFrom('', 'a'),
  sort: fc.constantFrom('', '-tier'),
  filter: fc.constantFrom('', '{"combinator":"and","rules":[{"a":1}]}'),
  cols: fc.constantFrom('', '-lang,tier~200', 'tier,~'),
  group: fc.constantFrom('', 'tier'),
});

it('what the address says over a view comes out, whatever the view says; nothing is said twice', () => {
  fc.assert(
    fc.property(state, state, (view, next) => {
      const given = Object.fromEntries(Object.entries(givenFor(next, view)).filter(([, value]) => value !== ''));
      expect(appliedState(given, view)).toEqual(next);
      for (const key of stateKeys) if (view[key] === next[key]) expect(given).not.toHaveProperty(key);
    }),
  );
});

it('a view keeps what is shown', () => {
  fc.assert(
    fc.property(state, (shown) => {
      const filter = shown.filter === '' ? null : (JSON.parse(shown.filter) as never);
      expect(stateOfView(viewOfState(shown, filter))).toEqual(shown);
    }),
  );
  expect(stateOfView({})).toEqual(plainTable);
});

it('a stretch of rows is picked as far as it is here and may be named, and the rest is counted', () => {
  const markAt = (index: number): string | undefined => (index % 2 === 0 ? markOf(index) : undefined);
  const range = { low: 0, high: 9, markAt, on: true, most: 1_000 };
  expect(withRange(noMarks, range)).toEqual({
    marks: { all: false, named: new Set(['0', '2', '4', '6', '8']) },
    left: 5,
  });
  const whole = { ...range, markAt: markOf };
  expect(withRange(noMarks, { ...whole, most: 3 })).toEqual({
    marks: { all: false, named: new Set(['0', '1', '2']) },
    left: 7,
  });
  // Of all but some, nothing has to be named.
  const allButTwo = { ...allMarks, named: new Set(['1', '50']) };
  expect(withRange(allButTwo, { ...whole, most: 1 })).toEqual({
    marks: { all: true, named: new Set(['50']) },
    left: 0,
  });
});
