import type { LoggedEvent } from '#platform/events/event.ts';
import { isJsonObject, jsonEqual } from '#platform/json.ts';
import { hasDerived } from '../blueprint-document.ts';
import type { CatalogGraph } from './load-graph.ts';
import { renamedBlueprintOf } from '../rename/rename-in-documents.ts';
import { watchesOn } from './watch-rules.ts';

const keyed = [
  'relations',
  'mirrorProperties',
  'calculationProperties',
  'aggregationProperties',
  'properties',
] as const;

/** Blueprints whose entities have to be computed anew because a blueprint is another now. */
export function chooseRebuilds(graph: CatalogGraph, event: LoggedEvent): readonly string[] {
  const { blueprint } = event.context;
  if (!event.kind.startsWith('blueprint.') || blueprint === undefined) return [];
  if (renamedBlueprintOf(event) !== null) return afterRename(graph, blueprint);
  const changed = changedKeys(event);
  const found = new Set<string>();
  if (changed.own && graph.documents.has(blueprint)) found.add(blueprint);
  const document = graph.documents.get(blueprint);
  const mayCalculate = document !== undefined && hasDerived(document);
  // Scores looked at what is gone, too.
  if (document !== undefined && changed.removed) found.add(blueprint);
  if (mayCalculate && changed.relations) found.add(blueprint);
  for (const owner of readersOf(graph, blueprint, changed)) found.add(owner);
  const mayBeLost = changed.relations || changed.removed;
  return [...found, ...(mayBeLost ? lostWays(graph, blueprint) : [])];
}

/** Changes of its entities that were on their way to this reader still said its old name. */
function afterRename(graph: CatalogGraph, blueprint: string): readonly string[] {
  const own = graph.documents.get(blueprint);
  return [...(own !== undefined && hasDerived(own) ? [blueprint] : []), ...lostWays(graph, blueprint)];
}

function readersOf(graph: CatalogGraph, blueprint: string, changed: ChangedKeys): readonly string[] {
  const { walks, aggregations } = watchesOn(graph, blueprint);
  const any = (keys: ReadonlySet<string>): boolean => [...keys].some((key) => changed.keys.has(key));
  const walking = walks.filter(({ keys }) => any(keys)).flatMap(({ hops }) => hops[0]?.blueprint ?? []);
  const aggregating = aggregations.filter(({ target, keys }) => {
    const looks = blueprint === target && (keys === null ? changed.keys.size > 0 : any(keys));
    return changed.relations || looks;
  });
  return [...walking, ...aggregating.map(({ owner }) => owner)];
}

/** Paths that no longer exist are watched by nobody: whoever reads from here may have lost what it read. */
function lostWays(graph: CatalogGraph, blueprint: string): readonly string[] {
  return graph.deriving.filter((owner) => owner !== blueprint && graph.between(owner, blueprint).length > 0);
}

interface ChangedKeys {
  /** What is computed of the blueprint's own entities. */
  readonly own: boolean;
  readonly relations: boolean;
  readonly removed: boolean;
  readonly keys: ReadonlySet<string>;
}

function changedKeys({ before, after }: LoggedEvent): ChangedKeys {
  const of = (document: typeof before, part: string): object => {
    const schema = document?.['schema'];
    const value = part === 'properties' ? (isJsonObject(schema) ? schema[part] : undefined) : document?.[part];
    return isJsonObject(value) ? value : {};
  };
  const keys = new Set<string>();
  const parts = new Set<string>();
  let removed = false;
  for (const part of keyed) {
    const [old, now] = [of(before, part), of(after, part)] as [Record<string, unknown>, Record<string, unknown>];
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      if (jsonEqual(old[key], now[key])) continue;
      keys.add(key);
      parts.add(part);
      if (!Object.hasOwn(now, key)) removed = true;
    }
  }
  const teams = ['ownership', 'teamInheritance'].some((part) => !jsonEqual(before?.[part], after?.[part]));
  const own = teams || keyed.slice(1, 4).some((part) => parts.has(part));
  return { own: own && after !== null, relations: parts.has('relations'), removed, keys };
}
