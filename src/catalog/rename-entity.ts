import { DatabaseError } from 'pg';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { EntityParts } from './apply-changes.ts';
import type { EntityRow } from './entity-queries.ts';
import { dependentsOf, renameEntityRow } from './entity-store.ts';
import { identifierTaken } from './plan-entities.ts';
import { targetKey } from './relation-rules.ts';
import { updateSources } from './update-sources.ts';

const uniqueViolation = '23505';

/** Gives a locked entity another identifier; every entity that points at it follows, each with its own event. */
export async function renameEntity(
  ctx: WriteContext,
  parts: EntityParts,
  rename: { readonly before: EntityRow; readonly identifier: string },
  runId: string | null,
): Promise<void> {
  const { before, identifier } = rename;
  const self = targetKey(before);
  const sources = await dependentsOf(ctx.db, ctx.actor.orgId, [before]);
  try {
    await renameEntityRow(ctx, before, identifier);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== uniqueViolation) throw error;
    throw identifierTaken(before.blueprint, identifier);
  }
  await updateSources(ctx, parts, {
    sources: sources.filter((source) => targetKey(source) !== self),
    replace: (target) => (targetKey(target) === self ? identifier : target.identifier),
    runId,
  });
}
