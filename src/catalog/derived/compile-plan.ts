import {
  type AggregationDefinition,
  type BlueprintDocument,
  definitionOf,
  inheritedTeamPath,
  isDerivedKey,
  type PropertyType,
} from '../blueprint-document.ts';

/** One relation on a path. */
export interface Hop {
  readonly blueprint: string;
  readonly relation: string;
  readonly many: boolean;
  readonly target: string;
}

/** What is read at the end of a path. */
export type Leaf =
  | { readonly kind: 'property'; readonly key: string }
  | { readonly kind: 'relation'; readonly key: string }
  | { readonly kind: 'meta'; readonly name: string };

/** A value that is found at the end of relations. */
export interface Walk {
  /** The mirror's key; `$team` for an inherited team. */
  readonly key: string;
  readonly hops: readonly Hop[];
  readonly leaf: Leaf;
}

export interface CalculationPlan {
  readonly key: string;
  readonly program: string;
  readonly type: PropertyType;
}

export interface AggregationPlan {
  readonly key: string;
  readonly definition: AggregationDefinition;
  /** Over exactly these relations; null for every way from one to the other. */
  readonly path: AggregationPath | null;
}

/** Relations in the order in which they are walked, from the owner or from the target. */
export interface AggregationPath {
  readonly from: 'owner' | 'target';
  readonly hops: readonly Hop[];
}

/** How what is computed of a blueprint's entities is computed. */
export interface DerivedPlan {
  readonly walks: readonly Walk[];
  readonly inheritsTeam: boolean;
  readonly calculations: readonly CalculationPlan[];
  readonly aggregations: readonly AggregationPlan[];
}

export type Documents = ReadonlyMap<string, BlueprintDocument>;

const metaLeaves: ReadonlySet<string> = new Set(
  '$identifier $title $icon $team $blueprint $createdAt $createdBy $updatedAt $updatedBy'.split(' '),
);
export const hopLimit = 15;

/** Paths that lead nowhere are left out: their value is missing. */
export function compilePlan(blueprint: BlueprintDocument, documents: Documents): DerivedPlan {
  const walks = Object.entries(blueprint.mirrorProperties).flatMap(
    ([key, { path }]) => compileMirror(blueprint, documents, key, path) ?? [],
  );
  const teamPath = inheritedTeamPath(blueprint);
  const team = teamPath === null ? null : compileHops(blueprint, documents, teamPath.split('.'));
  const teamLeaf = { kind: 'meta', name: '$team' } as const;
  return {
    walks: team === null ? walks : [...walks, { key: '$team', hops: team, leaf: teamLeaf }],
    inheritsTeam: team !== null,
    calculations: calculationsOf(blueprint),
    aggregations: Object.entries(blueprint.aggregationProperties).flatMap(
      ([key, definition]) => compileAggregation(blueprint, documents, key, definition) ?? [],
    ),
  };
}

export function calculationsOf({ calculationProperties }: BlueprintDocument): readonly CalculationPlan[] {
  return Object.entries(calculationProperties).map(([key, { calculation, type }]) => ({
    key,
    program: calculation,
    type,
  }));
}

function compileMirror(blueprint: BlueprintDocument, documents: Documents, key: string, path: string): Walk | null {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const hops = compileHops(blueprint, documents, steps);
  const end = documents.get(hops?.at(-1)?.target ?? '');
  if (hops === null || end === undefined) return null;
  if (metaLeaves.has(last)) return { key, hops, leaf: { kind: 'meta', name: last } };
  if (definitionOf(end.relations, last) !== undefined) return { key, hops, leaf: { kind: 'relation', key: last } };
  const isProperty = definitionOf(end.schema.properties, last) !== undefined || isDerivedKey(end, last);
  return isProperty ? { key, hops, leaf: { kind: 'property', key: last } } : null;
}

/** Null when one of the relations is not there. */
function compileHops(start: BlueprintDocument, documents: Documents, relations: readonly string[]): Hop[] | null {
  const hops: Hop[] = [];
  let at: BlueprintDocument | undefined = start;
  for (const relation of relations) {
    const definition = at === undefined ? undefined : definitionOf(at.relations, relation);
    if (at === undefined || definition === undefined) return null;
    const { target } = definition;
    hops.push({ blueprint: at.identifier, relation, many: definition.many === true, target });
    at = documents.get(target);
  }
  return hops.length === 0 || hops.length > hopLimit ? null : hops;
}

function compileAggregation(
  blueprint: BlueprintDocument,
  documents: Documents,
  key: string,
  definition: AggregationDefinition,
): AggregationPlan | null {
  const target = documents.get(definition.target);
  if (target === undefined) return null;
  const filter: unknown = Array.isArray(definition['pathFilter']) ? definition['pathFilter'][0] : undefined;
  const steps = pathOf(filter);
  if (steps === null) return { key, definition, path: null };
  const isReverse = (filter as { readonly fromBlueprint?: unknown }).fromBlueprint !== undefined;
  const hops = compileHops(isReverse ? target : blueprint, documents, steps);
  const end = isReverse ? blueprint.identifier : target.identifier;
  if (hops === null || hops.at(-1)?.target !== end) return null;
  return { key, definition, path: { from: isReverse ? 'target' : 'owner', hops } };
}

function pathOf(filter: unknown): readonly string[] | null {
  const path = typeof filter === 'object' && filter !== null && 'path' in filter ? filter.path : null;
  return Array.isArray(path) && path.length > 0 && path.every((step) => typeof step === 'string') ? path : null;
}

/** Whether the value changes while nobody writes. */
export function dependsOnTime({ definition }: AggregationPlan): boolean {
  const { averageOf } = definition.calculationSpec;
  const passes = averageOf !== undefined && averageOf !== 'total';
  return passes || /"preset"|Expired"/.test(JSON.stringify(definition['query'] ?? null));
}

/** Whether a jq expression asks what time it is. */
export function asksForTime(program: string): boolean {
  return /\bnow\b/.test(program);
}
