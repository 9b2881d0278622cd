import type { Blueprint, Json, PropertySchema, Scorecard } from '../api/wire.ts';
import type { Rule } from './api.ts';
import { isLong, propertiesOf } from './columns.ts';

export const operators = [
  'in',
  'notIn',
  'contains',
  'beginsWith',
  '=',
  '>=',
  '<=',
  'between',
  'isEmpty',
  'isNotEmpty',
] as const;
export type Operator = (typeof operators)[number];

/** One chip: what of an entity is asked, how, and for what. Values are texts; the rule gives them their type. */
export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

export const presets = [
  'today',
  'lastDay',
  'lastWeek',
  'lastMonth',
  'last3Months',
  'last6Months',
  'last12Months',
] as const;

export type FieldKind = 'choice' | 'text' | 'prose' | 'number' | 'date' | 'list' | 'relation' | 'level' | 'boolean';

export interface Field {
  readonly key: string;
  readonly title: string;
  readonly kind: FieldKind;
}

const operatorsOfKind: Readonly<Record<FieldKind, readonly Operator[]>> = {
  choice: ['in', 'notIn', 'isEmpty', 'isNotEmpty'],
  boolean: ['in', 'isEmpty', 'isNotEmpty'],
  text: ['in', 'notIn', 'contains', 'beginsWith', 'isEmpty', 'isNotEmpty'],
  prose: ['contains', 'isEmpty', 'isNotEmpty'],
  number: ['=', '>=', '<=', 'in', 'isEmpty', 'isNotEmpty'],
  date: ['between', 'isEmpty', 'isNotEmpty'],
  list: ['in', 'notIn', 'isEmpty', 'isNotEmpty'],
  relation: ['in', 'notIn', 'isEmpty', 'isNotEmpty'],
  level: ['in', 'notIn'],
};

export const operatorsOf = ({ kind }: Field): readonly Operator[] => operatorsOfKind[kind];

export type Asks = 'values' | 'text' | 'number' | 'preset' | 'nothing';

/** What has to be said beside the operator. */
export function asks(operator: Operator): Asks {
  if (operator === 'in' || operator === 'notIn') return 'values';
  if (operator === 'contains' || operator === 'beginsWith') return 'text';
  if (operator === 'between') return 'preset';
  return operator === 'isEmpty' || operator === 'isNotEmpty' ? 'nothing' : 'number';
}

/** `[["tier","in","1","2"]]` as it stands in the address; also the older `tier:1|2;health:Down`. */
export function readConditions(text: string | undefined): readonly Condition[] {
  if (text === undefined || text === '') return [];
  if (!text.startsWith('[')) return readOldFilters(text);
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read.flatMap(readCondition) : [];
  } catch {
    return [];
  }
}

function readCondition(item: unknown): readonly Condition[] {
  if (!Array.isArray(item) || !item.every((part) => typeof part === 'string')) return [];
  const [field, operator, ...values] = item as readonly string[];
  const known = operators.find((one) => one === operator);
  if (field === undefined || known === undefined) return [];
  return asks(known) !== 'nothing' && values.length === 0 ? [] : [{ field, operator: known, values }];
}

function readOldFilters(text: string): readonly Condition[] {
  return text.split(';').flatMap((part): readonly Condition[] => {
    const cut = part.lastIndexOf(':');
    if (cut <= 0) return [];
    const values = part.slice(cut + 1).split('|');
    return [{ field: decoded(part.slice(0, cut)), operator: 'in', values: values.map(decoded) }];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function writeConditions(conditions: readonly Condition[]): string {
  return conditions.length === 0
    ? ''
    : JSON.stringify(conditions.map(({ field, operator, values }) => [field, operator, ...values]));
}

/** What a table of this blueprint can be narrowed by. */
export function fieldsOf(
  blueprint: Blueprint,
  scorecards: readonly Scorecard[],
  words: { readonly team: string; readonly title: string; readonly updated: string; readonly created: string },
): readonly Field[] {
  return [
    ...scorecards.map((one): Field => ({ key: `level:${one.identifier}`, title: one.title, kind: 'level' })),
    { key: '$team', title: words.team, kind: 'list' },
    ...propertiesOf(blueprint).flatMap(({ key, title, schema }): Field[] => {
      const kind = kindOf(schema);
      return kind === null ? [] : [{ key, title, kind }];
    }),
    ...Object.entries(blueprint.relations).map(([key, one]): Field => ({
      key,
      title: one.title ?? key,
      kind: 'relation',
    })),
    { key: '$title', title: words.title, kind: 'text' },
    { key: '$updatedAt', title: words.updated, kind: 'date' },
    { key: '$createdAt', title: words.created, kind: 'date' },
  ];
}

function kindOf(schema: PropertySchema): FieldKind | null {
  if (schema.type === 'object') return null;
  if (isLong(schema)) return 'prose';
  if (schema.type === 'array') return 'list';
  if (schema.type === 'boolean') return 'boolean';
  if (schema.enum !== undefined) return 'choice';
  if (schema.type === 'number') return 'number';
  return schema.format === 'date-time' || schema.format === 'timer' ? 'date' : 'text';
}

/** The conditions as the server is asked. */
export function rulesOf(conditions: readonly Condition[], blueprint: Blueprint): readonly Rule[] {
  const types = new Map(propertiesOf(blueprint).map(({ key, schema }) => [key, schema.type]));
  return conditions.map(({ field, operator, values }): Rule => {
    const subject = field.startsWith('level:') ? { scorecard: field.slice('level:'.length) } : { property: field };
    const type = types.get(field);
    const typed = (text: string): Json =>
      type === 'boolean' ? text === 'true' : type === 'number' && Number.isFinite(Number(text)) ? Number(text) : text;
    const [first = ''] = values;
    if (operator === 'isEmpty' || operator === 'isNotEmpty') return { ...subject, operator };
    if (operator === 'between') return { ...subject, operator, value: { preset: first } };
    if (operator === 'in' || operator === 'notIn') return { ...subject, operator, value: values.map(typed) };
    if (operator === 'contains' || operator === 'beginsWith') return { ...subject, operator, value: first };
    return { ...subject, operator, value: Number(first) };
  });
}
