import { expect, it } from 'vitest';
import { nextRules } from './home-rules.ts';

const scorecard = {
  identifier: 'Ready',
  blueprint: 'service',
  levels: [{ title: 'Basic' }, { title: 'Bronze' }, { title: 'Gold' }],
  rules: [{ identifier: 'slo', title: 'Has an objective' }, { identifier: 'owner' }],
};
const scored = (identifier: string, slo: string, owner: string) => ({
  blueprint: 'service',
  identifier,
  title: identifier.toUpperCase(),
  scorecards: {
    Ready: {
      rules: [
        { identifier: 'slo', status: slo, level: 'Gold' },
        { identifier: 'owner', status: owner, level: 'Bronze' },
      ],
    },
  },
});

it('names the failing rule of the lowest level, with its title where it has one', () => {
  const rows = [
    scored('a', 'FAILURE', 'FAILURE'),
    scored('b', 'FAILURE', 'SUCCESS'),
    scored('c', 'SUCCESS', 'SUCCESS'),
  ];
  expect(nextRules(rows, [scorecard])).toEqual([
    { blueprint: 'service', entity: 'a', title: 'A', scorecard: 'Ready', rule: 'owner', level: 'Bronze' },
    { blueprint: 'service', entity: 'b', title: 'B', scorecard: 'Ready', rule: 'Has an objective', level: 'Gold' },
  ]);
});

it('says nothing of entities that a scorecard does not cover', () => {
  const row = { ...scored('a', 'FAILURE', 'FAILURE'), scorecards: {} };
  expect(nextRules([row], [scorecard])).toEqual([]);
  expect(nextRules([{ ...scored('a', 'FAILURE', 'FAILURE'), blueprint: 'other' }], [scorecard])).toEqual([]);
});
