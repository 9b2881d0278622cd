import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '#platform/problem.ts';
import { parseScorecardConditions, parseSearchRules } from './parse-rules.ts';

function refusal(read: () => unknown): { message: string; path: unknown } {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem && error.code === 'invalid_request') {
      const errors = error.details?.['errors'] as { path: string }[] | undefined;
      return { message: error.message, path: errors?.[0]?.path };
    }
    throw error;
  }
  throw new Error('was accepted');
}

const search = (rule: unknown) => refusal(() => parseSearchRules({ combinator: 'and', rules: [rule] }, 'query'));
const card = (condition: unknown) =>
  refusal(() => parseScorecardConditions({ combinator: 'and', conditions: [condition] }, 'rules[0].query'));

describe('search queries', () => {
  it('are read into groups and rules', () => {
    const query = {
      combinator: 'or',
      rules: [
        { property: '$title', operator: 'contains', value: 'shop' },
        { combinator: 'and', rules: [{ relation: 'system', operator: 'isNotEmpty' }] },
        { scorecard: 'Ready', scorecardRule: 'hasOwner', operator: '=', value: 'SUCCESS' },
      ],
    };
    expect(parseSearchRules(query, '')).toEqual({
      kind: 'group',
      combinator: 'or',
      rules: [
        {
          kind: 'rule',
          subject: { kind: 'meta', name: '$title' },
          operator: 'contains',
          operand: { kind: 'text', text: 'shop' },
          not: false,
        },
        {
          kind: 'group',
          combinator: 'and',
          rules: [
            {
              kind: 'rule',
              subject: { kind: 'key', key: 'system' },
              operator: 'isNotEmpty',
              operand: { kind: 'none' },
              not: false,
            },
          ],
        },
        {
          kind: 'rule',
          subject: { kind: 'rule-status', scorecard: 'Ready', rule: 'hasOwner' },
          operator: '=',
          operand: { kind: 'scalar', value: 'SUCCESS' },
          not: false,
        },
      ],
    });
  });

  it('may restrict nothing', () => {
    expect(parseSearchRules({ combinator: 'and', rules: [] }, '')).toMatchObject({ rules: [] });
  });

  it.each([
    [null, 'query.rules[0]', 'must be an object'],
    [{ property: 'a' }, 'query.rules[0].operator', 'must be one of'],
    [{ property: 'a', operator: 'constructor', value: 1 }, 'query.rules[0].operator', 'must be one of'],
    [{ property: 'a', operator: '__proto__', value: 1 }, 'query.rules[0].operator', 'must be one of'],
    [{ operator: '=', value: 1 }, 'query.rules[0]', 'must name a property'],
    [{ property: '', operator: '=', value: 1 }, 'query.rules[0].property', '1 to 200'],
    [{ property: '$nothing', operator: '=', value: 1 }, 'query.rules[0].property', '$nothing'],
    [{ property: 'a', operator: '=' }, 'query.rules[0].value', 'must be a text'],
    [{ property: 'a', operator: 'in', value: 'b' }, 'query.rules[0].value', 'must be a list'],
    [{ property: 'a', operator: 'in', value: [{}] }, 'query.rules[0].value', 'only texts'],
    [{ property: 'a', operator: '>', value: 'soon' }, 'query.rules[0].value', 'date-time'],
    [{ property: 'a', operator: 'between', value: { preset: 'lastCentury' } }, 'query.rules[0].value', 'lastWeek'],
    [{ property: 'a', operator: 'between', value: { from: 'x', to: 'y' } }, 'query.rules[0].value', '{from, to}'],
    [{ property: 'a', operator: 'isEmpty', value: 'b' }, 'query.rules[0].value', 'takes no value'],
    [{ property: 'a', operator: '=', value: 'x\u0000' }, 'query', 'NUL'],
    [{ combinator: 'xor', rules: [] }, 'query.rules[0].combinator', '"and" or "or"'],
    [{ combinator: 'and', rules: {} }, 'query.rules[0].rules', 'must be a list'],
    [{ operator: 'relatedTo', value: 'c' }, 'query.rules[0].blueprint', 'text of 1'],
    [{ operator: 'relatedTo', blueprint: 'b', value: 7 }, 'query.rules[0].value', 'identifier'],
    [{ operator: 'relatedTo', blueprint: 'b', value: 'c', direction: 'up' }, 'query.rules[0].direction', 'upstream'],
    [{ operator: 'relatedTo', blueprint: 'b', value: 'c', required: 'no' }, 'query.rules[0].required', 'true or false'],
    [{ property: { path: ['a'] }, operator: '=', value: 'c' }, 'query.rules[0].operator', 'matchAny'],
    [{ property: { path: [] }, operator: 'matchAny', value: 'c' }, 'query.rules[0].property.path', '1 to 15'],
    [
      { property: { path: [{ relation: 'a', maxHops: 16 }] }, operator: 'matchAny', value: 'c' },
      'query.rules[0].property.path[0].maxHops',
      '1 to 15',
    ],
    [
      {
        property: {
          path: [
            { relation: 'a', maxHops: 2 },
            { relation: 'a', maxHops: 2 },
          ],
        },
        operator: 'matchAny',
        value: 'c',
      },
      'query.rules[0].property.path',
      'one relation only',
    ],
    [
      { property: { context: 'me', property: 'a' }, operator: '=', value: 1 },
      'query.rules[0].property.context',
      'user',
    ],
    [{ property: 'a', operator: 'in', value: { context: 'userTeams' } }, 'query.rules[0].value.property', 'text of 1'],
  ])('%j is refused at %s: %s', (rule, path, words) => {
    const found = search(rule);
    expect(found.path).toBe(path);
    expect(found.message).toContain(words);
  });

  it('are bounded in depth and in number of rules', () => {
    let deep: object = { property: 'a', operator: 'isEmpty' };
    for (let level = 0; level < 25; level += 1) deep = { combinator: 'and', rules: [deep] };
    expect(search(deep).message).toContain('20 levels');
    const many = {
      combinator: 'or',
      rules: Array.from({ length: 501 }, () => ({ property: 'a', operator: 'isEmpty' })),
    };
    expect(search(many).message).toContain('500');
  });

  it('never fail in another way, whatever is sent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (query) => {
        try {
          parseSearchRules(query, '');
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
    );
  });
});

describe('conditions of scorecards', () => {
  it('take `not` and an empty value', () => {
    const conditions = [{ not: true, operator: 'isEmpty', property: 'on_call', value: null }];
    expect(parseScorecardConditions({ combinator: 'and', conditions }, '').rules).toEqual([
      {
        kind: 'rule',
        subject: { kind: 'key', key: 'on_call' },
        operator: 'isEmpty',
        operand: { kind: 'none' },
        not: true,
      },
    ]);
  });

  it('are flat and never none', () => {
    expect(refusal(() => parseScorecardConditions({ combinator: 'and', conditions: [] }, 'filter')).path).toBe(
      'filter.conditions',
    );
    expect(card({ combinator: 'and', conditions: [] }).message).toContain('cannot be nested');
  });

  it.each([
    [{ property: '$datasource', operator: '=', value: 'x' }, 'rules[0].query.conditions[0].property'],
    [{ scorecard: 'other', operator: '=', value: 'Gold' }, 'rules[0].query.conditions[0]'],
    [{ property: 'a', operator: 'isEmpty', not: 'yes' }, 'rules[0].query.conditions[0].not'],
  ])('%j is refused at %s', (condition, path) => {
    expect(card(condition).path).toBe(path);
  });
});
