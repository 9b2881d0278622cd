import type { Blueprint, Json } from '../../api/wire.ts';
import type { Rule } from '../api.ts';
import { type Condition, operators, readConditions, rulesOf } from '../conditions.ts';

/** A rule as it stands on the wire; which keys it has depends on what it looks at. */
export type WireRule = Readonly<Record<string, Json>>;
export interface RuleGroup {
  readonly combinator: 'and' | 'or';
  readonly rules: readonly RuleNode[];
}
export type RuleNode = RuleGroup | WireRule;

export const noRules: RuleGroup = { combinator: 'and', rules: [] };

export const isGroup = (node: RuleNode): node is RuleGroup =>
  Array.isArray((node as RuleGroup).rules) && 'combinator' in node;

/** Groups all the way down, whatever the rules in them say: the server knows best. */
export function readTree(value: unknown): RuleGroup | null {
  if (typeof value !== 'object' || value === null) return null;
  const { combinator, rules } = value as { readonly combinator?: unknown; readonly rules?: unknown };
  if ((combinator !== 'and' && combinator !== 'or') || !Array.isArray(rules)) return null;
  const nodes = rules.map((rule: unknown): RuleNode | null => {
    if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return null;
    return 'combinator' in rule || 'rules' in rule ? readTree(rule) : (rule as WireRule);
  });
  return nodes.every((node) => node !== null) ? { combinator, rules: nodes } : null;
}

/** A filter as it stands in the address: a query, or one of the two older forms. */
export function readFilter(text: string | undefined, blueprint: Blueprint): RuleGroup {
  if (text === undefined || text === '') return noRules;
  if (!text.startsWith('{')) {
    return { combinator: 'and', rules: rulesOf(readConditions(text), blueprint) as unknown as readonly WireRule[] };
  }
  try {
    return readTree(JSON.parse(text)) ?? noRules;
  } catch {
    return noRules;
  }
}

export const writeFilter = (group: RuleGroup): string => (group.rules.length === 0 ? '' : JSON.stringify(group));

/** What the server is asked; empty groups restrict nothing. */
export const queriedRules = (group: RuleGroup): readonly Rule[] =>
  (group.combinator === 'and' ? group.rules : group.rules.length === 0 ? [] : [group]) as unknown as readonly Rule[];

/** The small form of a rule, for those that the quick editor knows; null for the others. */
export function conditionOf(node: RuleNode): Condition | null {
  if (isGroup(node)) return null;
  const { property, scorecard, operator, value, ...rest } = node;
  if (Object.keys(rest).length > 0) return null;
  const field = typeof property === 'string' ? property : typeof scorecard === 'string' ? `level:${scorecard}` : null;
  const known = operators.find((one) => one === operator);
  if (field === null || known === undefined || (property !== undefined && scorecard !== undefined)) return null;
  const values = smallValues(known, value);
  return values === null ? null : { field, operator: known, values };
}

function smallValues(operator: Condition['operator'], value: Json | undefined): readonly string[] | null {
  if (operator === 'isEmpty' || operator === 'isNotEmpty') return value === undefined ? [] : null;
  if (operator === 'in' || operator === 'notIn') {
    const isList = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one !== 'object');
    return isList ? (value as readonly Json[]).map(String) : null;
  }
  if (operator === 'between') {
    const preset = typeof value === 'object' && value !== null && 'preset' in value ? value.preset : undefined;
    return typeof preset === 'string' ? [preset] : null;
  }
  if (operator === 'contains' || operator === 'beginsWith') return typeof value === 'string' ? [value] : null;
  return typeof value === 'number' ? [String(value)] : null;
}

/** The text in that place, where it is one. */
export const textOf = (value: Json | undefined, otherwise = ''): string =>
  typeof value === 'string' ? value : otherwise;

/** Which way a tree is gone to one of its nodes. */
export type NodePath = readonly number[];

export function nodeAt(group: RuleGroup, path: NodePath): RuleNode | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return group;
  const node = group.rules[first];
  if (node === undefined || rest.length === 0) return node;
  return isGroup(node) ? nodeAt(node, rest) : undefined;
}

/** The tree with another node in that place, or without it. */
export function withNode(group: RuleGroup, path: NodePath, next: RuleNode | null): RuleGroup {
  const [first, ...rest] = path;
  if (first === undefined) return next !== null && isGroup(next) ? next : group;
  const node = group.rules[first];
  if (node === undefined) return group;
  if (rest.length > 0) {
    const inner = isGroup(node) ? withNode(node, rest, next) : node;
    return { ...group, rules: group.rules.toSpliced(first, 1, inner) };
  }
  return { ...group, rules: next === null ? group.rules.toSpliced(first, 1) : group.rules.toSpliced(first, 1, next) };
}

export const withAdded = (group: RuleGroup, path: NodePath, node: RuleNode): RuleGroup => {
  const at = nodeAt(group, path);
  return at === undefined || !isGroup(at) ? group : withNode(group, path, { ...at, rules: [...at.rules, node] });
};

/** Without groups that hold nothing. */
export function pruned(group: RuleGroup): RuleGroup {
  const rules = group.rules
    .map((node) => (isGroup(node) ? pruned(node) : node))
    .filter((node) => !isGroup(node) || node.rules.length > 0);
  return { ...group, rules };
}

export const countRules = (group: RuleGroup): number =>
  group.rules.reduce((sum, node) => sum + (isGroup(node) ? countRules(node) : 1), 0);

/** How the server names that node, as `query.rules[0].rules[1]`. */
export const wirePath = (path: NodePath, root = 'query'): string =>
  path.reduce((text, index) => `${text}.rules[${index}]`, root);

export interface WireFault {
  readonly path: string;
  readonly message: string;
}

/** What is said of this very node, and not of one inside of it. */
export function faultAt(faults: readonly WireFault[], path: NodePath): string | undefined {
  const here = wirePath(path);
  return faults.find((fault) => {
    const rest = fault.path.slice(here.length);
    return fault.path.startsWith(here) && !rest.startsWith('.rules[') && (rest === '' || rest.startsWith('.'));
  })?.message;
}

/** `query.rules[0].value` as keys and places. */
export const keysOfPath = (path: string): readonly (string | number)[] =>
  path
    .replaceAll('[', '.')
    .replaceAll(']', '')
    .split('.')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
