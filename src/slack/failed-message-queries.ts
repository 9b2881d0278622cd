import { sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import type { MessageKey } from './approval-message-store.ts';

export interface FailedMessage extends Omit<MessageKey, 'orgId'> {
  readonly title: string;
  readonly approvalState: string;
  readonly state: 'wanted' | 'undeliverable' | 'unknown';
  readonly error: string;
  readonly tries: number;
  readonly requestedAt: Date;
}

/** Messages about approvals that did not arrive, or of which nobody knows; newest approval first. */
export async function failedMessages(db: Db, orgId: string, limit: number): Promise<readonly FailedMessage[]> {
  const found = await sql<FailedMessage>`
    select message.approval_id as "approvalId", message.place, message.kind, message.state, message.error,
      message.tries, approval.title, approval.state as "approvalState", approval.requested_at as "requestedAt"
    from slack_approval_message message
    join approval on approval.org_id = message.org_id and approval.id = message.approval_id
    where message.org_id = ${orgId} and message.error is not null and message.state <> 'needless'
    order by approval.requested_at desc, message.approval_id, message.place, message.kind limit ${limit}`.execute(db);
  return found.rows;
}
