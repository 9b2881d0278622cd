import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Approval, ApprovalSubject } from './approval.ts';
import { approvalEvent, nameOf } from './approval-events.ts';
import { approvalForSubject } from './approval-queries.ts';
import { closedAs, lockApproval, storeApproval } from './approval-store.ts';

export interface SubjectEnd {
  readonly subject: Pick<ApprovalSubject, 'kind' | 'id'> & { readonly attempt?: number };
  /** Said to people, e.g. that the run was cancelled. */
  readonly reason: string | null;
}

/**
 * What was asked about goes on without a decision, or not at all. For who owns the subject and has it locked; without
 * an open approval nothing happens. Returns what was closed.
 */
export async function cancelApproval(ctx: WriteContext, input: SubjectEnd): Promise<Approval | null> {
  return closeSubject(ctx, input, 'cancelled');
}

/** What was asked about was changed: whoever looks at the old question can no longer answer it. */
export async function voidApproval(ctx: WriteContext, input: SubjectEnd): Promise<Approval | null> {
  return closeSubject(ctx, input, 'voided');
}

maybeSilent(cancelApproval);
maybeSilent(voidApproval);

async function closeSubject(
  ctx: WriteContext,
  { subject, reason }: SubjectEnd,
  state: 'cancelled' | 'voided',
): Promise<Approval | null> {
  const found = await approvalForSubject(ctx.db, ctx.actor.orgId, subject);
  if (found?.state !== 'open') return null;
  const approval = await lockApproval(ctx.db, found.orgId, found.id);
  return approval.state === 'open' ? closeApproval(ctx, approval, state, reason) : null;
}

/** Ends a locked, open approval without a decision. */
export async function closeApproval(
  ctx: WriteContext,
  before: Approval,
  state: 'cancelled' | 'voided',
  reason: string | null,
): Promise<Approval> {
  const by = { by: ctx.actor.id, byName: nameOf(ctx.actor), through: null, comment: reason, input: null };
  const after = await storeApproval(ctx, before, closedAs(ctx, state, by));
  ctx.emit(approvalEvent(state, { before, after }));
  return after;
}
