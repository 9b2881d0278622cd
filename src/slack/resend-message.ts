import { sql } from 'kysely';
import { authorize, may } from '#access/permissions.ts';
import type { Approval } from '#approvals/approval.ts';
import { getApproval } from '#approvals/approval-queries.ts';
import { openBallot } from '#approvals/open-ballot.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { missingPermission, notFound, Problem } from '#platform/problem.ts';
import type { MessageKey } from './approval-message-store.ts';
import { messageId } from './failed-message-queries.ts';

/**
 * Has a message that failed sent again; the reader of the event sees to it. Somebody who looked at the channel says so:
 * what nobody knew of is sent anew and not looked for.
 */
export async function resendMessage(ctx: WriteContext, key: Omit<MessageKey, 'orgId'>): Promise<void> {
  authorize(ctx.actor, 'organisation.manage');
  await storeResend(ctx, key, { isMissing: true });
}

/** Whoever has something to do with an approval may have its messages sent again: who asked, and who may decide. */
export async function mayResend(db: Db | Tx, actor: Actor, approval: Approval): Promise<boolean> {
  if (may(actor, 'organisation.manage') || approval.requestedBy === actor.id) return true;
  try {
    await openBallot(db, actor, approval);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/** The same from the approval's own page. Nobody has looked there, so what may have arrived is looked for first. */
export async function resendFromApproval(
  ctx: WriteContext,
  { approvalId, message }: { readonly approvalId: string; readonly message: string },
): Promise<void> {
  const approval = await getApproval(ctx.db, ctx.actor, approvalId);
  if (!(await mayResend(ctx.db, ctx.actor, approval))) throw missingPermission('resend messages about this approval');
  const rows = await sql<Pick<MessageKey, 'place' | 'kind'>>`
    select place, kind from slack_approval_message
    where org_id = ${ctx.actor.orgId} and approval_id = ${approvalId}`.execute(ctx.db);
  const named = rows.rows.find((row) => messageId(row) === message);
  if (named === undefined) throw notFound('slackMessage', message, { approval: approvalId });
  await storeResend(ctx, { approvalId, ...named }, { isMissing: false });
}

/** Whoever is sending it at this moment goes on holding it: two would post it twice. */
async function storeResend(
  ctx: WriteContext,
  { approvalId, place, kind }: Omit<MessageKey, 'orgId'>,
  { isMissing }: { readonly isMissing: boolean },
): Promise<void> {
  const { orgId } = ctx.actor;
  const before = await sql<{ state: string; isHeld: boolean }>`
    select state, coalesce(claimed_until > ${ctx.now}, false) as "isHeld" from slack_approval_message
    where org_id = ${orgId} and approval_id = ${approvalId} and place = ${place} and kind = ${kind}
      and error is not null and state <> 'needless' for update`.execute(ctx.db);
  const failed = before.rows[0];
  if (failed === undefined) throw notFound('slackMessage', approvalId, isMissing ? { place, kind } : {});
  const isForgotten = isMissing && failed.state === 'unknown' && !failed.isHeld;
  await sql`
    update slack_approval_message set tries = 0, state = case when ts is null then 'wanted' else 'posted' end,
      attempted_at = ${isForgotten ? sql`null` : sql`attempted_at`}
    where org_id = ${orgId} and approval_id = ${approvalId} and place = ${place} and kind = ${kind}`.execute(ctx.db);
  ctx.emit({
    kind: 'slack.message-resent',
    resource: 'approval',
    action: 'UPDATE',
    subject: `slack-message:${approvalId}/${place}/${kind}`,
    context: { approval: approvalId, place, message: kind },
    before: { state: failed.state },
    after: { state: 'wanted' },
  });
}
