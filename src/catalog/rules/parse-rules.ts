import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { problem, type Problem } from '#platform/problem.ts';
import { checkStorable } from '../check-storable.ts';
import { operatorNames, operatorOf } from './operators.ts';
import {
  type ContextValue,
  type Dialect,
  type MetaName,
  metaNames,
  type PathStep,
  type Rule,
  type RuleGroup,
  type RuleNode,
  type Subject,
} from './rule.ts';

const depthLimit = 20;
const ruleLimit = 500;
const pathLimit = 15;
const hopLimit = 15;
const searchOnly: ReadonlySet<string> = new Set(['relatedTo', 'matchAny']);

interface Reading {
  readonly dialect: Dialect;
  count: number;
}

/**
 * Reads `{combinator, rules}` of a search, groups nested as one likes. `path` says where the query stands in the
 * request, for messages; empty when it is the whole body.
 */
export function parseSearchRules(query: unknown, path: string): RuleGroup {
  refuseUnstorable(query, path);
  return readGroup({ dialect: 'search', count: 0 }, query, path, 1);
}

/** Reads `{combinator, conditions}` of a scorecard: one flat group with at least one condition. */
export function parseScorecardConditions(query: unknown, path: string): RuleGroup {
  refuseUnstorable(query, path);
  return readGroup({ dialect: 'scorecard', count: 0 }, query, path, 1);
}

export function invalidRule(path: string, message: string): Problem {
  const where = path === '' ? 'The query' : `"${path}"`;
  return problem('invalid', 'invalid_request', `${where} ${message}.`, { errors: [{ path, message }] });
}

function refuseUnstorable(query: unknown, path: string): void {
  const fault = checkStorable(query);
  if (fault !== null) throw invalidRule(path, fault);
}

function readGroup(reading: Reading, query: unknown, path: string, depth: number): RuleGroup {
  if (!isJsonObject(query)) throw invalidRule(path, 'must be an object');
  if (depth > depthLimit) throw invalidRule(path, `is nested more than ${depthLimit} levels deep`);
  const combinator = query['combinator'];
  if (combinator !== 'and' && combinator !== 'or') throw invalidRule(join(path, 'combinator'), 'must be "and" or "or"');
  const isScorecard = reading.dialect === 'scorecard';
  const listPath = join(path, isScorecard ? 'conditions' : 'rules');
  const list = query[isScorecard ? 'conditions' : 'rules'];
  if (!Array.isArray(list)) throw invalidRule(listPath, 'must be a list');
  if (isScorecard && list.length === 0) throw invalidRule(listPath, 'must have at least one condition');
  const rules = list.map((item: unknown, index) => readNode(reading, item, `${listPath}[${index}]`, depth));
  return { kind: 'group', combinator, rules };
}

function readNode(reading: Reading, item: unknown, path: string, depth: number): RuleNode {
  reading.count += 1;
  if (reading.count > ruleLimit) throw invalidRule(path, `is one rule too many: a query may have ${ruleLimit}`);
  if (!isJsonObject(item)) throw invalidRule(path, 'must be an object');
  if (item['combinator'] === undefined && !Array.isArray(item['rules'])) return readRule(reading.dialect, item, path);
  if (reading.dialect === 'scorecard') throw invalidRule(path, 'is a group; conditions of scorecards cannot be nested');
  return readGroup(reading, item, path, depth + 1);
}

function readRule(dialect: Dialect, item: JsonObject, path: string): Rule {
  const name = item['operator'];
  const operator = typeof name === 'string' ? operatorOf(name) : undefined;
  if (operator === undefined || typeof name !== 'string') {
    throw invalidRule(join(path, 'operator'), `must be one of ${operatorNames.join(', ')}`);
  }
  if (dialect === 'scorecard' && searchOnly.has(name)) {
    throw invalidRule(join(path, 'operator'), `is "${name}", which scorecards cannot use`);
  }
  const { value } = item;
  const operand =
    isJsonObject(value) && value['context'] !== undefined
      ? readContext(dialect, value, join(path, 'value'))
      : operator.operand(value, dialect);
  if (typeof operand === 'string') throw invalidRule(join(path, 'value'), operand);
  const subject = name === 'relatedTo' ? readRelated(item, path) : readSubject(dialect, item, path);
  if (subject.kind === 'path' && name !== 'matchAny') {
    throw invalidRule(join(path, 'operator'), 'must be "matchAny" where the property is a path');
  }
  return {
    kind: 'rule',
    subject,
    operator: name,
    operand,
    not: dialect === 'scorecard' && readTurn(item['not'], path),
  };
}

function readTurn(not: unknown, path: string): boolean {
  if (not === undefined || not === null) return false;
  if (typeof not !== 'boolean') throw invalidRule(join(path, 'not'), 'must be true or false');
  return not;
}

function readSubject(dialect: Dialect, item: JsonObject, path: string): Subject {
  const { property, relation, propertySchema, scorecard } = item;
  if (property !== undefined) return readProperty(dialect, property, join(path, 'property'));
  if (relation !== undefined) return readRelation(item, path);
  if (dialect === 'search' && propertySchema !== undefined)
    return readSchema(propertySchema, join(path, 'propertySchema'));
  if (dialect === 'search' && scorecard !== undefined) return readScorecard(item, path);
  throw invalidRule(
    path,
    `must name a ${dialect === 'search' ? 'property, relation or scorecard' : 'property or relation'}`,
  );
}

function readProperty(dialect: Dialect, property: unknown, path: string): Subject {
  if (isJsonObject(property)) {
    if (dialect === 'search' && property['path'] !== undefined) return readPath(property, path);
    return readContext(dialect, property, path);
  }
  const key = readKey(property, path);
  if (!key.startsWith('$')) return { kind: 'key', key };
  if (!(metaNames as readonly string[]).includes(key)) {
    throw invalidRule(path, `names "${key}", which is not one of ${metaNames.join(', ')}`);
  }
  if (dialect === 'scorecard' && key === '$datasource') {
    throw invalidRule(path, 'names "$datasource", which scorecards cannot look at');
  }
  return { kind: 'meta', name: key as MetaName };
}

function readContext(dialect: Dialect, value: JsonObject, path: string): ContextValue {
  const { context, property } = value;
  if (dialect === 'scorecard') throw invalidRule(path, 'must be a value: scorecards know no calling user');
  if (context !== 'user' && context !== 'userTeams') {
    throw invalidRule(join(path, 'context'), 'must be "user" or "userTeams"');
  }
  return { kind: 'context', context, property: readKey(property, join(path, 'property')) };
}

function readRelated(item: JsonObject, path: string): Subject {
  const { direction, required } = item;
  const blueprint = readKey(item['blueprint'], join(path, 'blueprint'));
  if (direction !== undefined && direction !== 'upstream' && direction !== 'downstream') {
    throw invalidRule(join(path, 'direction'), 'must be "upstream" or "downstream"');
  }
  if (required !== undefined && typeof required !== 'boolean') {
    throw invalidRule(join(path, 'required'), 'must be true or false');
  }
  return {
    kind: 'related',
    blueprint,
    ...(direction === undefined ? {} : { direction }),
    ...(required === undefined ? {} : { required }),
  };
}

function readPath({ path: steps, fromBlueprint }: JsonObject, path: string): Subject {
  const at = join(path, 'path');
  if (!Array.isArray(steps) || steps.length === 0 || steps.length > pathLimit) {
    throw invalidRule(at, `must be a list of 1 to ${pathLimit} relations`);
  }
  const read = steps.map((step: unknown, index) => readStep(step, `${at}[${index}]`));
  if (read.filter((step) => step.maxHops > 1).length > 1) {
    throw invalidRule(at, 'may have maxHops at one relation only');
  }
  const from = fromBlueprint === undefined ? {} : { from: readKey(fromBlueprint, join(path, 'fromBlueprint')) };
  return { kind: 'path', steps: read, ...from };
}

function readStep(step: unknown, path: string): PathStep {
  if (!isJsonObject(step)) return { relation: readKey(step, path), maxHops: 1 };
  const { maxHops = 1 } = step;
  if (typeof maxHops !== 'number' || !Number.isInteger(maxHops) || maxHops < 1 || maxHops > hopLimit) {
    throw invalidRule(join(path, 'maxHops'), `must be a whole number from 1 to ${hopLimit}`);
  }
  return { relation: readKey(step['relation'], join(path, 'relation')), maxHops };
}

function readRelation(item: JsonObject, path: string): Subject {
  const relation = readKey(item['relation'], join(path, 'relation'));
  const target = item['targetProperty'] ?? '$identifier';
  if (target === '$identifier') return { kind: 'key', key: relation };
  if (target === '$title') return { kind: 'related-title', relation };
  throw invalidRule(join(path, 'targetProperty'), 'must be "$identifier" or "$title"');
}

function readSchema(schema: unknown, path: string): Subject {
  if (!isJsonObject(schema)) throw invalidRule(path, 'must be an object');
  const { type, format, items } = schema;
  const [itemsType, itemsFormat] = isJsonObject(items) ? [items['type'], items['format']] : [];
  const given = Object.entries({ type, format, itemsType, itemsFormat }).filter(([, value]) => value !== undefined);
  if (given.length === 0 || !given.every(([, value]) => typeof value === 'string')) {
    throw invalidRule(path, 'must have a type, a format or items.type');
  }
  return { kind: 'schema', ...(Object.fromEntries(given) as Record<string, string>) };
}

function readScorecard(item: JsonObject, path: string): Subject {
  const scorecard = readKey(item['scorecard'], join(path, 'scorecard'));
  if (item['scorecardRule'] === undefined) return { kind: 'level', scorecard };
  return { kind: 'rule-status', scorecard, rule: readKey(item['scorecardRule'], join(path, 'scorecardRule')) };
}

function readKey(key: unknown, path: string): string {
  if (typeof key === 'string' && key !== '' && key.length <= 200) return key;
  throw invalidRule(path, 'must be a text of 1 to 200 characters');
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
