import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { invalidRule, parseSearchRules } from './parse-rules.ts';
import type { RuleGroup } from './rule.ts';

const alone: ReadonlySet<string> = new Set(['isEmpty', 'isNotEmpty', 'isExpired', 'isNotExpired']);
/** What else may stand beside the key by which a rule says what it looks at. */
const beside: Readonly<Record<string, readonly string[]>> = {
  property: [],
  relation: ['targetProperty'],
  scorecard: ['scorecardRule'],
  propertySchema: [],
};

/**
 * Reads a query as somebody sends it to search by it: rules and groups are closed, so that a key with a slip of the
 * pen is told instead of being left out. What was saved once is read without this.
 */
export function parseSentRules(query: unknown, path: string): RuleGroup {
  const rules = parseSearchRules(query, path);
  refuseExtraKeys(query, path);
  return rules;
}

/** Of what has the shape of rules. */
function refuseExtraKeys(node: unknown, path: string): void {
  if (!isJsonObject(node)) return;
  const extra = Object.keys(node).find((key) => !allowedKeys(node).includes(key));
  if (extra !== undefined) throw invalidRule(path === '' ? extra : `${path}.${extra}`, 'is not a key of this rule');
  const { rules } = node;
  if (!Array.isArray(rules)) return;
  rules.forEach((rule, index) => refuseExtraKeys(rule, `${path === '' ? '' : `${path}.`}rules[${index}]`));
}

function allowedKeys(node: JsonObject): readonly string[] {
  if (node['combinator'] !== undefined || Array.isArray(node['rules'])) return ['combinator', 'rules'];
  const operator = String(node['operator']);
  if (operator === 'relatedTo') return ['operator', 'value', 'blueprint', 'direction', 'required'];
  const subject = Object.keys(beside).find((key) => node[key] !== undefined) ?? 'property';
  return ['operator', subject, ...(beside[subject] ?? []), ...(alone.has(operator) ? [] : ['value'])];
}
