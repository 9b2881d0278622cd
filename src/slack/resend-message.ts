import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { notFound } from '#platform/problem.ts';
import type { MessageKey } from './approval-message-store.ts';

/**
 * Has a message that failed sent again; the reader of the event sees to it. Somebody who looked at the channel says so:
 * what nobody knew of is sent anew and not looked for.
 */
export async function resendMessage(
  ctx: WriteContext,
  { approvalId, place, kind }: Omit<MessageKey, 'orgId'>,
): Promise<void> {
  authorize(ctx.actor, 'organisation.manage');
  const { orgId } = ctx.actor;
  const before = await sql<{ state: string; error: string | null }>`
    select state, error from slack_approval_message where org_id = ${orgId} and approval_id = ${approvalId}
      and place = ${place} and kind = ${kind} and error is not null for update`.execute(ctx.db);
  const failed = before.rows[0];
  if (failed === undefined) throw notFound('slackMessage', approvalId, { place, kind });
  await sql`
    update slack_approval_message set tries = 0, claimed_until = null,
      state = case when ts is null then 'wanted' else 'posted' end,
      attempted_at = case when state = 'unknown' then null else attempted_at end
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
