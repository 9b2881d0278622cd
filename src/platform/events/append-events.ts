import { sql } from 'kysely';
import type { Actor, Origin } from '../commands/actor.ts';
import type { Tx } from '../db/handles.ts';
import { prepared } from '../db/prepared.ts';
import { newId } from '../ids.ts';
import { changeBetween } from './change.ts';
import type { NewEvent } from './event.ts';

export interface EventOrigin {
  readonly actor: Actor;
  readonly origin: Origin;
  readonly at: Date;
  readonly requestId: string | null;
}

/** A write that was refused: kept for the audit log, never handed to readers. */
export interface Refusal {
  readonly status: 'FAILURE';
  readonly message: string;
}

/**
 * Writes events as the last statement before COMMIT. The organisation's counter row is locked here and until the
 * commit, so numbers have no gaps and follow commit order: a reader that has seen a number has seen all below it.
 * The statement itself fails where there is no counter: the COMMIT is sent before its answer is here.
 */
export async function appendEvents(
  tx: Tx,
  origin: EventOrigin,
  events: readonly NewEvent[],
  refusal?: Refusal,
): Promise<void> {
  const rows = events.map((event, index) => ({
    ordinal: index + 1,
    id: newId('event'),
    kind: event.kind,
    resource: event.resource,
    action: event.action,
    subject: event.subject,
    context: event.context,
    after: event.after,
    changed: changeBetween(event.before, event.after),
    request_id: event.requestId ?? origin.requestId,
  }));
  await sql`${prepared}
    with counter as (
      update event_counter set last = last + ${rows.length} where org_id = ${origin.actor.orgId} returning last
    )
    insert into event (org_id, number, id, at, kind, resource, action, subject, context, after, changed,
                       actor, origin, request_id, status, message)
    select ${origin.actor.orgId}, (select last from counter) - ${rows.length} + row.ordinal, row.id, ${origin.at},
           row.kind, row.resource, row.action, row.subject, row.context, row.after, row.changed,
           ${JSON.stringify(origin.actor)}::jsonb, ${origin.origin}, row.request_id,
           ${refusal?.status ?? 'SUCCESS'}, ${refusal?.message ?? null}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(
      ordinal int, id text, kind text, resource text, action text, subject text,
      context jsonb, after jsonb, changed jsonb, request_id text)`.execute(tx);
}
