import { sql } from 'kysely';
import { may } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { missingPermission, Problem } from '#platform/problem.ts';
import { definitionOf } from '../blueprint-document.ts';
import { authorizeEntity } from '../blueprint-permissions.ts';
import type { Blueprint } from '../blueprint-queries.ts';
import { hasDependents } from '../delete-entities.ts';
import { type DeletionPreview, releasedBy, touched } from '../describe-deletion.ts';
import type { Dependent } from '../entity-store.ts';
import { isPeopleBlueprint } from '../people/structure-rules.ts';
import { type Target, targetKey } from '../relation-rules.ts';
import { failureOf } from './advance-bulk.ts';
import type { BulkFailure } from './bulk-change-rules.ts';

const mostEntities = 5_000;

export interface BulkDeletionPreview extends DeletionPreview {
  readonly removed: readonly string[];
  readonly refused: readonly BulkFailure[];
}

interface Asked {
  readonly actor: Actor;
  readonly blueprints: ReadonlyMap<string, Blueprint>;
  readonly blueprint: string;
  readonly identifiers: readonly string[];
  readonly dependents: 'refuse' | 'delete';
}

/** A source that points at a target, both by name. */
interface Edge {
  readonly source: Dependent;
  readonly target: Target;
}

/** What deleting these would do, without locking anything: a moment later it may be otherwise. */
export async function previewDeletion(db: Db, asked: Asked): Promise<BulkDeletionPreview> {
  const { actor, blueprint, identifiers } = asked;
  const selected = new Map(identifiers.map((identifier) => keyed({ blueprint, identifier })));
  const { required, optional, complete } = await walkBack(db, asked, selected);
  const obstacles = await obstaclesOf(db, asked, selected, required);
  const blocked = spread(obstacles, required, selected);
  const going = reachedFrom(
    [...selected.keys()].filter((key) => !blocked.has(key)),
    required,
  );
  const released = optional.filter(
    ({ source, target }) => going.has(targetKey(target)) && !going.has(targetKey(source)),
  );
  const dependents = required
    .map(({ source }) => source)
    .filter((source) => going.has(targetKey(source)) && !selected.has(targetKey(source)));
  return {
    removed: identifiers.filter((identifier) => !blocked.has(targetKey({ blueprint, identifier }))),
    refused: identifiers.flatMap((identifier) => {
      const reason = blocked.get(targetKey({ blueprint, identifier }));
      return reason === undefined ? [] : [failureOf({ identifier, ...partsOf(reason) })];
    }),
    deleted: await touched(db, actor, [...new Map(dependents.map((one) => keyed(one))).values()]),
    released: await releasedBy(db, actor, distinctDependents(released.map(({ source }) => source))),
    complete,
  };
}

const keyed = <T extends Target>(target: T): [string, T] => [targetKey(target), target];

function partsOf({ kind, code, message, details = {} }: Problem) {
  return { kind, code, message, details };
}

async function walkBack(
  db: Db,
  { actor, blueprints }: Asked,
  selected: ReadonlyMap<string, Target>,
): Promise<{ readonly required: readonly Edge[]; readonly optional: readonly Edge[]; readonly complete: boolean }> {
  const seen = new Map<string, Target>(selected);
  const required: Edge[] = [];
  const optional: Edge[] = [];
  let frontier: readonly Target[] = [...selected.values()];
  while (frontier.length > 0 && seen.size <= mostEntities) {
    const next: Target[] = [];
    for (const edge of await edgesTo(db, actor.orgId, frontier)) {
      const { blueprint, identifier, relation } = edge.source;
      const relations = blueprints.get(blueprint)?.document.relations ?? {};
      const isRequired = definitionOf(relations, relation)?.required === true;
      (isRequired ? required : optional).push(edge);
      if (!isRequired || seen.has(targetKey(edge.source))) continue;
      const [key, target] = keyed({ blueprint, identifier });
      seen.set(key, target);
      next.push(target);
    }
    frontier = next;
  }
  return { required, optional, complete: frontier.length === 0 };
}

async function edgesTo(db: Db, orgId: string, targets: readonly Target[]): Promise<readonly Edge[]> {
  const found = await sql<Dependent & { targetBlueprint: string; target: string }>`
    select r.blueprint, r.identifier, r.relation, r.target_blueprint as "targetBlueprint", r.target
    from jsonb_to_recordset(${JSON.stringify(targets)}::jsonb) as t(blueprint text, identifier text)
    join entity_relation r on r.org_id = ${orgId} and r.target_blueprint = t.blueprint and r.target = t.identifier
    order by r.blueprint, r.identifier, r.relation limit ${mostEntities * 10}`.execute(db);
  return found.rows.map(({ targetBlueprint, target, ...source }) => ({
    source,
    target: { blueprint: targetBlueprint, identifier: target },
  }));
}

/** What cannot go: for want of permission, because nobody's account goes with something else, or because it was not asked. */
async function obstaclesOf(
  db: Db,
  asked: Asked,
  selected: ReadonlyMap<string, Target>,
  required: readonly Edge[],
): Promise<ReadonlyMap<string, Problem>> {
  const sources = new Map(required.map(({ source }) => keyed(source)));
  const obstacles = new Map<string, Problem>();
  for (const [key, source] of sources) {
    if (selected.has(key)) continue;
    if (asked.dependents === 'refuse' || isPeopleBlueprint(source.blueprint)) {
      obstacles.set(key, hasDependents(asked.blueprint, [source]));
    }
  }
  const others = [...new Map<string, Target>([...selected, ...sources]).values()].filter(
    ({ blueprint }) => !may(asked.actor, 'entity.write', { blueprint }),
  );
  for (const row of await teamsOf(db, asked.actor.orgId, others)) {
    const owner = asked.blueprints.get(row.blueprint);
    if (owner === undefined || mayRemove(asked.actor, owner, row.team)) continue;
    obstacles.set(targetKey(row), missingPermission('delete entities of this blueprint'));
  }
  return obstacles;
}

function mayRemove(actor: Actor, blueprint: Blueprint, team: readonly string[]): boolean {
  try {
    const before = { title: '', icon: null, team, properties: {}, relations: {} };
    authorizeEntity(actor, blueprint, 'unregister', { before, after: null });
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

async function teamsOf(
  db: Db,
  orgId: string,
  targets: readonly Target[],
): Promise<readonly (Target & { readonly team: readonly string[] })[]> {
  if (targets.length === 0) return [];
  const found = await sql<Target & { team: readonly string[] }>`
    select e.blueprint, e.identifier, e.team
    from jsonb_to_recordset(${JSON.stringify(targets)}::jsonb) as t(blueprint text, identifier text)
    join entity e on e.org_id = ${orgId} and e.blueprint = t.blueprint and e.identifier = t.identifier`.execute(db);
  return found.rows;
}

/** What is required by something that stays has to stay, too. */
function spread(
  obstacles: ReadonlyMap<string, Problem>,
  required: readonly Edge[],
  selected: ReadonlyMap<string, Target>,
): ReadonlyMap<string, Problem> {
  const blocked = new Map(obstacles);
  const pointsTo = Map.groupBy(required, ({ source }) => targetKey(source));
  const queue = [...obstacles.keys()];
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    for (const { source, target } of pointsTo.get(key) ?? []) {
      const reached = targetKey(target);
      if (blocked.has(reached)) continue;
      blocked.set(reached, selected.has(key) ? hasDependents(target.blueprint, [source]) : reasonOf(blocked, source));
      queue.push(reached);
    }
  }
  return blocked;
}

function reasonOf(blocked: ReadonlyMap<string, Problem>, source: Dependent): Problem {
  const reason = blocked.get(targetKey(source));
  return reason === undefined || reason.code === 'has_dependents' ? hasDependents(source.blueprint, [source]) : reason;
}

/** These, and what requires them, and so on. */
function reachedFrom(keys: readonly string[], required: readonly Edge[]): ReadonlySet<string> {
  const sourcesOf = Map.groupBy(required, ({ target }) => targetKey(target));
  const reached = new Set(keys);
  const queue = [...keys];
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    for (const { source } of sourcesOf.get(key) ?? []) {
      const found = targetKey(source);
      if (reached.has(found)) continue;
      reached.add(found);
      queue.push(found);
    }
  }
  return reached;
}

function distinctDependents(sources: readonly Dependent[]): readonly Dependent[] {
  return [...new Map(sources.map((source) => [`${targetKey(source)}\n${source.relation}`, source])).values()];
}
