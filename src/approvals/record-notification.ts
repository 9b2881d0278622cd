import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';

export interface NotificationResult {
  readonly approvalId: string;
  /** The event that is told, and where: one is told at one place once. */
  readonly cause: string;
  readonly index: number;
  /** Null when the approval names the place itself, which may be secret. */
  readonly address: string | null;
  readonly via: string;
  readonly occasion: string;
  readonly outcome: 'sent' | 'refused' | 'unknown';
  readonly reason: string | null;
}

/** Writes into the approval's history whether somebody could be told. */
export async function recordNotification(ctx: WriteContext, result: NotificationResult): Promise<void> {
  const { approvalId, ...told } = result;
  ctx.emit({
    kind: 'approval.notified',
    resource: 'approval',
    action: 'UPDATE',
    subject: `approval:${approvalId}`,
    context: { approval: approvalId },
    before: null,
    after: { id: approvalId, ...told },
  });
}

export async function wasNotified(
  db: Db | Tx,
  orgId: string,
  { approvalId, cause, index, address }: Pick<NotificationResult, 'approvalId' | 'cause' | 'index' | 'address'>,
): Promise<boolean> {
  const found = await sql`
    select 1 from event where org_id = ${orgId} and subject = ${`approval:${approvalId}`}
      and kind = 'approval.notified' and after ->> 'cause' = ${cause} and (after ->> 'index')::int = ${index}
      and after ->> 'address' is not distinct from ${address} limit 1`.execute(db);
  return found.rows.length > 0;
}
