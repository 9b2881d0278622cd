import type { Reader, ReaderContext } from '#platform/events/reader.ts';
import { chooseRebuilds } from './choose-rebuilds.ts';
import { rebuildQueue, refreshQueue } from './derived-jobs.ts';
import type { CatalogGraph, Graphs } from './load-graph.ts';
import { recordDue } from './record-due.ts';
import { type Mark, markReached, markSources, markThese } from './record-stale.ts';
import { concernsAggregation, type EntityChange, mustLookAgain, readChange, watchesOn } from './watch-rules.ts';

/** Values that feed each other in a circle come to rest after as many rounds. */
const depthLimit = 40;

/** Finds what depends on what changed, and has it computed anew. */
export function derivedReader(graphs: Graphs): Reader {
  return {
    name: 'derived',
    concerns: ({ kind }) => kind.startsWith('entity.') || kind.startsWith('blueprint.'),
    async handle(ctx, events) {
      const graph = await graphs.load(ctx.db, ctx.orgId);
      const blueprints = new Set(events.flatMap((event) => chooseRebuilds(graph, event)));
      const jobs = [...blueprints].map((blueprint) => ({ data: { orgId: ctx.orgId, blueprint }, group: ctx.orgId }));
      if (jobs.length > 0) await ctx.enqueue(rebuildQueue, jobs);
      if (graph.deriving.length === 0) return;
      const changes = events
        .filter((event) => event.kind.startsWith('entity.'))
        .flatMap((event) => readChange(graph, event) ?? [])
        .filter((change) => change.depth < depthLimit);
      await recordDue(ctx, graph, changes);
      const marked = await markDependents(ctx, graph, changes);
      if (marked > 0) await ctx.enqueue(refreshQueue, [{ data: { orgId: ctx.orgId }, group: ctx.orgId }]);
    },
  };
}

async function markDependents(
  ctx: ReaderContext,
  graph: CatalogGraph,
  changes: readonly EntityChange[],
): Promise<number> {
  let marked = await markThese(ctx, once(changes.filter((change) => mustLookAgain(graph, change))));
  for (const [blueprint, group] of Map.groupBy(changes, (change) => change.blueprint)) {
    for (const { hops, keys } of watchesOn(graph, blueprint).walks) {
      const seen = group.filter((change) => change.kind === 'updated' && [...keys].some((key) => change.keys.has(key)));
      marked += await markSources(ctx, hops, once(seen));
    }
  }
  return marked + (await markOwners(ctx, graph, changes));
}

/** Owners of aggregations are found from the changed entities and from what these point at or pointed at. */
async function markOwners(ctx: ReaderContext, graph: CatalogGraph, changes: readonly EntityChange[]): Promise<number> {
  const pairs = new Map<
    string,
    { readonly owner: string; readonly target: string; readonly changes: EntityChange[] }
  >();
  for (const change of changes) {
    for (const watch of watchesOn(graph, change.blueprint).aggregations) {
      if (!concernsAggregation(watch, change)) continue;
      const key = `${watch.owner}\n${watch.target}`;
      const pair = pairs.get(key) ?? { ...watch, changes: [] };
      pair.changes.push(change);
      pairs.set(key, pair);
    }
  }
  let marked = 0;
  for (const { owner, target, changes: seen } of pairs.values()) {
    const beside = seen.flatMap(({ neighbours, depth }) => neighbours.map((neighbour) => ({ ...neighbour, depth })));
    const onward = { owner, within: graph.between(target, owner), direction: 'onward' } as const;
    const backward = { owner, within: graph.between(owner, target), direction: 'backward' } as const;
    marked += await markReached(ctx, onward, once([...seen, ...beside]));
    marked += await markReached(ctx, backward, once(seen));
  }
  return marked;
}

function once(marks: readonly Mark[]): readonly Mark[] {
  const found = new Map<string, Mark>();
  for (const mark of marks) {
    const key = `${mark.blueprint}\n${mark.identifier}`;
    const known = found.get(key);
    if (known === undefined || known.depth > mark.depth) found.set(key, mark);
  }
  return [...found.values()];
}
