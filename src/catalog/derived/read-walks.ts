import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import { prepared } from '#platform/db/prepared.ts';
import type { JsonObject } from '#platform/json.ts';
import { entityColumns, type EntityRow } from '../entity-queries.ts';
import { type Target, targetKey } from '../relation-rules.ts';
import type { Hop, Leaf, Walk } from './compile-plan.ts';

/** Values at the end of walks for one entity, by the keys of the walks; without those that are missing. */
export type WalkValues = Readonly<Record<string, unknown>>;

/** Of one entity at each step, and of values at the end. */
const fanLimit = 1000;

/** One prefix of paths, shared by the walks that begin with it. */
interface Step {
  readonly hop: Hop;
  readonly next: Map<string, Step>;
  readonly walks: Walk[];
  /** Per row the identifiers that are reached. */
  readonly reached: (readonly string[])[];
}

/**
 * Follows all walks of all rows, a step at a time: one statement a step however many rows. `overlay` holds rows as
 * they will be, ahead of the database.
 */
export async function readWalks(
  {
    db,
    orgId,
    overlay,
  }: { readonly db: Db | Tx; readonly orgId: string; readonly overlay: ReadonlyMap<string, EntityRow> },
  walks: readonly Walk[],
  rows: readonly EntityRow[],
): Promise<readonly WalkValues[]> {
  const values = rows.map((): Record<string, unknown> => ({}));
  const first = stepsOf(walks);
  for (const step of first.values()) {
    step.reached.push(...rows.map((row) => targetsIn(row.relations, step.hop)));
  }
  let level = [...first.values()];
  while (level.length > 0) {
    const found = await readReached({ db, orgId, overlay }, level);
    for (const step of level) takeValues(step, found, values);
    level = level.flatMap((step) => goOn(step, found));
  }
  return values;
}

function stepsOf(walks: readonly Walk[]): Map<string, Step> {
  const first = new Map<string, Step>();
  for (const walk of walks) {
    let at = first;
    let step: Step | undefined;
    for (const hop of walk.hops) {
      step = at.get(hop.relation) ?? { hop, next: new Map(), walks: [], reached: [] };
      at.set(hop.relation, step);
      at = step.next;
    }
    step?.walks.push(walk);
  }
  return first;
}

function targetsIn(relations: JsonObject, { relation }: Hop): readonly string[] {
  const value = Object.hasOwn(relations, relation) ? relations[relation] : null;
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? (value.slice(0, fanLimit) as readonly string[]) : [];
}

type Found = ReadonlyMap<string, EntityRow>;

async function readReached(
  { db, orgId, overlay }: { readonly db: Db | Tx; readonly orgId: string; readonly overlay: Found },
  level: readonly Step[],
): Promise<Found> {
  const wanted = new Map<string, Target>();
  for (const { hop, reached } of level) {
    for (const identifier of reached.flat()) {
      const target = { blueprint: hop.target, identifier };
      if (!overlay.has(targetKey(target))) wanted.set(targetKey(target), target);
    }
  }
  if (wanted.size === 0) return overlay;
  const found = await sql<EntityRow>`${prepared}
    select ${entityColumns}
    from jsonb_to_recordset(${JSON.stringify([...wanted.values()])}::jsonb) as t(blueprint text, identifier text)
    join entity e on e.org_id = ${orgId} and e.blueprint = t.blueprint and e.identifier = t.identifier`.execute(db);
  return new Map([...found.rows.map((row) => [targetKey(row), row] as const), ...overlay]);
}

function takeValues(step: Step, found: Found, values: readonly Record<string, unknown>[]): void {
  for (const walk of step.walks) {
    const many = walk.hops.some((hop) => hop.many);
    step.reached.forEach((identifiers, index) => {
      const into = values[index];
      const all = identifiers.flatMap((identifier) => {
        const row = found.get(targetKey({ blueprint: step.hop.target, identifier }));
        return row === undefined ? [] : [leafOf(row, walk.leaf) ?? null];
      });
      const value = many ? all.flat().filter(isGiven).slice(0, fanLimit) : all[0];
      if (into !== undefined && isGiven(value)) into[walk.key] = value;
    });
  }
}

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function leafOf(row: EntityRow, leaf: Leaf): unknown {
  if (leaf.kind === 'property') return Object.hasOwn(row.properties, leaf.key) ? row.properties[leaf.key] : null;
  if (leaf.kind === 'relation') return Object.hasOwn(row.relations, leaf.key) ? row.relations[leaf.key] : null;
  const metas: Readonly<Record<string, unknown>> = {
    $identifier: row.identifier,
    $title: row.title,
    $icon: row.icon,
    $team: row.team,
    $blueprint: row.blueprint,
    $createdAt: row.createdAt.toISOString(),
    $createdBy: row.createdBy,
    $updatedAt: row.updatedAt.toISOString(),
    $updatedBy: row.updatedBy,
  };
  return metas[leaf.name];
}

function goOn(step: Step, found: Found): readonly Step[] {
  return [...step.next.values()].map((next) => {
    const reached = step.reached.map((identifiers) => {
      const targets = identifiers.flatMap((identifier) => {
        const row = found.get(targetKey({ blueprint: step.hop.target, identifier }));
        return row === undefined ? [] : targetsIn(row.relations, next.hop);
      });
      return [...new Set(targets)].slice(0, fanLimit);
    });
    next.reached.push(...reached);
    return next;
  });
}
