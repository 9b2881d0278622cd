import { sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { problem } from '#platform/problem.ts';
import type { AggregationDefinition, BlueprintDocument } from '../blueprint-document.ts';
import type { Blueprints } from '../blueprint-queries.ts';
import { entityColumns, type EntityRow } from '../entity-queries.ts';
import { findEntity, listEntities } from '../list-entities.ts';
import type { Fault } from '../property-rules.ts';
import { visibleEntities } from '../visibility-queries.ts';
import { checkAggregations } from './aggregation-rules.ts';
import { computeAggregations } from './compute-aggregations.ts';
import { type CatalogGraph, createGraph } from './load-graph.ts';
import { readWalks } from './read-walks.ts';

/** A mirror or an aggregation that is being written. */
export type Draft =
  | { readonly kind: 'mirror'; readonly path: string }
  | { readonly kind: 'aggregation'; readonly definition: AggregationDefinition };

export interface DerivedPreview {
  /** Whether there is a way from the blueprint to what is asked for. */
  readonly leads: boolean;
  readonly values: readonly {
    readonly entity: { readonly identifier: string; readonly title: string };
    /** Null where the entity has none. */
    readonly value: unknown;
  }[];
}

interface Ground {
  readonly db: Db;
  readonly blueprints: Blueprints;
  readonly now: Date;
}

interface Asked {
  readonly blueprint: string;
  readonly draft: Draft;
  /** The first ones that have something to show unless named. */
  readonly entity: string | undefined;
}

const key = 'preview';
const shown = 5;
const timeoutMs = 3_000;

/** What a mirror or an aggregation would give for some entities, computed as it is once it is saved. */
export async function previewDerived(ground: Ground, actor: Actor, asked: Asked): Promise<DerivedPreview> {
  const { db, blueprints } = ground;
  checkDraft(asked.draft);
  const all = await blueprints.all(db, actor.orgId);
  const { document } = await blueprints.get(db, actor.orgId, asked.blueprint);
  const documents = new Map(all.map((one) => [one.document.identifier, one.document]));
  const graph = createGraph(documents.set(asked.blueprint, withDraft(document, asked.draft)));
  const rows = await sample(ground, actor, asked);
  const [first] = rows;
  if (first === undefined) return { leads: leads(graph, asked), values: [] };
  const values = await db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = ${sql.lit(timeoutMs)}`.execute(tx);
    return valuesOf({ tx, orgId: actor.orgId, now: ground.now, graph }, asked, rows);
  });
  return {
    leads: leads(graph, asked),
    values: rows.map(({ identifier, title }, index) => ({
      entity: { identifier, title },
      value: values[index] ?? null,
    })),
  };
}

function checkDraft(draft: Draft): void {
  if (draft.kind === 'mirror') return;
  const faults: Fault[] = [];
  checkAggregations({ [key]: draft.definition }, faults);
  const errors = faults.map(({ path, message }) => ({
    path: path.replace(`aggregationProperties.${key}`, 'definition'),
    message,
  }));
  const [first] = errors;
  if (first !== undefined) throw problem('invalid', 'invalid_request', `"${first.path}" ${first.message}`, { errors });
}

/** The blueprint as if nothing but the draft were computed of it. */
function withDraft(document: BlueprintDocument, draft: Draft): BlueprintDocument {
  const bare = { ...document, mirrorProperties: {}, calculationProperties: {}, aggregationProperties: {} };
  return draft.kind === 'mirror'
    ? { ...bare, mirrorProperties: { ...document.mirrorProperties, [key]: { path: draft.path } } }
    : { ...bare, aggregationProperties: { ...document.aggregationProperties, [key]: draft.definition } };
}

function leads(graph: CatalogGraph, { blueprint, draft }: Asked): boolean {
  const { walks, aggregations } = graph.plan(blueprint);
  if (draft.kind === 'mirror') return walks.some((walk) => walk.key === key);
  const plan = aggregations.find((one) => one.key === key);
  if (plan === undefined) return false;
  const { target } = draft.definition;
  return (
    plan.path !== null ||
    [graph.between(blueprint, target), graph.between(target, blueprint)].some((way) => way.length > 0)
  );
}

async function valuesOf(
  {
    tx,
    orgId,
    now,
    graph,
  }: { readonly tx: Tx; readonly orgId: string; readonly now: Date; readonly graph: CatalogGraph },
  { blueprint, draft }: Asked,
  rows: readonly EntityRow[],
): Promise<readonly unknown[]> {
  if (draft.kind === 'mirror') {
    const walks = graph.plan(blueprint).walks.filter((walk) => walk.key === key);
    const walked = await readWalks({ db: tx, orgId, overlay: new Map() }, walks, rows);
    return walked.map((one) => one[key]);
  }
  const owners = rows.map((row) => row.identifier);
  const found = await computeAggregations({ db: tx, orgId, now, graph }, blueprint, owners);
  return owners.map((owner) => found.values.get(owner)?.[key]);
}

async function sample({ db, blueprints }: Ground, actor: Actor, asked: Asked): Promise<readonly EntityRow[]> {
  const { blueprint, draft, entity } = asked;
  if (entity !== undefined) {
    const { row } = await findEntity({ db, blueprints }, actor, blueprint, entity);
    return row === null ? [] : [row];
  }
  const relation = draft.kind === 'mirror' ? draft.path.split('.')[0] : undefined;
  if (relation !== undefined) {
    const related = await sql<EntityRow>`
      select ${entityColumns} from entity e
      where e.org_id = ${actor.orgId} and e.blueprint = ${blueprint} and ${await visibleEntities(db, actor)}
        and exists (select from entity_relation r where r.org_id = e.org_id and r.blueprint = e.blueprint
          and r.identifier = e.identifier and r.relation = ${relation})
      order by e.identifier limit ${shown}`.execute(db);
    if (related.rows.length > 0) return related.rows;
  }
  return listEntities(db, actor, blueprint, { after: null, limit: shown });
}
