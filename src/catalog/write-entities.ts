import { existingTeams } from '#access/team-queries.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { JsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import { applyChanges, type EntityParts } from './apply-changes.ts';
import { type Blueprint, refuseUnknown } from './blueprint-queries.ts';
import { owningTeams } from './entity-rules.ts';
import { type EntityRow, toWireEntity, type WireEntity } from './entity-queries.ts';
import { holdTargets, lockEntities, type RelationChange, rememberDatasource, scoreEntities } from './entity-store.ts';
import {
  type Draft,
  draftEntity,
  type FailedEntity,
  nameEntity,
  type Plan,
  planEntities,
  type WriteEntitiesInput,
} from './plan-entities.ts';
import { isPeopleBlueprint } from './people/structure-rules.ts';
import { writePeople } from './people/write-people.ts';
import { renameEntity } from './rename-entity.ts';
import { resolveQueries } from './resolve-queries.ts';

export interface WrittenEntity {
  readonly index: number;
  readonly identifier: string;
  readonly created: boolean;
  readonly version: number;
  readonly entity: WireEntity;
  /** What is told once, beside the entity: the credentials of a new service account. */
  readonly additionalData?: JsonObject;
}

export interface WriteEntitiesResult {
  readonly entities: readonly WrittenEntity[];
  readonly errors: readonly FailedEntity[];
}

/** Writes each entity that can be written and says why the others cannot: bulk calls. */
export function writeEntities(parts: EntityParts): Command<WriteEntitiesInput, WriteEntitiesResult> {
  return maybeSilent(async function writeEntitiesCommand(ctx: WriteContext, input: WriteEntitiesInput) {
    return write(ctx, parts, input);
  });
}

/** Writes one entity or refuses: POST, PUT, PATCH. */
export function writeEntity(parts: EntityParts): Command<WriteEntitiesInput, WrittenEntity> {
  return maybeSilent(async function writeEntityCommand(ctx: WriteContext, input: WriteEntitiesInput) {
    const { entities, errors } = await write(ctx, parts, input);
    const [failed] = errors;
    if (failed !== undefined) throw new Problem(failed.kind, failed.code, failed.message, failed.details);
    const [written] = entities;
    if (written === undefined) throw new Error('An entity was neither written nor refused');
    return written;
  });
}

async function write(ctx: WriteContext, parts: EntityParts, input: WriteEntitiesInput): Promise<WriteEntitiesResult> {
  return isPeopleBlueprint(input.blueprint) ? writePeople(ctx, parts, input, writeRows) : writeRows(ctx, parts, input);
}

async function writeRows(
  ctx: WriteContext,
  parts: EntityParts,
  input: WriteEntitiesInput,
): Promise<WriteEntitiesResult> {
  const held = await holdBlueprints(ctx, parts, input);
  const blueprint = held.get(input.blueprint) ?? refuseUnknown(input.blueprint);
  if (input.runId !== null) await parts.runGate.assertOpen(ctx.db, ctx.actor.orgId, input.runId);
  const drafts = await draftEntities(ctx, parts, blueprint, input);
  const plan = planEntities(ctx, input, {
    blueprint,
    related: held,
    ...(await loadGround(ctx, blueprint, drafts)),
    drafts,
  });
  const stored = input.validateOnly ? [] : await storePlan(ctx, parts, input, { blueprint, held, plan });
  const scored = await scoreRest(ctx, parts, blueprint, input.validateOnly ? plannedChanges(plan) : unchanged(plan));
  const rows = new Map([...scored, ...stored].map((row) => [row.identifier, row] as const));
  return { entities: plan.written.map((written) => present(blueprint, rows, written)), errors: plan.errors };
}

async function draftEntities(
  ctx: WriteContext,
  parts: EntityParts,
  { document }: Blueprint,
  input: WriteEntitiesInput,
): Promise<readonly Draft[]> {
  const drafts: Draft[] = [];
  for (const [index, entity] of input.entities.entries()) {
    const resolved = await resolveQueries(ctx, parts, document, entity);
    const draft = draftEntity(
      document,
      input,
      input.identifier === undefined ? nameEntity(entity, resolved.entity) : resolved.entity,
      index,
    );
    drafts.push(resolved.refusal === null ? draft : { ...draft, refusal: resolved.refusal });
  }
  return drafts;
}

/** With related entities to be created their blueprints must hold still too. */
async function holdBlueprints(
  ctx: WriteContext,
  parts: EntityParts,
  input: WriteEntitiesInput,
): Promise<ReadonlyMap<string, Blueprint>> {
  const { orgId } = ctx.actor;
  const held = await parts.blueprints.hold(ctx.db, orgId, [input.blueprint]);
  const relations = Object.values(held.get(input.blueprint)?.document.relations ?? {});
  if (!input.createMissingRelated || relations.length === 0) return held;
  const targets = relations.map((relation) => relation.target);
  return parts.blueprints.hold(ctx.db, orgId, [input.blueprint, ...targets]);
}

/**
 * Locks what the decision depends on: related entities first, then the entities themselves, the order in which a
 * deletion locks them too.
 */
async function loadGround(
  ctx: WriteContext,
  blueprint: Blueprint,
  drafts: readonly Draft[],
): Promise<{
  readonly rows: ReadonlyMap<string, EntityRow>;
  readonly targets: Awaited<ReturnType<typeof holdTargets>>;
  readonly teams: ReadonlySet<string>;
}> {
  const { orgId } = ctx.actor;
  const own = new Set(drafts.flatMap((draft) => [draft.identifier, draft.nextIdentifier]));
  const { identifier } = blueprint.document;
  const foreign = drafts
    .flatMap((draft) => draft.targets)
    .filter((target) => target.blueprint !== identifier || !own.has(target.identifier));
  const owners = drafts.flatMap(({ refusal, entity }) =>
    refusal === null ? owningTeams(blueprint.document, entity) : [],
  );
  const teams = new Set(await existingTeams(ctx.db, orgId, owners));
  const targets = await holdTargets(ctx.db, orgId, foreign);
  const renames = drafts.some((draft) => draft.identifier !== draft.nextIdentifier);
  const rows = await lockEntities(ctx, identifier, [...own], renames ? 'remove' : 'change');
  return { targets, teams, rows: new Map(rows.map((row) => [row.identifier, row])) };
}

function unchanged({ rows, unchanged: identifiers }: Plan): readonly RelationChange[] {
  return identifiers.flatMap((identifier) => asItIs(rows.get(identifier)));
}

function plannedChanges(plan: Plan): readonly RelationChange[] {
  return [...plan.changes.values(), ...unchanged(plan)];
}

function asItIs(row: EntityRow | undefined): readonly RelationChange[] {
  return row === undefined ? [] : [{ before: row, after: row }];
}

/** What is not written is computed for the answer: what it depends on may have changed a moment ago. */
async function scoreRest(
  ctx: WriteContext,
  parts: EntityParts,
  { document }: Blueprint,
  changes: readonly RelationChange[],
): Promise<readonly EntityRow[]> {
  if (changes.length === 0) return [];
  const rows = await parts.derivation.deriveWritten(ctx, document, changes);
  return scoreEntities(ctx.db, rows, await parts.scores(ctx.db, ctx.actor.orgId, document));
}

async function storePlan(
  ctx: WriteContext,
  parts: EntityParts,
  input: WriteEntitiesInput,
  { blueprint, held, plan }: { blueprint: Blueprint; held: ReadonlyMap<string, Blueprint>; plan: Plan },
): Promise<readonly EntityRow[]> {
  const provenance = { datasource: input.datasource, runId: input.runId };
  const related = Map.groupBy(plan.related.values(), (row) => row.blueprint);
  for (const [target, rows] of [...related].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    const document = held.get(target)?.document ?? refuseUnknown(target);
    const changes = rows.map((after) => ({ before: null, after }));
    await applyChanges(ctx, parts, { blueprint: document, changes, provenance });
  }
  if (plan.rename !== null) await renameEntity(ctx, parts, plan.rename, input.runId);
  const changes = [...plan.changes.values()];
  await rememberDatasource(ctx, input.blueprint, plan.unchanged, input.datasource);
  return applyChanges(ctx, parts, { blueprint: blueprint.document, changes, provenance });
}

function present(
  { document }: Blueprint,
  rows: ReadonlyMap<string, EntityRow>,
  written: Plan['written'][number],
): WrittenEntity {
  const row = rows.get(written.identifier);
  if (row === undefined) throw new Error(`Entity ${written.identifier} was written and is not there`);
  return { ...written, version: row.version, entity: toWireEntity(row, document) };
}
