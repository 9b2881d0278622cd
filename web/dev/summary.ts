import type { Summary } from '../src/scorecards/api.ts';
import { scorecards } from './data/catalog.ts';
import { entities } from './data/entities.ts';
import { Refusal } from './reply.ts';

export function summaryOf(blueprint: string, id: string): Summary {
  const scorecard = scorecards.find((one) => one.blueprint === blueprint && one.identifier === id);
  if (scorecard === undefined) throw new Refusal(404, 'not_found', `Scorecard with identifier "${id}" was not found`);
  const members = entities.filter((entity) => entity.blueprint === blueprint);
  const results = members.map((entity) => ({ entity, result: entity.scorecards?.[id] }));
  const failed = (rule: string) =>
    results.filter(({ result }) => result?.rules.some((one) => one.identifier === rule && one.status === 'FAILURE'));
  const teams = [...new Set(members.map((entity) => entity.team[0] ?? null))];
  return {
    entities: members.length,
    levels: scorecard.levels.map((level) => ({
      ...level,
      count: results.filter(({ result }) => result?.level === level.title).length,
    })),
    rules: scorecard.rules.map((rule) => ({
      identifier: rule.identifier,
      title: rule.title,
      level: rule.level,
      failed: failed(rule.identifier).length,
      passed: members.length - failed(rule.identifier).length,
      failing: failed(rule.identifier).map(({ entity }) => ({
        identifier: entity.identifier,
        title: entity.title,
        team: entity.team[0] ?? null,
      })),
    })),
    teams: teams.map((team) => {
      const own = results.filter(({ entity }) => (entity.team[0] ?? null) === team);
      const rules = own.flatMap(({ result }) => result?.rules ?? []);
      return {
        team,
        entities: own.length,
        passedRules: rules.filter((rule) => rule.status === 'SUCCESS').length,
        totalRules: rules.length,
      };
    }),
  };
}
