import { sql } from 'kysely';
import { changesOf } from '#catalog/subject-queries.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { LoggedEvent } from '#platform/events/event.ts';
import { type EventRow, toLoggedEvent } from '#platform/events/read-events.ts';
import { visibleChanges } from './audit-queries.ts';

export interface PastEntity {
  /** The change that made it so. */
  readonly change: LoggedEvent;
  /** When it changed next; null when that is how it stands. */
  readonly until: Date | null;
}

/** An entity as it was at an instant, by its last change until then; null when nothing is known of it. */
export async function readPastEntity(
  db: Db,
  actor: Actor,
  entity: { readonly blueprint: string; readonly identifier: string },
  at: Date,
): Promise<PastEntity | null> {
  const changes = sql`${changesOf(actor.orgId, entity.blueprint, entity.identifier)}`;
  const found = await sql<EventRow>`
    select change.* from ${changes} where change.at <= ${at} and ${await visibleChanges(db, actor)}
    order by change.number desc limit 1`.execute(db);
  const row = found.rows[0];
  if (row === undefined) return null;
  const next = await sql<{ at: Date }>`
    select change.at from ${changes} where change.number > ${row.number} order by change.number limit 1`.execute(db);
  return { change: toLoggedEvent(row), until: next.rows[0]?.at ?? null };
}
