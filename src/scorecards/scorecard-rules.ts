import { checkStorable } from '#catalog/check-storable.ts';
import { parseScorecardConditions } from '#catalog/rules/parse-rules.ts';
import type { RuleGroup, RuleNode } from '#catalog/rules/rule.ts';
import { jsonEqual, type JsonObject } from '#platform/json.ts';
import { problem, type Problem } from '#platform/problem.ts';
import type { ScorecardBody } from './contract.ts';
import { defaultLevels, type ScorecardDefinition, type ScorecardDocument } from './scorecard.ts';

/** Keeps the statement that scores an entity within what PostgreSQL takes. */
const conditionLimit = 2_000;

/** A body, its shape checked already, as a definition; `path` says where it stands in the request. */
export function defineScorecard(body: ScorecardBody, path = ''): ScorecardDefinition {
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  const { identifier, title, filter, properties, rules } = body;
  const levels = body.levels === undefined || body.levels.length === 0 ? defaultLevels : body.levels;
  const unstorable = checkStorable(body);
  if (unstorable !== null) throw invalid(path, unstorable);
  refuseRepeated(
    levels.map((level) => level.title),
    (index) => at(`levels[${index}].title`),
  );
  refuseRepeated(
    rules.map((rule) => rule.identifier),
    (index) => at(`rules[${index}].identifier`),
  );
  const titles = levels.map((level) => level.title);
  rules.forEach(({ level, query }, index) => {
    const where = at(`rules[${index}]`);
    if (!titles.includes(level)) {
      throw invalid(`${where}.level`, `names "${level}", which is not one of the levels ${titles.join(', ')}`);
    }
    if (level === titles[0]) {
      throw invalid(`${where}.level`, `is "${level}", the level where everybody starts; rules belong to higher levels`);
    }
    parseScorecardConditions(query, `${where}.query`);
  });
  if (filter !== undefined && filter !== null) parseScorecardConditions(filter, at('filter'));
  return {
    identifier,
    title,
    ...(filter === undefined || filter === null ? {} : { filter: filter as JsonObject }),
    levels,
    rules: rules.map(({ description, ...rule }) => ({ ...rule, ...(description == null ? {} : { description }) })),
    ...(properties === undefined || properties === null ? {} : { properties: properties as JsonObject }),
  };
}

function refuseRepeated(values: readonly string[], pathOf: (index: number) => string): void {
  const index = values.findIndex((value, place) => values.indexOf(value) < place);
  if (index >= 0) throw invalid(pathOf(index), `repeats "${values[index]}"`);
}

export function refuseRepeatedScorecards(identifiers: readonly string[]): void {
  refuseRepeated(identifiers, (index) => `[${index}].identifier`);
}

function invalid(path: string, message: string): Problem {
  const where = path === '' ? 'The scorecard' : `"${path}"`;
  return problem('invalid', 'invalid_request', `${where} ${message}.`, { errors: [{ path, message }] });
}

/** All scorecards of a blueprint are asked in the statement that writes an entity. */
export function refuseTooManyConditions(scorecards: readonly ScorecardDefinition[]): void {
  const count = scorecards
    .flatMap((scorecard) => [scorecard.filter, ...scorecard.rules.map((rule) => rule.query)])
    .reduce((sum, query) => sum + conditionCount(query), 0);
  if (count <= conditionLimit) return;
  throw invalid('', `has too many conditions: all scorecards of a blueprint may have ${conditionLimit} together`);
}

function conditionCount(query: JsonObject | undefined): number {
  const conditions = query?.['conditions'];
  return Array.isArray(conditions) ? conditions.length + 1 : 1;
}

export function isSameDefinition(before: ScorecardDocument, after: ScorecardDefinition): boolean {
  return jsonEqual(withoutStamps(before), after);
}

/** What somebody defined of it. */
export function withoutStamps(document: ScorecardDocument): ScorecardDefinition {
  const {
    id: _,
    blueprint: __,
    createdAt: ___,
    createdBy: ____,
    updatedAt: _____,
    updatedBy: ______,
    ...rest
  } = document;
  return rest;
}

/** Whether the outcome can change by the passing of time alone. */
export function dependsOnTime({ filter, rules }: ScorecardDefinition): boolean {
  const queries = [filter, ...rules.map((rule) => rule.query)].filter((query) => query !== undefined);
  return queries.some((query) => asksForTime(parseScorecardConditions(query, '')));
}

function asksForTime(group: RuleGroup): boolean {
  const isRelative = (node: RuleNode): boolean =>
    node.kind === 'group'
      ? asksForTime(node)
      : node.operand.kind === 'preset' || node.operator === 'isExpired' || node.operator === 'isNotExpired';
  return group.rules.some(isRelative);
}
