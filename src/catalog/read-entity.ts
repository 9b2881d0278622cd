import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { toWireEntity, type WireEntity } from './entity-queries.ts';
import { findEntity } from './list-entities.ts';

/** An entity as GET shows it to this actor, or null when it is not there. An unknown blueprint is a 404. */
export async function readEntity(
  parts: { readonly db: Db; readonly blueprints: Blueprints },
  actor: Actor,
  blueprint: string,
  identifier: string,
): Promise<WireEntity | null> {
  const found = await findEntity(parts, actor, blueprint, identifier);
  return found.row === null ? null : toWireEntity(found.row, found.blueprint.document);
}
