import { parseSearchRules } from '#catalog/rules/parse-rules.ts';
import type { Fault } from '#catalog/property-rules.ts';
import { isJsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import { isComputed } from './form-expression-rules.ts';

/** What a value that is not known yet may turn out to be; a rule is usable when one of them fits its operator. */
const standIns = ['x', ['x'], 0, '2026-01-01T00:00:00Z', { preset: 'today' }] as const;

/** What is wrong with the query that narrows the choices of an entity input; computed values may be anything. */
export function datasetFault(dataset: unknown, path: string): Fault | null {
  return isComputed(dataset) ? null : queryFault(dataset, path, isComputed);
}

/** What is wrong with a query of a policy, whose texts may be templates. */
export function policyQueryFault(query: unknown, path: string): Fault | null {
  return queryFault(query, path, (value) => typeof value === 'string' && value.includes('{{'));
}

type IsOpen = (value: unknown) => boolean;

function queryFault(query: unknown, path: string, isOpen: IsOpen): Fault | null {
  try {
    parseSearchRules(withStandIns(query, isOpen, 0), '');
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const [first] = (error.details?.['errors'] ?? []) as readonly Fault[];
    const inside = first?.path ?? '';
    return { path: inside === '' ? path : `${path}.${inside}`, message: first?.message ?? error.message };
  }
}

const depthLimit = 40;

function withStandIns(node: unknown, isOpen: IsOpen, depth: number): unknown {
  if (!isJsonObject(node) || depth > depthLimit) return node;
  if (Array.isArray(node['rules'])) {
    return { ...node, rules: node['rules'].map((rule: unknown) => withStandIns(rule, isOpen, depth + 1)) };
  }
  const candidates = standIns.map((value) => closed(node, isOpen, value, 0));
  return candidates.find(isUsable) ?? candidates[0];
}

function closed(value: unknown, isOpen: IsOpen, standIn: unknown, depth: number): unknown {
  if (isOpen(value)) return standIn;
  if (depth > depthLimit) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => closed(item, isOpen, standIn, depth + 1));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, closed(item, isOpen, standIn, depth + 1)]),
  );
}

function isUsable(rule: unknown): boolean {
  try {
    parseSearchRules({ combinator: 'and', rules: [rule] }, '');
    return true;
  } catch {
    return false;
  }
}
