import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { notFound, problem, type Problem } from '#platform/problem.ts';
import type { EntityParts } from './apply-changes.ts';
import { definitionOf } from './blueprint-document.ts';
import { authorizeEntity } from './blueprint-permissions.ts';
import { type Blueprint, refuseUnknown } from './blueprint-queries.ts';
import { checkVersion } from './check-version.ts';
import { entityEvent } from './entity-events.ts';
import type { EntityRow } from './entity-queries.ts';
import { deleteEntityRows, type Dependent, dependentsOf, lockEntities } from './entity-store.ts';
import { isPeopleBlueprint } from './people/structure-rules.ts';
import { deletePeople } from './people/delete-people.ts';
import { targetKey } from './relation-rules.ts';
import { updateSources } from './update-sources.ts';

export interface DeleteEntitiesInput {
  readonly blueprint: string;
  readonly identifiers: readonly string[];
  /** Entities that require a deleted one go as well, and so on; of its own blueprint alone, or of all. */
  readonly dependents: 'refuse' | 'own' | 'delete';
  /** Refuse when one is not there, or pass over it. */
  readonly ifMissing: 'refuse' | 'skip';
  readonly runId: string | null;
  readonly expectedVersion: number | null;
}

/** Deletes entities; relations that may be empty let go of them. Answers the deleted identifiers of the blueprint. */
export function deleteEntities(parts: EntityParts): Command<DeleteEntitiesInput, readonly string[]> {
  return maybeSilent(async function deleteEntitiesCommand(ctx: WriteContext, input: DeleteEntitiesInput) {
    return deleteWithin(ctx, parts, input);
  });
}

export async function deleteWithin(
  ctx: WriteContext,
  parts: EntityParts,
  input: DeleteEntitiesInput,
): Promise<readonly string[]> {
  const { orgId } = ctx.actor;
  const blueprint = (await parts.blueprints.hold(ctx.db, orgId, [input.blueprint])).get(input.blueprint);
  if (blueprint === undefined) return refuseUnknown(input.blueprint);
  if (input.runId !== null) await parts.runGate.assertOpen(ctx.db, orgId, input.runId);
  if (isPeopleBlueprint(input.blueprint)) {
    await deletePeople(ctx, { blueprint: input.blueprint, identifiers: input.identifiers });
  }
  const rows = await lockEntities(ctx, input.blueprint, input.identifiers, 'remove');
  // Before the answer tells what there is.
  if (rows.length === 0) authorizeUnseen(ctx.actor, blueprint);
  for (const row of rows) authorizeEntity(ctx.actor, blueprint, 'unregister', { before: row, after: null });
  checkFound(input, rows);
  if (rows.length === 0) return [];
  const going = await collect(ctx, parts, input, { blueprint, rows });
  await updateSources(ctx, parts, {
    sources: going.optional.filter((source) => !going.rows.has(targetKey(source))),
    replace: (target) => (going.rows.has(targetKey(target)) ? null : target.identifier),
    runId: input.runId,
  });
  await deleteEntityRows(
    ctx,
    [...going.rows.values()].map(({ row }) => row),
  );
  for (const { row, blueprint: owner } of going.rows.values()) {
    ctx.emit(entityEvent(owner.document, { before: row, after: null }, input.runId));
  }
  return rows.map((row) => row.identifier);
}

/** Of entities that are not there nobody knows the team: who may remove those of a team alone hears that there are none. */
function authorizeUnseen(actor: Actor, blueprint: Blueprint): void {
  const team = actor.kind === 'user' ? actor.teams : [];
  const state = { title: '', icon: null, team, properties: {}, relations: {} };
  authorizeEntity(actor, blueprint, 'unregister', { before: state, after: null });
}

function checkFound(input: DeleteEntitiesInput, rows: readonly EntityRow[]): void {
  const found = new Set(rows.map((row) => row.identifier));
  const missing = input.identifiers.find((identifier) => !found.has(identifier));
  if (missing !== undefined && input.ifMissing === 'refuse') {
    throw notFound('entity', missing, { blueprint: input.blueprint });
  }
  for (const row of rows) checkVersion('entity', row.version, input.expectedVersion);
}

interface Going {
  readonly rows: Map<string, { readonly row: EntityRow; readonly blueprint: Blueprint }>;
  /** Sources that can do without. */
  readonly optional: Dependent[];
}

/** Follows required relations backwards, a step at a time, locking each step before looking behind it. */
async function collect(
  ctx: WriteContext,
  parts: EntityParts,
  input: DeleteEntitiesInput,
  start: { readonly blueprint: Blueprint; readonly rows: readonly EntityRow[] },
): Promise<Going> {
  const { orgId } = ctx.actor;
  const going: Going = { rows: new Map(), optional: [] };
  const add = (blueprint: Blueprint, rows: readonly EntityRow[]): void => {
    for (const row of rows) {
      authorizeEntity(ctx.actor, blueprint, 'unregister', { before: row, after: null });
      going.rows.set(targetKey(row), { row, blueprint });
    }
  };
  add(start.blueprint, start.rows);
  let frontier: readonly EntityRow[] = start.rows;
  while (frontier.length > 0) {
    const sources = await dependentsOf(ctx.db, orgId, frontier);
    const held = await parts.blueprints.hold(ctx.db, orgId, [...new Set(sources.map((source) => source.blueprint))]);
    const required = sources.filter((source) => isRequired(held, source) && !going.rows.has(targetKey(source)));
    going.optional.push(...sources.filter((source) => !isRequired(held, source)));
    refuseDependents(input, required);
    refusePeople(required);
    const next: EntityRow[] = [];
    for (const [identifier, sourcesOfOne] of Map.groupBy(required, (source) => source.blueprint)) {
      const identifiers = [...new Set(sourcesOfOne.map((source) => source.identifier))];
      const rows = await lockEntities(ctx, identifier, identifiers, 'remove');
      add(held.get(identifier) ?? refuseUnknown(identifier), rows);
      next.push(...rows);
    }
    frontier = next;
  }
  return going;
}

function isRequired(held: ReadonlyMap<string, Blueprint>, source: Dependent): boolean {
  const relations = held.get(source.blueprint)?.document.relations ?? {};
  return definitionOf(relations, source.relation)?.required === true;
}

function refuseDependents(input: DeleteEntitiesInput, required: readonly Dependent[]): void {
  const refused =
    input.dependents === 'delete'
      ? []
      : required.filter((source) => input.dependents === 'refuse' || source.blueprint !== input.blueprint);
  if (refused.length > 0) throw hasDependents(input.blueprint, refused);
}

/** Nobody loses their account because something else goes. */
function refusePeople(required: readonly Dependent[]): void {
  const person = required.find((source) => isPeopleBlueprint(source.blueprint));
  if (person === undefined) return;
  throw problem(
    'forbidden',
    'protected_entity',
    `${person.blueprint}/${person.identifier} requires what would be deleted; people and teams are deleted only by themselves.`,
    { blueprint: person.blueprint, identifier: person.identifier },
  );
}

export function hasDependents(blueprint: string, dependents: readonly Dependent[]): Problem {
  const shown = dependents.slice(0, 20).map(({ blueprint: source, identifier }) => `${source}/${identifier}`);
  return problem(
    'forbidden',
    'has_dependents',
    `Entities of "${blueprint}" cannot be deleted while others require them (${shown.slice(0, 3).join(', ')}). ` +
      'Send delete_dependents=true to delete those as well.',
    { blueprint, dependents: shown },
  );
}
