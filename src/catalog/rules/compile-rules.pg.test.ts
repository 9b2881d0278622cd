import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonEqual } from '#platform/json.ts';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';
import type { BlueprintDocument } from '../blueprint-document.ts';
import { bindRules } from './bind-rules.ts';
import { compileRules } from './compile-rules.ts';
import { presets } from './instant.ts';
import { operatorNames } from './operators.ts';
import { parseScorecardConditions, parseSearchRules } from './parse-rules.ts';
import type { Dialect } from './rule.ts';

const now = new Date('2026-05-04T10:00:00.000Z');
const blueprint = {
  identifier: 'service',
  title: 'Service',
  schema: {
    properties: {
      text: { type: 'string' },
      number: { type: 'number' },
      flag: { type: 'boolean' },
      at: { type: 'string', format: 'date-time' },
      list: { type: 'array' },
      thing: { type: 'object' },
      __proto__x: { type: 'string' },
    },
    required: [],
  },
  mirrorProperties: {},
  calculationProperties: {},
  aggregationProperties: {},
  relations: { system: { target: 'system' }, friends: { target: 'service', many: true } },
  createdAt: now.toISOString(),
  createdBy: 'x',
  updatedAt: now.toISOString(),
  updatedBy: 'x',
} as unknown as BlueprintDocument;

interface Sample {
  readonly identifier: string;
  readonly title: string;
  readonly icon: string | null;
  readonly team: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly relations: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

let home: TestDatabase;
beforeAll(async () => {
  home = await createTestDatabase();
});
afterAll(async () => home.drop());

/** The identifiers of the samples for which the query holds, by PostgreSQL. */
async function select(samples: readonly Sample[], query: unknown, dialect: Dialect = 'search'): Promise<string[]> {
  const parsed = dialect === 'search' ? parseSearchRules(query, '') : parseScorecardConditions(query, '');
  const condition = compileRules(bindRules(parsed, blueprint, dialect), { dialect, now });
  const rows = samples.map((sample) => ({ ...sample, created_at: sample.createdAt }));
  const found = await sql<{ identifier: string }>`
    select e.identifier from (
      select 'org' as org_id, 'service' as blueprint, 'agent' as datasource, 'me' as created_by, null::jsonb as scorecards,
        r.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(identifier text, title text, icon text,
          team text[], properties jsonb, relations jsonb, created_at timestamptz)) as e
    where ${condition}`.execute(home.database.kysely);
  return found.rows.map((row) => row.identifier).toSorted();
}

// The meaning of the language once more, over values in memory.

const metaOf: Readonly<Record<string, (sample: Sample) => unknown>> = {
  $identifier: (sample) => sample.identifier,
  $title: (sample) => sample.title,
  $icon: (sample) => sample.icon,
  $team: (sample) => sample.team,
  $blueprint: () => 'service',
  $datasource: () => 'agent',
  $createdBy: () => 'me',
  $createdAt: (sample) => sample.createdAt,
};
const instantKeys = new Set(['at', '$createdAt']);

interface ModelRule {
  readonly property: string;
  readonly operator: string;
  readonly value?: unknown;
  readonly not?: boolean;
}

const positives: Readonly<Record<string, string>> = {
  '!=': '=',
  notIn: 'in',
  doesNotContains: 'contains',
  doesNotBeginsWith: 'beginsWith',
  doesNotEndsWith: 'endsWith',
  isNotEmpty: 'isEmpty',
  notBetween: 'between',
};

function modelHolds(sample: Sample, rule: ModelRule, dialect: Dialect): boolean {
  const { property, operator, value, not = false } = rule;
  const meta = metaOf[property];
  const actual = meta?.(sample) ?? sample.properties[property] ?? sample.relations[property] ?? null;
  const positive = positives[operator];
  const holds = modelPositive(
    { actual, instant: instantKeys.has(property), column: property === '$createdAt', value, dialect },
    positive ?? operator,
  );
  return (holds !== (positive !== undefined)) !== not;
}

interface Question {
  readonly actual: unknown;
  readonly instant: boolean;
  /** An instant that is no text even in the database. */
  readonly column: boolean;
  readonly value: unknown;
  readonly dialect: Dialect;
}

const isOne = (question: Question): boolean => {
  const { actual } = question;
  const values = [question.value].flat() as readonly unknown[];
  return Array.isArray(actual)
    ? actual.some((item) => values.includes(item))
    : values.some((one) => same(question, one));
};

const isDue = (question: Question, due: boolean): boolean => {
  const at = timeOf(question);
  return at !== null && at <= now.getTime() === due;
};

const model: Readonly<Record<string, (question: Question) => boolean>> = {
  '=': (question) => {
    const { actual, value } = question;
    if (value === null) return modelPositive(question, 'isEmpty');
    if (Array.isArray(value)) {
      return Array.isArray(actual) ? jsonEqual(actual, value) : value.some((one) => same(question, one));
    }
    if (typeof value === 'object') return modelPositive(question, 'between');
    return Array.isArray(actual) ? actual.includes(value) : same(question, value);
  },
  in: isOne,
  matchAny: isOne,
  containsAny: isOne,
  contains: (question) => {
    const { actual, value } = question;
    return Array.isArray(actual) ? actual.includes(value) : (textOf(question)?.includes(String(value)) ?? false);
  },
  beginsWith: (question) => textOf(question)?.startsWith(String(question.value)) ?? false,
  endsWith: (question) => textOf(question)?.endsWith(String(question.value)) ?? false,
  isEmpty: ({ actual, dialect }) => {
    if (actual === null || (Array.isArray(actual) && actual.length === 0)) return true;
    return dialect === 'scorecard' && (actual === '' || JSON.stringify(actual) === '{}');
  },
  between: (question) => {
    const [from, to] = modelRange(question.value as Readonly<Record<string, string>>);
    const at = timeOf(question);
    return at !== null && at >= from && at <= to;
  },
  isExpired: (question) => isDue(question, true),
  isNotExpired: (question) => isDue(question, false),
};

function modelPositive(question: Question, operator: string): boolean {
  return model[operator]?.(question) ?? modelCompare(question, operator);
}

function textOf({ actual, column, dialect }: Question): string | null {
  if (typeof actual === 'string') return column ? null : actual;
  return typeof actual === 'number' && dialect === 'scorecard' ? String(actual) : null;
}

function same({ actual, instant }: Question, value: unknown): boolean {
  if (actual === value) return true;
  if (!instant || typeof actual !== 'string' || typeof value !== 'string') return false;
  return /^\d{4}-/.test(value) && Date.parse(actual) === Date.parse(value);
}

function timeOf({ actual, instant }: Question): number | null {
  return instant && typeof actual === 'string' && /^\d{4}-/.test(actual) ? Date.parse(actual) : null;
}

function modelCompare(question: Question, operator: string): boolean {
  const isNumber = typeof question.value === 'number';
  const left = isNumber ? question.actual : timeOf(question);
  const right = isNumber ? question.value : Date.parse(question.value as string);
  if (typeof left !== 'number' || typeof right !== 'number') return false;
  if (operator === '>') return left > right;
  if (operator === '>=') return left >= right;
  return operator === '<' ? left < right : left <= right;
}

const day = 86_400_000;
const spans: Readonly<Record<string, number>> = { Day: 1, Week: 7, '2Weeks': 14, Month: 30, '3Months': 90 };
const longSpans: Readonly<Record<string, number>> = { '6Months': 180, '12Months': 365, '2Years': 730, '3Years': 1095 };

function modelRange(value: Readonly<Record<string, string>>): readonly [number, number] {
  const { preset } = value;
  if (preset === undefined) return [Date.parse(value['from'] ?? ''), Date.parse(value['to'] ?? '')];
  const midnight = Date.parse('2026-05-04T00:00:00.000Z');
  const start = { yesterday: midnight - day, today: midnight, tomorrow: midnight + day }[preset];
  if (start !== undefined) return [start, start + day - 1];
  const length = ({ ...spans, ...longSpans }[preset.slice(4)] ?? 0) * day;
  return preset.startsWith('last') ? [now.getTime() - length, now.getTime()] : [now.getTime(), now.getTime() + length];
}

// Values from few, so that they meet.

const words = fc.constantFrom(
  '',
  'a',
  'b',
  'ab',
  'aba',
  'ü',
  '%',
  '_',
  '\\',
  "'",
  '"',
  '$1',
  '1',
  '1.5',
  'true',
  '😀a',
);
const numbers = fc.constantFrom(0, 1, -1, 1.5, 2, 10, -0.25, 1e6);
const instants = fc.constantFrom(
  '2026-05-04T10:00:00.000Z',
  '2026-05-04T12:00:00+02:00',
  '2026-05-03T23:59:59Z',
  '2026-05-05T00:00:00Z',
  '2026-04-04T10:00:00Z',
  '2024-02-29T00:00:00.5Z',
  '2027-01-01T00:00:00-05:00',
);
const scalars = fc.oneof(words, numbers, fc.boolean());
const lists = fc.array(scalars, { maxLength: 3 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary);

const sample: fc.Arbitrary<Omit<Sample, 'identifier'>> = fc.record({
  title: words,
  icon: maybe(words),
  team: fc.array(words, { maxLength: 3 }),
  properties: fc.record(
    {
      // Any value anywhere: a property may have changed since it was written.
      text: maybe(fc.oneof({ weight: 4, arbitrary: words }, scalars, lists)),
      number: maybe(fc.oneof({ weight: 4, arbitrary: numbers }, words)),
      flag: maybe(fc.boolean()),
      at: maybe(fc.oneof({ weight: 4, arbitrary: instants }, words)),
      list: maybe(lists),
      thing: maybe(fc.constantFrom({}, { a: 1 }, { a: 'b', c: [] })),
    },
    { requiredKeys: [] },
  ),
  relations: fc.record(
    { system: maybe(words), friends: fc.array(words, { minLength: 1, maxLength: 3 }) },
    { requiredKeys: [] },
  ),
  createdAt: instants,
});

const property = fc.constantFrom(
  'text',
  'number',
  'flag',
  'at',
  'list',
  'thing',
  'system',
  'friends',
  ...Object.keys(metaOf),
);
const manyScalars = fc.oneof(lists, fc.array(scalars, { minLength: 11, maxLength: 15 }));
const range = fc.oneof(fc.record({ preset: fc.constantFrom(...presets) }), fc.record({ from: instants, to: instants }));

function valueFor(operator: string): fc.Arbitrary<unknown> {
  const positive = positives[operator] ?? operator;
  if (positive === 'isEmpty') return fc.constantFrom(undefined, null);
  if (positive.startsWith('is')) return fc.constant(undefined);
  if (positive === '=') return fc.oneof(scalars, instants, manyScalars, range, fc.constant(null));
  if (positive === 'matchAny') return fc.oneof(words, fc.array(words, { maxLength: 4 }));
  if (positive === 'in' || positive === 'containsAny') return fc.oneof(manyScalars, fc.array(instants));
  if (positive === 'between') return range;
  if (positive.endsWith('With') || positive === 'contains') return words;
  return fc.oneof(numbers, instants);
}

function ruleWith(operator: string, dialect: Dialect): fc.Arbitrary<ModelRule> {
  const value = valueFor(operator);
  const not = dialect === 'scorecard' ? fc.constantFrom(undefined, true, false) : fc.constant(undefined);
  return fc
    .record({ property, operator: fc.constant(operator), value, not })
    .filter((rule) => dialect === 'search' || rule.property !== '$datasource')
    .map(({ value: given, not: turned, ...rule }) => ({
      ...rule,
      ...(given === undefined ? {} : { value: given }),
      ...(turned === undefined ? {} : { not: turned }),
    }));
}

type ModelNode = ModelRule | { readonly combinator: 'and' | 'or'; readonly rules: readonly ModelNode[] };

function modelNode(one: Sample, node: ModelNode): boolean {
  if (!('combinator' in node)) return modelHolds(one, node, 'search');
  if (node.rules.length === 0) return true;
  const outcomes = node.rules.map((rule) => modelNode(one, rule));
  return node.combinator === 'and' ? outcomes.every(Boolean) : outcomes.some(Boolean);
}

function numbered(samples: readonly Omit<Sample, 'identifier'>[]): readonly Sample[] {
  return samples.map((one, index) => ({ ...one, identifier: `e${index}` }));
}

/** Those that look at an entity alone; how relations are followed has a test of its own. */
const operatorsOf = (dialect: Dialect): readonly string[] =>
  operatorNames.filter((name) => name !== 'relatedTo' && (dialect === 'search' || name !== 'matchAny'));

describe('rules in SQL mean what they mean in memory', () => {
  const samples = fc.array(sample, { minLength: 8, maxLength: 8 }).map(numbered);
  for (const dialect of ['search', 'scorecard'] as const) {
    it.each(operatorsOf(dialect))(`%s in a ${dialect}`, async (operator) => {
      await fc.assert(
        fc.asyncProperty(samples, ruleWith(operator, dialect), async (entities, rule) => {
          const query =
            dialect === 'search' ? { combinator: 'and', rules: [rule] } : { combinator: 'and', conditions: [rule] };
          const expected = entities.filter((one) => modelHolds(one, rule, dialect)).map((one) => one.identifier);
          expect(await select(entities, query, dialect)).toEqual(expected);
        }),
        { numRuns: 120 },
      );
    });
  }

  it('groups nested in groups', async () => {
    const rule = fc.constantFrom(...operatorsOf('search')).chain((operator) => ruleWith(operator, 'search'));
    const { tree } = fc.letrec<{ tree: ModelNode; group: ModelNode }>((tie) => ({
      group: fc.record({ combinator: fc.constantFrom('and', 'or'), rules: fc.array(tie('tree'), { maxLength: 3 }) }),
      tree: fc.oneof({ depthSize: 'small' }, rule, tie('group')),
    }));
    await fc.assert(
      fc.asyncProperty(samples, tree, async (entities, node) => {
        const query = { combinator: 'or', rules: [node] };
        const expected = entities.filter((one) => modelNode(one, node)).map((one) => one.identifier);
        expect(await select(entities, query)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
