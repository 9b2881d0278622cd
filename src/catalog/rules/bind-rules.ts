import { type BlueprintDocument, definitionOf, valueKindOf } from '../blueprint-document.ts';
import type {
  Dialect,
  MetaName,
  Operand,
  PathSubject,
  RelatedSubject,
  Rule,
  RuleGroup,
  RuleNode,
  Subject,
} from './rule.ts';

/**
 * Rules as they apply to the entities of one blueprint. Plain data: blueprints whose bound rules are equal are
 * searched together.
 */
export type BoundNode = BoundGroup | BoundRule | 'always' | 'never';

export interface BoundGroup {
  readonly combinator: 'and' | 'or';
  readonly rules: readonly BoundNode[];
}

export interface BoundRule {
  readonly place: Place;
  readonly operator: string;
  readonly operand: Operand;
  readonly not: boolean;
}

/** Where the value of a rule stands. */
export type Place =
  | { readonly kind: 'property'; readonly key: string; readonly instant: boolean }
  | { readonly kind: 'relation'; readonly key: string }
  | { readonly kind: 'meta'; readonly name: MetaName }
  | RelatedSubject
  | PathSubject
  | Extract<Subject, { readonly kind: 'related-title' | 'level' | 'rule-status' | 'constant' }>;

/** Resolves keys by the blueprint. In a search a rule about a key that it lacks holds for none of its entities. */
export function bindRules(node: RuleNode, blueprint: BlueprintDocument, dialect: Dialect): BoundNode {
  return node.kind === 'group' ? bindGroup(node, blueprint, dialect) : bindRule(node, blueprint, dialect);
}

function bindGroup(group: RuleGroup, blueprint: BlueprintDocument, dialect: Dialect): BoundNode {
  if (group.rules.length === 0) return 'always';
  return combine(
    group.combinator,
    group.rules.map((rule) => bindRules(rule, blueprint, dialect)),
  );
}

function combine(combinator: 'and' | 'or', rules: readonly BoundNode[]): BoundNode {
  const [decisive, neutral] = combinator === 'and' ? (['never', 'always'] as const) : (['always', 'never'] as const);
  if (rules.includes(decisive)) return decisive;
  const open = rules.filter((rule) => rule !== neutral);
  return open.length <= 1 ? (open[0] ?? neutral) : { combinator, rules: open };
}

function bindRule(rule: Rule, blueprint: BlueprintDocument, dialect: Dialect): BoundNode {
  const { subject, operator, operand, not } = rule;
  // Nobody asks: a value of theirs matches nothing, whatever is asked about it.
  if (operand.kind === 'context' || subject.kind === 'context') return 'never';
  const at = (place: Place): BoundRule => ({ place, operator, operand, not });
  switch (subject.kind) {
    case 'key':
      return bindKey(subject.key, blueprint, dialect, at);
    case 'schema':
      return combine('or', keysThatFit(subject, blueprint).map(at));
    case 'related-title':
      return dialect === 'scorecard' || definitionOf(blueprint.relations, subject.relation) !== undefined
        ? at(subject)
        : 'never';
    case 'meta':
      return (subject.name === '$blueprint' ? decideBlueprint(rule, blueprint.identifier) : null) ?? at(subject);
    case 'path':
      return isWalkable(subject, blueprint) ? at(subject) : 'never';
    default:
      return at(subject);
  }
}

function bindKey(
  key: string,
  blueprint: BlueprintDocument,
  dialect: Dialect,
  at: (place: Place) => BoundRule,
): BoundNode {
  if (definitionOf(blueprint.relations, key) !== undefined) return at({ kind: 'relation', key });
  if (valueKindOf(blueprint, key) === null && dialect === 'search') return 'never';
  return at({ kind: 'property', key, instant: isInstant(blueprint, key) });
}

/** A walk that comes from elsewhere may end anywhere; one that begins here needs its first relation. */
function isWalkable({ steps, from }: PathSubject, blueprint: BlueprintDocument): boolean {
  const [first] = steps;
  return from !== undefined || (first !== undefined && definitionOf(blueprint.relations, first.relation) !== undefined);
}

function isInstant(blueprint: BlueprintDocument, key: string): boolean {
  return valueKindOf(blueprint, key)?.isInstant === true;
}

function keysThatFit(subject: Extract<Subject, { kind: 'schema' }>, blueprint: BlueprintDocument): readonly Place[] {
  return Object.keys(blueprint.schema.properties)
    .filter((key) => fits(subject, blueprint, key))
    .map((key) => ({ kind: 'property', key, instant: isInstant(blueprint, key) }));
}

function fits(subject: Extract<Subject, { kind: 'schema' }>, blueprint: BlueprintDocument, key: string): boolean {
  const definition = definitionOf(blueprint.schema.properties, key);
  return (
    (subject.type === undefined || subject.type === definition?.type) &&
    (subject.format === undefined || subject.format === definition?.format) &&
    (subject.itemsType === undefined || subject.itemsType === definition?.items?.['type']) &&
    (subject.itemsFormat === undefined || subject.itemsFormat === definition?.items?.['format'])
  );
}

/** Rules that pick blueprints by name are settled here, so that the others are not even looked at. */
function decideBlueprint({ operator, operand, not }: Rule, blueprint: string): 'always' | 'never' | null {
  const values = operand.kind === 'scalar' ? [operand.value] : operand.kind === 'list' ? operand.values : null;
  if (values === null || not) return null;
  const isNamed = values.includes(blueprint);
  if (operator === '=' || operator === 'in' || operator === 'containsAny') return isNamed ? 'always' : 'never';
  if (operator === '!=' || operator === 'notIn') return isNamed ? 'never' : 'always';
  return null;
}
