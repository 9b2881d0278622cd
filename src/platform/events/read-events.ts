import { sql } from 'kysely';
import type { Db, Tx } from '../db/handles.ts';
import { prepared } from '../db/prepared.ts';
import type { Actor, Origin } from '../commands/actor.ts';
import type { Change } from './change.ts';
import { documentBefore } from './change.ts';
import type { Document, EventAction, EventContext, LoggedEvent } from './event.ts';

export interface EventRow {
  readonly org_id: string;
  readonly number: number;
  readonly id: string;
  readonly at: Date;
  readonly kind: string;
  readonly resource: string;
  readonly action: EventAction;
  readonly subject: string;
  readonly context: EventContext;
  readonly after: Document | null;
  readonly changed: Change;
  readonly actor: Actor;
  readonly origin: Origin;
  readonly request_id: string | null;
  readonly status: 'SUCCESS' | 'FAILURE';
  readonly message: string | null;
}

export function toLoggedEvent(row: EventRow): LoggedEvent {
  return {
    orgId: row.org_id,
    number: row.number,
    id: row.id,
    at: row.at,
    kind: row.kind,
    resource: row.resource,
    action: row.action,
    subject: row.subject,
    context: row.context,
    before: documentBefore(row.action, row.after, row.changed),
    after: row.after,
    changed: row.changed,
    actor: row.actor,
    origin: row.origin,
    requestId: row.request_id,
    status: row.status,
    message: row.message,
  };
}

/** Named, since the statement is prepared and a migration may add some. */
const eventColumns = sql.raw(
  'org_id, number, id, at, kind, resource, action, subject, context, after, changed, actor, origin, request_id, status, message',
);

/** The organisation's events above a number, in order, refused writes included. */
export async function eventsAfter(db: Db | Tx, orgId: string, number: number, limit: number): Promise<LoggedEvent[]> {
  const result = await sql<EventRow>`${prepared}
    select ${eventColumns} from event
    where org_id = ${orgId} and number > ${number} order by number limit ${limit}`.execute(db);
  return result.rows.map(toLoggedEvent);
}

export async function lastEventNumber(db: Db | Tx, orgId: string): Promise<number> {
  const result = await sql<{ last: number }>`select last from event_counter where org_id = ${orgId}`.execute(db);
  return result.rows[0]?.last ?? 0;
}
