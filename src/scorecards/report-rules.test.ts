import { expect, test } from 'vitest';
import type { ScoredEntity } from './reminder-rules.ts';
import { summarizeScorecard } from './report-rules.ts';

const scorecard = {
  identifier: 'readiness',
  title: 'Readiness',
  levels: [{ title: 'Basic' }, { title: 'Bronze' }, { title: 'Gold' }],
  rules: ['team', 'readme', 'sso', 'ci', 'owners'].map((identifier) => ({ identifier, title: `Has ${identifier}` })),
};
const context = { blueprint: 'app', appUrl: 'https://portal.example.com' };

function entity(identifier: string, level: string, passed: string[], team: ScoredEntity['team']): ScoredEntity {
  const rules = scorecard.rules.map((rule) => ({
    identifier: rule.identifier,
    status: passed.includes(rule.identifier) ? 'SUCCESS' : 'FAILURE',
  }));
  return { identifier, team, scorecards: { readiness: { level, rules } } };
}

test('counts levels from the highest, ranks rules, and lists no rule as both highest and lowest', () => {
  const report = summarizeScorecard(
    [
      entity('a', 'Gold', ['team', 'readme', 'sso', 'ci', 'owners'], ['backend']),
      entity('b', 'Bronze', ['team', 'readme', 'sso'], ['backend']),
      entity('c', 'Basic', ['team', 'readme', 'ci'], ['frontend']),
      entity('d', 'Basic', ['team'], []),
      { identifier: 'not-scored', team: ['frontend'] },
    ],
    scorecard,
    context,
  );
  expect(report.entityCount).toBe(4);
  expect(report.levels).toEqual([
    { title: 'Gold', count: 1 },
    { title: 'Bronze', count: 1 },
    { title: 'Basic', count: 2 },
  ]);
  expect(report.highestRules).toEqual([
    { title: 'Has team', share: 1 },
    { title: 'Has readme', share: 0.75 },
    { title: 'Has sso', share: 0.5 },
  ]);
  expect(report.lowestRules).toEqual([
    { title: 'Has ci', share: 0.5 },
    { title: 'Has owners', share: 0.25 },
  ]);
});

test('port-sender defect: top teams are ranked by the rules they pass, not by how many entities they own', () => {
  const report = summarizeScorecard(
    [
      entity('a', 'Basic', [], ['large']),
      entity('b', 'Basic', ['team'], ['large']),
      entity('c', 'Basic', ['team'], ['large']),
      entity('d', 'Gold', ['team', 'readme', 'sso', 'ci', 'owners'], ['small', 'small']),
    ],
    scorecard,
    context,
  );
  expect(report.topTeams).toEqual([
    { title: 'small', share: 1 },
    { title: 'large', share: 2 / 15 },
  ]);
});

test('port-sender defect: an entity whose team is null does not crash the report', () => {
  const report = summarizeScorecard(
    [
      entity('a', 'Gold', ['team'], null),
      entity('b', 'Gold', ['team'], undefined),
      entity('c', 'Gold', ['team'], 'solo'),
    ],
    scorecard,
    context,
  );
  expect(report.topTeams.map((team) => team.title)).toEqual(['solo']);
});

test('nothing scored leaves every list empty', () => {
  const report = summarizeScorecard([{ identifier: 'a' }], scorecard, context);
  expect(report).toMatchObject({ entityCount: 0, topTeams: [], highestRules: [], lowestRules: [] });
});
