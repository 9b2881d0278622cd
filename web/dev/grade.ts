import type { Condition, Entity, Json, RuleResult, Scorecard } from '../src/api/wire.ts';

const blank = (value: Json | undefined): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** Enough of the rule language for the sample; the real server has all of it. */
function holds(entity: Entity, condition: Condition): boolean {
  const value: Json | undefined =
    condition.property === '$team' ? entity.team : entity.properties[condition.property ?? ''];
  switch (condition.operator) {
    case 'isNotEmpty':
      return !blank(value);
    case '>=':
      return Number(value) >= Number(condition.value);
    default:
      return value === condition.value;
  }
}

export function grade(entity: Entity, scorecard: Scorecard): { level: string; rules: readonly RuleResult[] } {
  const rules = scorecard.rules.map((rule): RuleResult => ({
    identifier: rule.identifier,
    level: rule.level,
    status: rule.query.conditions.every((condition) => holds(entity, condition)) ? 'SUCCESS' : 'FAILURE',
  }));
  let level = scorecard.levels[0]?.title ?? '';
  for (const { title } of scorecard.levels) {
    const here = rules.filter((rule) => rule.level === title);
    if (here.some((rule) => rule.status === 'FAILURE')) break;
    if (here.length > 0) level = title;
  }
  return { level, rules };
}
