import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import { type BlueprintDocument, hasDerived } from '../blueprint-document.ts';
import type { Blueprints } from '../blueprint-queries.ts';
import { compilePlan, type DerivedPlan, type Documents } from './compile-plan.ts';

/** All blueprints of an organisation in one state, with the relations between them. */
export interface CatalogGraph {
  readonly documents: Documents;
  /** Blueprints with something to compute, in the order of identifiers. */
  readonly deriving: readonly string[];
  plan(blueprint: string): DerivedPlan;
  /** Blueprints on any way along relations from one to the other, both included; empty when there is none. */
  between(from: string, to: string): readonly string[];
}

export interface Graphs {
  load(db: Db | Tx, orgId: string): Promise<CatalogGraph>;
}

const organisationLimit = 200;
const noPlan: DerivedPlan = { walks: [], inheritsTeam: false, calculations: [], aggregations: [] };

/** Compiled once for as long as no blueprint of the organisation changes. */
export function createGraphs(blueprints: Blueprints): Graphs {
  const kept = new Map<string, { readonly state: string; readonly graph: CatalogGraph }>();
  return {
    async load(db, orgId) {
      const found = await sql<{ state: string }>`
        select count(*) || ' ' || coalesce(max(revision), 0) as state from blueprint
        where org_id = ${orgId}`.execute(db);
      const state = found.rows[0]?.state ?? '';
      const known = kept.get(orgId);
      if (known?.state === state) return known.graph;
      const all = await blueprints.all(db, orgId);
      const graph = createGraph(new Map(all.map(({ document }) => [document.identifier, document])));
      kept.delete(orgId);
      kept.set(orgId, { state, graph });
      for (const oldest of kept.keys()) {
        if (kept.size <= organisationLimit) break;
        kept.delete(oldest);
      }
      return graph;
    },
  };
}

export function createGraph(documents: Documents): CatalogGraph {
  const plans = new Map<string, DerivedPlan>();
  const onward = edges(documents, (source, target) => [source, target]);
  const backward = edges(documents, (source, target) => [target, source]);
  const ways = new Map<string, readonly string[]>();
  return {
    documents,
    deriving: [...documents.values()].filter((document) => hasDerived(document)).map(nameOf),
    plan(blueprint) {
      const document = documents.get(blueprint);
      if (document === undefined) return noPlan;
      const plan = plans.get(blueprint) ?? compilePlan(document, documents);
      plans.set(blueprint, plan);
      return plan;
    },
    between(from, to) {
      const key = `${from}\n${to}`;
      const way = ways.get(key) ?? waysBetween(reachable(onward, from), reachable(backward, to), { from, to });
      ways.set(key, way);
      return way;
    },
  };
}

function nameOf(document: BlueprintDocument): string {
  return document.identifier;
}

type Edges = ReadonlyMap<string, ReadonlySet<string>>;

function edges(documents: Documents, turn: (source: string, target: string) => readonly [string, string]): Edges {
  const found = new Map<string, Set<string>>();
  for (const document of documents.values()) {
    for (const relation of Object.values(document.relations)) {
      const [start, end] = turn(document.identifier, relation.target);
      found.set(start, (found.get(start) ?? new Set<string>()).add(end));
    }
  }
  return found;
}

/** In one step or more. */
function reachable(all: Edges, start: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const next of all.get(at) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

function waysBetween(
  after: ReadonlySet<string>,
  before: ReadonlySet<string>,
  { from, to }: { readonly from: string; readonly to: string },
): readonly string[] {
  if (!after.has(to)) return [];
  const inner = [...after].filter((blueprint) => before.has(blueprint));
  return [...new Set([from, to, ...inner])].toSorted();
}
