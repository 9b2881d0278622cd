import type { Approval, SubjectKind } from '#approvals/approval.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { lockRun, type RunColumns, storeRun } from './run-store.ts';

/** How a run hears what was decided about it: it begins, or it ends as declined, in the same transaction. */
export const runSubject: SubjectKind = {
  kind: 'run',
  lock: async (ctx, subject) => void (await lockRun(ctx.db, ctx.actor.orgId, subject.id)),
  closed: carryOutDecision,
};

async function carryOutDecision(ctx: WriteContext, approval: Approval): Promise<void> {
  const run = await lockRun(ctx.db, ctx.actor.orgId, approval.subject.id);
  if (run.status !== 'WAITING_FOR_APPROVAL') return;
  await storeRun(ctx, run, decidedColumns(ctx, approval));
}

function decidedColumns(ctx: WriteContext, { state, decision }: Approval): RunColumns {
  const isTimeout = decision?.through === 'timeout';
  const answer = { userId: isTimeout ? null : (decision?.by ?? null), description: decision?.comment ?? '' };
  if (state === 'approved') return { status: 'IN_PROGRESS', approval: { state: 'APPROVE', ...answer } };
  return {
    status: 'DECLINED',
    status_label: isTimeout ? 'Not approved in time' : `Declined by ${decision?.byName ?? 'somebody'}`,
    approval: { state: 'DECLINE', ...answer },
    ended_at: ctx.now,
  };
}
