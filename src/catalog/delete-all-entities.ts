import { sql } from 'kysely';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { Problem } from '#platform/problem.ts';
import type { EntityParts } from './apply-changes.ts';
import { authorizeEntity } from './blueprint-permissions.ts';
import { authorize } from '#access/permissions.ts';
import { type BlueprintHook, deleteBlueprint } from './delete-blueprint.ts';
import { deleteWithin, hasDependents } from './delete-entities.ts';
import type { Dependent } from './entity-store.ts';
import { refuseProtected } from './people/structure-rules.ts';
import { finishMigration } from './end-migration.ts';
import { advanceMigration, insertMigration } from './migration-store.ts';

/** Few enough that a transaction stays short. */
const chunkSize = 200;

export interface StartDeletionInput {
  readonly blueprint: string;
  readonly deleteBlueprint: boolean;
  readonly runId: string | null;
}

/** Refuses a deletion that could not be finished, else records it as running; answers its id. */
export function startDeletion(parts: EntityParts): Command<StartDeletionInput, string> {
  return async function startDeletionCommand(ctx, input) {
    const { orgId } = ctx.actor;
    refuseProtected(input.blueprint, 'its entities are deleted by name');
    const blueprint = await parts.blueprints.lock(ctx.db, orgId, input.blueprint);
    authorizeEntity(ctx.actor, blueprint, 'unregister', { before: null, after: null });
    if (input.deleteBlueprint) authorize(ctx.actor, 'blueprint.write', { blueprint: input.blueprint });
    await refuseForeignDependents(ctx, parts, input.blueprint);
    const { actor, origin } = ctx;
    const work = { kind: 'delete-all', caller: { actor, origin }, ...input } as const;
    return insertMigration(ctx, work, { deleteEntities: true, deleteBlueprint: input.deleteBlueprint });
  };
}

export interface DeleteChunkInput {
  readonly migration: string;
  readonly blueprint: string;
  readonly runId: string | null;
}

export type ChunkOutcome = 'more' | 'done' | 'cancelled';

/** Deletes some entities of a blueprint. */
function deleteChunk(parts: EntityParts): Command<DeleteChunkInput, ChunkOutcome> {
  return maybeSilent(async function deleteChunkCommand(ctx: WriteContext, input: DeleteChunkInput) {
    const { migration, blueprint, runId } = input;
    const found = await sql<{ identifier: string }>`
      select identifier from entity where org_id = ${ctx.actor.orgId} and blueprint = ${blueprint}
      order by identifier limit ${chunkSize}`.execute(ctx.db);
    const identifiers = found.rows.map((row) => row.identifier);
    if (identifiers.length === 0) return 'done' as const;
    if (!(await advanceMigration(ctx, migration, { done: identifiers.length }))) return 'cancelled' as const;
    const how = { dependents: 'own', ifMissing: 'skip', expectedVersion: null } as const;
    await deleteWithin(ctx, parts, { blueprint, runId, identifiers, ...how });
    return 'more' as const;
  });
}

/** Deletes a chunk at a time until nothing is left, and says how it ended. May be taken up again at any point. */
export async function deleteAll(
  execute: <Input, Result>(command: Command<Input, Result>, input: Input) => Promise<Result>,
  parts: EntityParts & { readonly blueprintHooks: readonly BlueprintHook[] },
  work: StartDeletionInput & { readonly migration: string },
): Promise<void> {
  const { migration: id, blueprint, runId, deleteBlueprint: goesToo } = work;
  const chunk = deleteChunk(parts);
  let failure: string | null = null;
  try {
    let outcome: ChunkOutcome = 'more';
    while (outcome === 'more') outcome = await execute(chunk, { migration: id, blueprint, runId });
    if (outcome === 'cancelled') failure = 'It was cancelled.';
    else if (goesToo) {
      const command = deleteBlueprint(parts.blueprints, parts.blueprintHooks);
      await execute(command, { identifier: blueprint, deleteActions: false, expectedVersion: null });
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failure = error.message;
  }
  await execute(finishMigration, { id, failure });
}

/** Entities of the blueprint itself may require each other: they all go. */
async function refuseForeignDependents(ctx: WriteContext, parts: EntityParts, blueprint: string): Promise<void> {
  const { orgId } = ctx.actor;
  const requiring = (await parts.blueprints.all(ctx.db, orgId)).flatMap(({ document }) =>
    Object.entries(document.relations)
      .filter(([, relation]) => relation.target === blueprint && relation.required === true)
      .map(([relation]) => ({ blueprint: document.identifier, relation })),
  );
  const found = await sql<Dependent>`
    select r.blueprint, r.identifier, r.relation
    from jsonb_to_recordset(${JSON.stringify(requiring)}::jsonb) as q(blueprint text, relation text)
    join entity_relation r on r.org_id = ${orgId} and r.blueprint = q.blueprint and r.relation = q.relation
    where r.blueprint <> ${blueprint} limit 20`.execute(ctx.db);
  if (found.rows.length > 0) throw hasDependents(blueprint, found.rows);
}
