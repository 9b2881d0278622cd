import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import type { AggregationDefinition, ByKey } from '../blueprint-document.ts';
import type { Fault } from '../property-rules.ts';
import { parseSearchRules } from '../rules/parse-rules.ts';
import type { RuleGroup } from '../rules/rule.ts';
import { hopLimit } from './compile-plan.ts';

const functions = ['sum', 'min', 'max', 'median', 'average'] as const;
export type PropertyFunction = (typeof functions)[number];
const intervals = ['hour', 'day', 'week', 'month'] as const;
export type Interval = (typeof intervals)[number];

/** What is computed over the set of an aggregation. */
export type AggregationSpec =
  | { readonly kind: 'count' }
  | { readonly kind: 'count-per'; readonly interval: Interval; readonly measureTimeBy: string }
  | { readonly kind: 'property'; readonly func: PropertyFunction; readonly property: string }
  | {
      readonly kind: 'sum-per';
      readonly property: string;
      readonly interval: Interval;
      readonly measureTimeBy: string;
    };

/** The specification as it is understood, or what is wrong with it. */
export function readAggregationSpec(spec: JsonObject): AggregationSpec | string {
  const { calculationBy, func, averageOf, property } = spec;
  const measureTimeBy = spec['measureTimeBy'] ?? '$createdAt';
  if (typeof measureTimeBy !== 'string') return 'measureTimeBy must be the name of a property';
  const interval = intervals.find((name) => name === averageOf);
  if (calculationBy === 'entities') {
    if (func === 'count') return { kind: 'count' };
    if (func !== 'average') return 'func must be count or average when entities are counted';
    if (interval === undefined) return `averageOf must be one of ${intervals.join(', ')}`;
    return { kind: 'count-per', interval, measureTimeBy };
  }
  if (calculationBy !== 'property') return 'calculationBy must be entities or property';
  if (typeof property !== 'string' || property === '') return 'property must name a property of the target';
  const known = functions.find((name) => name === func);
  if (known === undefined) return `func must be one of ${functions.join(', ')}`;
  if (known !== 'average' || averageOf === undefined || averageOf === 'total') {
    return { kind: 'property', func: known, property };
  }
  if (interval === undefined) return `averageOf must be one of ${intervals.join(', ')}, total`;
  return { kind: 'sum-per', property, interval, measureTimeBy };
}

/** The query of an aggregation; null when it restricts nothing. Refuses one that cannot be read. */
export function aggregationQuery(definition: AggregationDefinition, path: string): RuleGroup | null {
  const query: unknown = definition['query'];
  if (query === undefined || query === null) return null;
  const rules = parseSearchRules(query, path);
  return rules.rules.length === 0 ? null : rules;
}

/** Adds to `faults` what is wrong with definitions of aggregations. */
export function checkAggregations(definitions: ByKey<AggregationDefinition>, faults: Fault[]): void {
  for (const [key, definition] of Object.entries(definitions)) {
    const path = `aggregationProperties.${key}`;
    const spec = readAggregationSpec(definition.calculationSpec);
    if (typeof spec === 'string') faults.push({ path: `${path}.calculationSpec`, message: `is not usable: ${spec}` });
    checkPathFilter(definition['pathFilter'], `${path}.pathFilter`, faults);
    try {
      aggregationQuery(definition, `${path}.query`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      faults.push({ path: `${path}.query`, message: `is not a query: ${error.message}` });
    }
  }
}

function checkPathFilter(filter: unknown, path: string, faults: Fault[]): void {
  if (filter === undefined || filter === null) return;
  if (!Array.isArray(filter) || filter.length > 1) {
    faults.push({ path, message: 'must be a list of at most one path' });
    return;
  }
  const [only] = filter as readonly unknown[];
  if (only === undefined) return;
  const steps = isJsonObject(only) ? only['path'] : undefined;
  const isPath = Array.isArray(steps) && steps.length > 0 && steps.every((step) => typeof step === 'string');
  if (!isPath || steps.length > hopLimit) {
    faults.push({ path: `${path}[0].path`, message: `must be a list of 1 to ${hopLimit} relations` });
  }
}
