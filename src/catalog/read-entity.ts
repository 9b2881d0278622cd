import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { toWireEntity, type WireEntity } from './entity-queries.ts';
import { findEntity } from './list-entities.ts';

/** An entity as GET shows it to this actor, or null when it or its blueprint is not there. */
export async function readEntity(
  parts: { readonly db: Db; readonly blueprints: Blueprints },
  actor: Actor,
  blueprint: string,
  identifier: string,
): Promise<WireEntity | null> {
  const row = await findEntity(parts.db, actor, blueprint, identifier);
  const found = row === null ? null : await parts.blueprints.find(parts.db, actor.orgId, blueprint);
  return row === null || found === null ? null : toWireEntity(row, found.document);
}
