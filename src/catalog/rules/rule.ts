/** The rule language after parsing: search queries and scorecard conditions alike. */
export type RuleNode = RuleGroup | Rule;

export interface RuleGroup {
  readonly kind: 'group';
  readonly combinator: 'and' | 'or';
  /** A group without rules restricts nothing. */
  readonly rules: readonly RuleNode[];
}

export interface Rule {
  readonly kind: 'rule';
  readonly subject: Subject;
  readonly operator: string;
  readonly operand: Operand;
  /** Turns the outcome around; old scorecards write `isNotEmpty` so. */
  readonly not: boolean;
}

/** What a rule looks at. */
export type Subject =
  /** A key of the blueprint: property, relation (by identifier), mirror, calculation or aggregation. */
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'meta'; readonly name: MetaName }
  | { readonly kind: 'related-title'; readonly relation: string }
  /** Any property whose definition has these. */
  | {
      readonly kind: 'schema';
      readonly type?: string;
      readonly format?: string;
      readonly itemsType?: string;
      readonly itemsFormat?: string;
    }
  | { readonly kind: 'level'; readonly scorecard: string }
  | { readonly kind: 'rule-status'; readonly scorecard: string; readonly rule: string }
  /** Whatever the given entities of a blueprint lead to, or what leads to them, over any number of relations. */
  | RelatedSubject
  /** The entities that a path of relations leads to. */
  | PathSubject
  /** A value of the person who asks; until it is read. */
  | ContextValue
  /** Such a value once read; the same for every entity. */
  | { readonly kind: 'constant'; readonly value: unknown };

export interface RelatedSubject {
  readonly kind: 'related';
  readonly blueprint: string;
  /** `upstream` is what the given entities point at. Both when it is left out, each by itself. */
  readonly direction?: 'upstream' | 'downstream';
  /** Only over relations that are required, or only over those that are not. */
  readonly required?: boolean;
}

export interface PathStep {
  readonly relation: string;
  /** From one to this many times; a fixed step is taken once. */
  readonly maxHops: number;
}

export interface PathSubject {
  readonly kind: 'path';
  readonly steps: readonly PathStep[];
  /** Where the walk begins when it comes towards the entities that are searched. */
  readonly from?: string;
}

/** A property of the person's own entity, or of the entities of the person's teams. */
export interface ContextValue {
  readonly kind: 'context';
  readonly context: 'user' | 'userTeams';
  readonly property: string;
}

export const metaNames = [
  '$identifier',
  '$title',
  '$team',
  '$icon',
  '$blueprint',
  '$createdAt',
  '$createdBy',
  '$updatedAt',
  '$updatedBy',
  '$datasource',
] as const;
export type MetaName = (typeof metaNames)[number];

export type Scalar = string | number | boolean;

/** The value of a rule, read as its operator wants it. Instants are ISO texts. */
export type Operand =
  | { readonly kind: 'none' }
  | { readonly kind: 'null' }
  | { readonly kind: 'scalar'; readonly value: Scalar }
  | { readonly kind: 'list'; readonly values: readonly Scalar[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'instant'; readonly instant: string }
  | { readonly kind: 'range'; readonly from: string; readonly to: string }
  /** Relative to the moment of evaluation. */
  | { readonly kind: 'preset'; readonly preset: string }
  /** Of the person who asks; until it is read. */
  | ContextValue;

/** Two places use the language, with small differences that each operator names. */
export type Dialect = 'search' | 'scorecard';
