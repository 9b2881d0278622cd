import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import { applyChanges, type EntityParts } from '../apply-changes.ts';
import type { BlueprintDocument } from '../blueprint-document.ts';
import { blueprintEvent } from '../blueprint-events.ts';
import { type Blueprint, refuseUnknown } from '../blueprint-queries.ts';
import { insertBlueprint } from '../blueprint-store.ts';
import { deleteWithin } from '../delete-entities.ts';
import type { EntityRow } from '../entity-queries.ts';
import { defaultsOf, type EntityState, isSameState, writtenProperties } from '../entity-rules.ts';
import { lockEntities, type RelationChange } from '../entity-store.ts';
import { newRow } from '../plan-entities.ts';
import { nextRelations } from '../relation-rules.ts';
import { renameEntity } from '../rename-entity.ts';
import type { Facts } from './fact-rules.ts';
import { factsOf } from './people-queries.ts';
import { isStructureKey, type PeopleBlueprint, peopleBlueprints, structureOf } from './structure-rules.ts';

/** Whose entities may be behind: names of entities, or all. */
export type Concerned = Readonly<Record<PeopleBlueprint, ReadonlySet<string> | 'all'>> & {
  /** A team that has another name now. */
  readonly renamed?: { readonly from: string; readonly to: string };
};

const noProvenance = { datasource: null, runId: null };

/** Makes what entities show of people and teams equal to what sign-in knows. Writes only what differs. */
export async function projectPeople(ctx: WriteContext, parts: EntityParts, concerned: Concerned): Promise<void> {
  const isNew = await ensureStructures(ctx, parts);
  const held = await parts.blueprints.hold(ctx.db, ctx.actor.orgId, peopleBlueprints);
  for (const name of peopleBlueprints) {
    const { document } = held.get(name) ?? refuseUnknown(name);
    const renamed = name === '_team' ? concerned.renamed : undefined;
    await projectBlueprint(ctx, parts, { document, names: isNew ? 'all' : concerned[name], renamed });
  }
}

/** People and teams of an organisation from before they were entities. */
export function projectAllPeople(parts: EntityParts): Command<null, void> {
  return maybeSilent(async function projectAllPeopleCommand(ctx: WriteContext) {
    await projectPeople(ctx, parts, { _user: 'all', _team: 'all' });
  });
}

async function ensureStructures(ctx: WriteContext, parts: EntityParts): Promise<boolean> {
  const { orgId } = ctx.actor;
  const there = await parts.blueprints.hold(ctx.db, orgId, peopleBlueprints);
  let isNew = false;
  for (const name of peopleBlueprints) {
    const structure = structureOf(name);
    if (there.has(name) || structure === null || !(await insertBlueprint(ctx, name, structure))) continue;
    isNew = true;
    const { document }: Blueprint = await parts.blueprints.lock(ctx.db, orgId, name);
    ctx.emit(blueprintEvent('created', name, { before: null, after: document }));
  }
  return isNew;
}

interface Projection {
  readonly document: BlueprintDocument;
  readonly names: ReadonlySet<string> | 'all';
  readonly renamed: Concerned['renamed'];
}

async function projectBlueprint(ctx: WriteContext, parts: EntityParts, projection: Projection): Promise<void> {
  const { document, renamed } = projection;
  const blueprint = document.identifier as PeopleBlueprint;
  const facts = new Map((await factsOf(ctx, blueprint, projection.names)).map((one) => [one.identifier, one]));
  const names = projection.names === 'all' ? [...facts.keys()] : [...projection.names];
  if (names.length === 0) return;
  const isLeaving = names.some((name) => !facts.has(name));
  const rows = await lockEntities(ctx, blueprint, names, isLeaving ? 'remove' : 'change');
  const known = new Map(rows.map((row) => [row.identifier, row]));
  const moved = renamed === undefined || known.has(renamed.to) ? undefined : known.get(renamed.from);
  if (moved !== undefined && renamed !== undefined) {
    await renameEntity(ctx, parts, { before: moved, identifier: renamed.to }, null);
    known.delete(moved.identifier);
  }
  const gone = [...known.keys()].filter((name) => !facts.has(name));
  const how = { dependents: 'refuse', ifMissing: 'skip', runId: null, expectedVersion: null } as const;
  if (gone.length > 0) await deleteWithin(ctx, parts, { blueprint, identifiers: gone, ...how });
  const changes = [...facts.values()].flatMap((one) => {
    const before = one.identifier === renamed?.to && moved !== undefined ? moved : (known.get(one.identifier) ?? null);
    return changeOf(ctx, document, before, one);
  });
  await applyChanges(ctx, parts, { blueprint: document, changes, provenance: noProvenance });
}

/** What people added to the blueprint stays as it is, whatever its schema asks for by now. */
function changeOf(
  ctx: WriteContext,
  document: BlueprintDocument,
  before: EntityRow | null,
  facts: Facts,
): readonly RelationChange[] {
  const kept = before === null ? defaultsOf(document) : writtenProperties(document, before);
  const own = Object.entries(kept).filter(([key]) => !isStructureKey(document.identifier, key));
  const state: EntityState = {
    ...facts,
    icon: before?.icon ?? null,
    properties: { ...Object.fromEntries(own), ...facts.properties },
    relations: nextRelations({}, before?.relations ?? null),
  };
  if (isSameState(document, before, state)) return [];
  return [{ before, after: newRow(ctx, document.identifier, before, state) }];
}
