import { sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { personById } from './people-queries.ts';
import { toUserActor } from './person.ts';

/**
 * Somebody on whose behalf work goes on, with the roles and teams of now; null once they may not sign in any more, or
 * once the credentials are removed.
 */
export async function presentActor(db: Db, actor: Actor): Promise<Actor | null> {
  if (actor.kind === 'system') return actor;
  if (actor.kind === 'credential') {
    const found = await sql`
      select from credential where org_id = ${actor.orgId} and client_id = ${actor.id}`.execute(db);
    return found.rows.length > 0 ? actor : null;
  }
  const person = await personById(db, actor.orgId, actor.id);
  return person?.status === 'ACTIVE' ? toUserActor(person) : null;
}
