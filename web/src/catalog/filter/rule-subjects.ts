import type { Blueprint, Json, Scorecard } from '../../api/wire.ts';
import { isLong, propertiesOf } from '../columns.ts';
import type { Field } from '../conditions.ts';
import type { WireRule } from './rule-tree.ts';

export type SubjectKind =
  | 'text'
  | 'number'
  | 'boolean'
  | 'date'
  | 'list'
  | 'relation'
  | 'level'
  | 'status'
  | 'any'
  | 'path'
  | 'related';

/** What a rule can look at, as one entry of a list. */
export interface SubjectChoice {
  /** `p:tier`, `t:owner` (a related title), `l:Quality`, `r:Quality/has-owner`, or one of the words of `special`. */
  readonly id: string;
  readonly title: string;
  readonly kind: SubjectKind;
  readonly group: 'fields' | 'meta' | 'relations' | 'scorecards' | 'more';
  /** What its values are counted under. */
  readonly facet?: string;
  readonly choices?: readonly string[];
}

const special = ['path', 'related', 'user', 'userTeams', 'schema'] as const;
type Special = (typeof special)[number];

const meta: readonly (readonly [string, SubjectKind])[] = [
  ['$identifier', 'text'],
  ['$icon', 'text'],
  ['$createdBy', 'text'],
  ['$updatedBy', 'text'],
  ['$datasource', 'text'],
];

const kinds: Readonly<Record<Field['kind'], SubjectKind>> = {
  choice: 'text',
  prose: 'text',
  text: 'text',
  number: 'number',
  date: 'date',
  list: 'list',
  relation: 'relation',
  level: 'level',
  boolean: 'boolean',
};

interface SubjectWords {
  readonly meta: (name: string) => string;
  readonly titleOf: (relation: string) => string;
  readonly special: (name: Special) => string;
}

/** Everything that rules about entities of a blueprint can look at. */
export function subjectsOf(
  blueprint: Blueprint,
  scorecards: readonly Scorecard[],
  fields: readonly Field[],
  words: SubjectWords,
): readonly SubjectChoice[] {
  const derived = new Set(Object.keys(blueprint.mirrorProperties ?? {}));
  const schemas = new Map(propertiesOf(blueprint).map(({ key, schema }) => [key, schema]));
  const known = fields.map(({ key, title, kind }): SubjectChoice => {
    if (kind === 'level') {
      return { id: `l:${key.slice('level:'.length)}`, title, kind: 'level', group: 'scorecards', facet: key };
    }
    const group = kind === 'relation' ? 'relations' : key.startsWith('$') ? 'meta' : 'fields';
    const choices = schemas.get(key)?.enum?.map(String);
    const own = derived.has(key) ? 'any' : kinds[kind];
    return { id: `p:${key}`, title, kind: own, group, facet: key, ...(choices === undefined ? {} : { choices }) };
  });
  const long = propertiesOf(blueprint)
    .filter(({ key, schema }) => isLong(schema) && !fields.some((field) => field.key === key))
    .map(({ key, title }): SubjectChoice => ({ id: `p:${key}`, title, kind: 'any', group: 'fields' }));
  return [
    ...known,
    ...long,
    ...meta.map(([name, kind]): SubjectChoice => ({ id: `p:${name}`, title: words.meta(name), kind, group: 'meta' })),
    ...Object.entries(blueprint.relations).map(([key, relation]): SubjectChoice => ({
      id: `t:${key}`,
      title: words.titleOf(relation.title ?? key),
      kind: 'text',
      group: 'relations',
    })),
    ...scorecards.flatMap((scorecard) =>
      scorecard.rules.map((rule): SubjectChoice => ({
        id: `r:${scorecard.identifier}/${rule.identifier}`,
        title: `${scorecard.title}: ${rule.title}`,
        kind: 'status',
        group: 'scorecards',
        choices: ['SUCCESS', 'FAILURE'],
      })),
    ),
    ...special.map((name): SubjectChoice => ({
      id: name,
      title: words.special(name),
      kind: name === 'path' ? 'path' : name === 'related' ? 'related' : 'any',
      group: 'more',
    })),
  ];
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The id of what a rule looks at; null for what none of the choices is. */
export function subjectIdOf(rule: WireRule): string | null {
  const { property, relation, scorecard, scorecardRule, targetProperty, propertySchema, operator } = rule;
  if (operator === 'relatedTo') return 'related';
  if (typeof property === 'string') return `p:${property}`;
  if (isObject(property)) {
    if ('path' in property) return 'path';
    return property['context'] === 'userTeams' ? 'userTeams' : 'user';
  }
  if (typeof relation === 'string') return targetProperty === '$title' ? `t:${relation}` : `p:${relation}`;
  if (propertySchema !== undefined) return 'schema';
  if (typeof scorecard !== 'string') return null;
  return typeof scorecardRule === 'string' ? `r:${scorecard}/${scorecardRule}` : `l:${scorecard}`;
}

/** The part of a rule that says what it looks at. */
export function subjectRule(id: string, blueprint: string): WireRule {
  const rest = id.slice(2);
  if (id.startsWith('p:')) return { property: rest };
  if (id.startsWith('t:')) return { relation: rest, targetProperty: '$title' };
  if (id.startsWith('l:')) return { scorecard: rest };
  if (id.startsWith('r:')) {
    const cut = rest.indexOf('/');
    return { scorecard: rest.slice(0, cut), scorecardRule: rest.slice(cut + 1) };
  }
  if (id === 'path') return { property: { path: [] } };
  if (id === 'related') return { blueprint };
  if (id === 'schema') return { propertySchema: { type: 'string' } };
  return { property: { context: id, property: id === 'user' ? '$team' : '$identifier' } };
}

const equality = ['=', '!=', 'in', 'notIn'];
const emptiness = ['isEmpty', 'isNotEmpty'];
const parts = ['contains', 'doesNotContains', 'beginsWith', 'doesNotBeginsWith', 'endsWith', 'doesNotEndsWith'];
const comparisons = ['>', '>=', '<', '<='];
const times = ['between', 'notBetween', 'isExpired', 'isNotExpired'];

const operatorsOfKind: Readonly<Record<SubjectKind, readonly string[]>> = {
  text: [...equality, ...parts, ...emptiness],
  number: ['=', '!=', ...comparisons, 'in', 'notIn', ...emptiness],
  boolean: ['=', '!=', ...emptiness],
  date: [...times, ...comparisons, '=', '!=', ...emptiness],
  list: ['containsAny', 'in', 'notIn', 'contains', 'doesNotContains', '=', '!=', ...emptiness],
  relation: [...equality, 'containsAny', 'contains', 'doesNotContains', ...emptiness],
  level: equality,
  status: equality,
  any: [...equality, 'containsAny', ...parts, ...comparisons, ...times, ...emptiness],
  path: ['matchAny'],
  related: ['relatedTo'],
};

export const operatorsFor = (kind: SubjectKind): readonly string[] => operatorsOfKind[kind];

/** What has to be said beside an operator. */
export type Needs = 'nothing' | 'one' | 'list' | 'range' | 'identifiers';

export function needs(operator: string): Needs {
  if (['isEmpty', 'isNotEmpty', 'isExpired', 'isNotExpired'].includes(operator)) return 'nothing';
  if (['in', 'notIn', 'containsAny'].includes(operator)) return 'list';
  if (operator === 'between' || operator === 'notBetween') return 'range';
  return operator === 'matchAny' || operator === 'relatedTo' ? 'identifiers' : 'one';
}

/** Whether a text that is typed for it means a number. */
export const asksNumber = (kind: SubjectKind, operator: string): boolean =>
  kind === 'number' && !parts.includes(operator);

const isFilled = (value: Json | undefined): boolean => value !== undefined && value !== '' && value !== null;

/** A value that the operator takes: the one there is, as far as it fits. */
export function valueFor(operator: string, kind: SubjectKind, value: Json | undefined): Json | undefined {
  const needed = needs(operator);
  if (needed === 'nothing') return undefined;
  if (isObject(value) && 'context' in value) return value;
  if (needed === 'range') return isObject(value) ? value : { preset: 'lastWeek' };
  if (needed === 'one') return singleFor(operator, kind, value);
  if (isList(value)) return value;
  return isFilled(value) && !isObject(value) ? [value as Json] : [];
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

function singleFor(operator: string, kind: SubjectKind, value: Json | undefined): Json {
  const first = isList(value) ? value[0] : value;
  if (kind === 'boolean') return typeof first === 'boolean' ? first : true;
  if (asksNumber(kind, operator)) return typeof first === 'number' ? first : Number(first) || 0;
  return typeof first === 'string' || typeof first === 'number' || typeof first === 'boolean' ? String(first) : '';
}

/** The rule after something else was chosen to look at. */
export function changeSubject(rule: WireRule, choice: SubjectChoice, blueprint: string): WireRule {
  const possible = operatorsFor(choice.kind);
  const before = typeof rule['operator'] === 'string' ? rule['operator'] : '';
  const operator = possible.includes(before) ? before : (possible[0] ?? '=');
  return withValue({ ...subjectRule(choice.id, blueprint), operator }, valueFor(operator, choice.kind, undefined));
}

export function changeOperator(rule: WireRule, operator: string, kind: SubjectKind): WireRule {
  return withValue({ ...rule, operator }, valueFor(operator, kind, rule['value']));
}

export function withValue(rule: WireRule, value: Json | undefined): WireRule {
  const { value: _, ...rest } = rule;
  return value === undefined ? rest : { ...rest, value };
}
