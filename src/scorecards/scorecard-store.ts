import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { refreshRevision } from '#catalog/refresh-revision.ts';
import { newId } from '#platform/ids.ts';
import type { Scorecard, ScorecardDefinition } from './scorecard.ts';

// The blueprint's row is locked by whoever calls these: it stands for the whole set of its scorecards.

export async function insertScorecard(
  ctx: WriteContext,
  blueprint: string,
  definition: ScorecardDefinition,
): Promise<Scorecard> {
  const { orgId, id: actorId } = ctx.actor;
  const id = newId('scorecard');
  await sql`
    insert into scorecard (org_id, blueprint, identifier, id, document, created_at, created_by, updated_at, updated_by)
    values (${orgId}, ${blueprint}, ${definition.identifier}, ${id}, ${JSON.stringify(definition)}::json,
      ${ctx.now}, ${actorId}, ${ctx.now}, ${actorId})`.execute(ctx.db);
  await refreshRevision(ctx, blueprint);
  const at = ctx.now.toISOString();
  const stamps = { createdAt: at, createdBy: actorId, updatedAt: at, updatedBy: actorId };
  return { version: 1, document: { ...definition, id, blueprint, ...stamps } };
}

export async function updateScorecard(
  ctx: WriteContext,
  before: Scorecard,
  definition: ScorecardDefinition,
): Promise<Scorecard> {
  const { blueprint, identifier, id, createdAt, createdBy } = before.document;
  await sql`
    update scorecard set document = ${JSON.stringify(definition)}::json, version = version + 1,
      updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}
    where org_id = ${ctx.actor.orgId} and blueprint = ${blueprint} and identifier = ${identifier}`.execute(ctx.db);
  await refreshRevision(ctx, blueprint);
  const stamps = { createdAt, createdBy, updatedAt: ctx.now.toISOString(), updatedBy: ctx.actor.id };
  return { version: before.version + 1, document: { ...definition, id, blueprint, ...stamps } };
}

export async function deleteScorecardRow(ctx: WriteContext, blueprint: string, identifier: string): Promise<void> {
  await sql`
    delete from scorecard where org_id = ${ctx.actor.orgId} and blueprint = ${blueprint}
      and identifier = ${identifier}`.execute(ctx.db);
  await refreshRevision(ctx, blueprint);
}
