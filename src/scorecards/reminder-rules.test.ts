import { describe, expect, test } from 'vitest';
import { entityPageUrl, selectReminder, type ScoredEntity, type ScorecardOutline } from './reminder-rules.ts';

const scorecard: ScorecardOutline = {
  identifier: 'ProductionReadiness',
  title: 'Production Readiness',
  levels: [{ title: 'Basic' }, { title: 'Bronze' }, { title: 'Silver' }, { title: 'Gold' }],
  rules: [{ identifier: 'hasOwner' }, { identifier: 'hasReadme' }, { identifier: 'hasOnCall' }],
};
const context = { blueprint: 'service', appUrl: 'https://portal.example.com/' };

function entity(title: string, level: string, passed: number, total = 3): ScoredEntity {
  const rules = Array.from({ length: total }, (_, n) => ({
    identifier: `rule${n}`,
    status: n < passed ? 'SUCCESS' : 'FAILURE',
    level: 'Bronze',
  }));
  return { identifier: title.toLowerCase(), title, scorecards: { ProductionReadiness: { level, rules } } };
}

const titles = (entities: readonly ScoredEntity[]) =>
  selectReminder(entities, scorecard, context).groups.map((group) => [
    group.level,
    group.entries.map((one) => one.title),
  ]);

describe('selectReminder', () => {
  test('groups by level in order of first appearance and puts those closest to done first', () => {
    const picked = [
      entity('Ledger', 'Silver', 2),
      entity('Cart', 'Basic', 0),
      entity('Mail', 'Silver', 1),
      entity('Ads', 'Basic', 1),
    ];
    expect(titles(picked)).toEqual([
      ['Silver', ['Ledger', 'Mail']],
      ['Basic', ['Ads', 'Cart']],
    ]);
  });

  test('breaks ties by title, numbers counted as numbers', () => {
    expect(titles([entity('Shard 10', 'Basic', 1), entity('Shard 9', 'Basic', 1), entity('Api', 'Basic', 1)])).toEqual([
      ['Basic', ['Api', 'Shard 9', 'Shard 10']],
    ]);
  });

  test('leaves out the last level and those who pass everything although a higher level exists', () => {
    const selection = selectReminder(
      [
        entity('Done', 'Gold', 2),
        entity('AllPassed', 'Silver', 3),
        entity('Unruly', 'Basic', 0, 0),
        entity('Open', 'Bronze', 2),
      ],
      scorecard,
      context,
    );
    expect(selection.groups).toEqual([
      {
        level: 'Bronze',
        entries: [
          {
            identifier: 'open',
            title: 'Open',
            url: 'https://portal.example.com/serviceEntity?identifier=open',
            passed: 2,
            total: 3,
          },
        ],
      },
    ]);
    expect(selection).toMatchObject({ entityCount: 4, unmetCount: 1 });
  });

  test('an entity that the scorecard does not apply to counts as looked at and is not reminded', () => {
    const untouched: ScoredEntity[] = [
      { identifier: 'a' },
      { identifier: 'b', scorecards: null },
      { identifier: 'c', scorecards: {} },
      { identifier: 'd', scorecards: { Other: { level: 'Basic', rules: [{ identifier: 'x', status: 'FAILURE' }] } } },
    ];
    expect(selectReminder(untouched, scorecard, context)).toMatchObject({ entityCount: 4, unmetCount: 0, groups: [] });
  });

  test('a scorecard named like a built-in object key finds nothing it was not given', () => {
    const odd = { ...scorecard, identifier: 'constructor' };
    expect(selectReminder([{ identifier: 'a', scorecards: {} }], odd, context).unmetCount).toBe(0);
  });

  test('port-sender defect: a scorecard without levels has the default ones instead of a crash', () => {
    const { levels: _, ...withoutLevels } = scorecard;
    const selection = selectReminder([entity('A', 'Gold', 1), entity('B', 'Bronze', 1)], withoutLevels, context);
    expect(selection.groups.map((group) => group.level)).toEqual(['Bronze']);
  });

  test('an entity without a title is named by its identifier', () => {
    const { title: _, ...nameless } = entity('Api', 'Basic', 0);
    expect(titles([nameless, { ...entity('Web', 'Basic', 0), title: null }])).toEqual([['Basic', ['api', 'web']]]);
  });
});

test('the entity page address escapes whatever an identifier may hold', () => {
  expect(entityPageUrl('a/b&c=d e|<x>', context)).toBe(
    'https://portal.example.com/serviceEntity?identifier=a%2Fb%26c%3Dd%20e%7C%3Cx%3E',
  );
});
