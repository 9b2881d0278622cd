import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { personById } from './people-queries.ts';
import { toUserActor } from './person.ts';

/** Somebody on whose behalf work goes on, with the roles and teams of now; null once they may not sign in any more. */
export async function presentActor(db: Db, actor: Actor): Promise<Actor | null> {
  if (actor.kind !== 'user') return actor;
  const person = await personById(db, actor.orgId, actor.id);
  return person?.status === 'ACTIVE' ? toUserActor(person) : null;
}
