import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { LoggedEvent } from '#platform/events/event.ts';
import type { Reader } from '#platform/events/reader.ts';
import type { Approval, ApprovalNotification } from './approval.ts';
import { approverSeats } from './approver-queries.ts';
import { findApproval } from './approval-queries.ts';
import { type NotifyJob, notifyQueue } from './jobs.ts';
import { momentOf } from './notification-message.ts';
import type { NotificationOccasion } from './notification-words.ts';

/** More approvers than this are not written to one by one. */
const mostMailed = 200;

const occasions: Readonly<Record<string, NotificationOccasion>> = {
  'approval.requested': 'awaiting',
  'approval.reminded': 'reminded',
  'approval.escalated': 'escalated',
  'approval.delegated': 'delegated',
};

/** Whoever is to be told of an approval is, by mail or webhook; Slack has a reader of its own. */
export const notifyReader: Reader = {
  name: 'approvals.notify',
  concerns: (event) => occasionOf(event) !== null,
  handle: async (ctx, events) => {
    const jobs: NotifyJob[] = [];
    for (const event of events) {
      const occasion = occasionOf(event);
      const approval = await findApproval(ctx.db, ctx.orgId, String(event.context['approval']));
      if (approval === null || occasion === null) continue;
      for (const [index, notification] of approval.terms.notifications.entries()) {
        if (!isTold(notification, occasion)) continue;
        const base = { orgId: ctx.orgId, approvalId: approval.id, cause: event.id, occasion, index };
        const addresses = await addressesOf(ctx.db, approval, notification, event);
        jobs.push(...addresses.map((address) => ({ ...base, address })));
      }
    }
    await ctx.enqueue<NotifyJob>(
      notifyQueue,
      jobs.map((data) => ({ data })),
    );
  },
};

function occasionOf(event: LoggedEvent): NotificationOccasion | null {
  const known = occasions[event.kind];
  if (known !== undefined) return known;
  if (event.kind !== 'approval.decided') return null;
  const state = event.after?.['state'];
  return state === 'approved' || state === 'rejected' || state === 'expired' ? state : null;
}

function isTold({ when }: ApprovalNotification, occasion: NotificationOccasion): boolean {
  return when === undefined || when.includes(momentOf[occasion]);
}

/** Where one notification goes; a single null stands for the address it names itself. */
async function addressesOf(
  db: Db | Tx,
  approval: Approval,
  notification: ApprovalNotification,
  event: LoggedEvent,
): Promise<readonly (string | null)[]> {
  if (notification.via === 'slack') return [];
  if (event.kind === 'approval.delegated') {
    const { toEmail } = (event.after?.['delegation'] ?? {}) as { readonly toEmail?: string };
    return notification.via === 'approvers' && toEmail !== undefined ? [toEmail] : [];
  }
  if (notification.via !== 'approvers') return [null];
  if (event.kind === 'approval.decided') return requesterOf(db, approval);
  const seats = await approverSeats(db, approval);
  return seats.slice(0, mostMailed).map(({ email }) => email);
}

async function requesterOf(db: Db | Tx, { orgId, requestedBy }: Approval): Promise<readonly string[]> {
  const found = await sql<{ email: string }>`
    select email from person where org_id = ${orgId} and id = ${requestedBy} and status = 'ACTIVE'`.execute(db);
  return found.rows.map(({ email }) => email);
}
