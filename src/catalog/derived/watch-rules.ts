import { isJsonObject } from '#platform/json.ts';
import type { LoggedEvent } from '#platform/events/event.ts';
import { hasDerived } from '../blueprint-document.ts';
import type { Target } from '../relation-rules.ts';
import { readAggregationSpec } from './aggregation-rules.ts';
import type { AggregationPlan, Hop, Leaf } from './compile-plan.ts';
import type { CatalogGraph } from './load-graph.ts';

/** A blueprint's own rows are looked at on the way of a walk that begins somewhere else. */
export interface WalkWatch {
  /** From the beginning of the walk to the watched blueprint. */
  readonly hops: readonly Hop[];
  /** The walk sees something else when one of these changes. */
  readonly keys: ReadonlySet<string>;
}

/** Rows of the watched blueprint count, or may lead, to an aggregation of `owner` over `target`. */
export interface AggregationWatch {
  readonly owner: string;
  readonly target: string;
  /** What is looked at of the target's entities beside being there; null: anything. */
  readonly keys: ReadonlySet<string> | null;
}

export interface Watches {
  readonly walks: readonly WalkWatch[];
  readonly aggregations: readonly AggregationWatch[];
}

const watches = new WeakMap<CatalogGraph, Map<string, Watches>>();

/** Who looks at entities of a blueprint. */
export function watchesOn(graph: CatalogGraph, blueprint: string): Watches {
  const known = watches.get(graph) ?? compileWatches(graph);
  watches.set(graph, known);
  return known.get(blueprint) ?? { walks: [], aggregations: [] };
}

function compileWatches(graph: CatalogGraph): Map<string, Watches> {
  const found = new Map<string, { readonly walks: WalkWatch[]; readonly aggregations: AggregationWatch[] }>();
  const on = (blueprint: string) => {
    const there = found.get(blueprint) ?? { walks: [], aggregations: [] };
    found.set(blueprint, there);
    return there;
  };
  for (const owner of graph.deriving) {
    const plan = graph.plan(owner);
    for (const { hops, leaf } of plan.walks) {
      hops.forEach((hop, index) => {
        const next = hops[index + 1];
        const keys = new Set([next === undefined ? leafKey(leaf) : next.relation]);
        on(hop.target).walks.push({ hops: hops.slice(0, index + 1), keys });
      });
    }
    for (const [target, group] of Map.groupBy(plan.aggregations, ({ definition }) => definition.target)) {
      const keys = keysOf(group);
      const involved = [...graph.between(owner, target), ...graph.between(target, owner)];
      for (const blueprint of new Set(involved)) on(blueprint).aggregations.push({ owner, target, keys });
    }
  }
  return found;
}

/** The names under which events tell of changes. */
function leafKey(leaf: Leaf): string {
  return leaf.kind === 'meta' ? leaf.name.slice(1) : leaf.key;
}

function keysOf(group: readonly AggregationPlan[]): ReadonlySet<string> | null {
  const keys = new Set<string>();
  for (const { definition } of group) {
    const query: unknown = definition['query'];
    if (isJsonObject(query) && Array.isArray(query['rules']) && query['rules'].length > 0) return null;
    const spec = readAggregationSpec(definition.calculationSpec);
    if (typeof spec === 'string') continue;
    if ('property' in spec) keys.add(spec.property);
    if ('measureTimeBy' in spec) keys.add(spec.measureTimeBy.replace(/^\$/, ''));
  }
  return keys;
}

/** What an event of an entity says to those who watch. */
export interface EntityChange extends Target {
  readonly kind: 'created' | 'updated' | 'deleted';
  /** Names of properties, relations and other fields that differ. */
  readonly keys: ReadonlySet<string>;
  readonly relationsChanged: boolean;
  /** What its relations point at now or pointed at before. */
  readonly neighbours: readonly Target[];
  readonly depth: number;
}

export function readChange(graph: CatalogGraph, event: LoggedEvent): EntityChange | null {
  const { blueprint, entity, derivedDepth } = event.context;
  if (blueprint === undefined || entity === undefined) return null;
  const kind = event.action === 'CREATE' ? 'created' : event.action === 'DELETE' ? 'deleted' : 'updated';
  const paths = event.changed.map(([path]) => path);
  const keys = paths.map(([field, inner]) => inner ?? field ?? '');
  const neighbours = [event.before, event.after].flatMap((document) =>
    neighboursIn(graph, blueprint, isJsonObject(document?.['relations']) ? document['relations'] : {}),
  );
  const isWhole = kind !== 'updated' || event.context['renamedFrom'] !== undefined;
  return {
    blueprint,
    identifier: entity,
    kind,
    keys: new Set(keys),
    relationsChanged: isWhole || paths.some(([field]) => field === 'relations'),
    neighbours,
    depth: typeof derivedDepth === 'number' ? derivedDepth : 0,
  };
}

function neighboursIn(graph: CatalogGraph, blueprint: string, relations: object): readonly Target[] {
  const definitions = graph.documents.get(blueprint)?.relations ?? {};
  return Object.entries(relations).flatMap(([key, value]: [string, unknown]) => {
    const target = Object.hasOwn(definitions, key) ? definitions[key]?.target : undefined;
    const identifiers: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (target === undefined) return [];
    return identifiers.flatMap((identifier) =>
      typeof identifier === 'string' ? [{ blueprint: target, identifier }] : [],
    );
  });
}

/** Whether an entity has to look again itself: what it points at may have changed while it was written. */
export function mustLookAgain(graph: CatalogGraph, change: EntityChange): boolean {
  const document = graph.documents.get(change.blueprint);
  if (document === undefined || change.kind === 'deleted' || !change.relationsChanged || !hasDerived(document)) {
    return false;
  }
  const { walks, aggregations } = graph.plan(change.blueprint);
  return (
    (walks.length > 0 && change.neighbours.length > 0) || (aggregations.length > 0 && change.neighbours.length > 0)
  );
}

export function concernsAggregation(watch: AggregationWatch, change: EntityChange): boolean {
  if (change.relationsChanged) return true;
  if (change.blueprint !== watch.target) return false;
  return watch.keys === null || [...watch.keys].some((key) => change.keys.has(key));
}
