import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { Chore } from '#platform/module.ts';
import type { Approval, ApprovalState, SubjectKind } from './approval.ts';
import { approvalEvent } from './approval-events.ts';
import { findApproval } from './approval-queries.ts';
import { closedAs, insertApprovers, lockApproval, storeApproval } from './approval-store.ts';
import { groupsOf } from './request-approval.ts';

const lookEverySeconds = 2;
const mostAtOnce = 500;

/** Applies what is due of one approval: its end, its escalation, a reminder. What was missed meanwhile is one reminder. */
export function applyTimers(kinds: readonly SubjectKind[]): Command<{ readonly id: string }, void> {
  return maybeSilent(async function applyTimersCommand(ctx: WriteContext, input: { readonly id: string }) {
    const found = await findApproval(ctx.db, ctx.actor.orgId, input.id);
    if (found?.state !== 'open') return;
    const kind = kinds.find((candidate) => candidate.kind === found.subject.kind);
    await kind?.lock?.(ctx, found.subject);
    const approval = await lockApproval(ctx.db, ctx.actor.orgId, input.id);
    if (approval.state !== 'open' || approval.dueAt === null || approval.dueAt > ctx.now) return;
    const ended = await applyTimeout(ctx, approval);
    if (ended !== null) return kind?.closed?.(ctx, ended);
    await applyReminder(ctx, await applyEscalation(ctx, approval));
  });
}

const ends: Readonly<Record<'approve' | 'reject' | 'expire', Exclude<ApprovalState, 'open'>>> = {
  approve: 'approved',
  reject: 'rejected',
  expire: 'expired',
};

async function applyTimeout(ctx: WriteContext, before: Approval): Promise<Approval | null> {
  const { timeout } = before.terms;
  if (timeout === null || Date.parse(timeout.at) > ctx.now.getTime()) return null;
  const by = { by: ctx.actor.id, byName: 'Quayside', through: 'timeout', comment: null, input: null } as const;
  const after = await storeApproval(ctx, before, closedAs(ctx, ends[timeout.outcome], by));
  ctx.emit(approvalEvent('decided', { before, after }));
  return after;
}

/** More people may decide from now on; in a quorum of groups, for each of them. */
async function applyEscalation(ctx: WriteContext, before: Approval): Promise<Approval> {
  const { escalation } = before.terms;
  if (escalation === null || before.escalatedAt !== null || !isPast(ctx, before, escalation.afterMs)) return before;
  const { approvers } = escalation;
  await insertApprovers(
    ctx,
    before.id,
    groupsOf(before.terms).map(({ name }) => ({ name, approvers })),
  );
  const after = await storeApproval(ctx, before, { escalatedAt: ctx.now });
  ctx.emit(approvalEvent('escalated', { before, after, more: { escalatedTo: approvers } }));
  return after;
}

async function applyReminder(ctx: WriteContext, before: Approval): Promise<void> {
  const { remindEveryMs } = before.terms;
  if (remindEveryMs === null || !isPast(ctx, before, remindEveryMs * (before.remindersSent + 1))) return;
  const remindersSent = Math.floor((ctx.now.getTime() - before.requestedAt.getTime()) / remindEveryMs);
  const after = await storeApproval(ctx, before, { remindersSent });
  ctx.emit(approvalEvent('reminded', { before, after }));
}

function isPast(ctx: WriteContext, approval: Approval, afterMs: number): boolean {
  return approval.requestedAt.getTime() + afterMs <= ctx.now.getTime();
}

/** Timers live in the rows, so that a process that died forgets none. */
export function approvalTimersChore({ db, runner, clock, log }: Core, kinds: readonly SubjectKind[]): Chore {
  const command = applyTimers(kinds);
  return {
    name: 'approval-timers',
    everySeconds: lookEverySeconds,
    async run() {
      const due = await sql<{ orgId: string; id: string }>`
        select org_id as "orgId", id from approval where state = 'open' and due_at <= ${clock.now()}
        order by due_at limit ${mostAtOnce}`.execute(db);
      for (const { orgId, id } of due.rows) {
        const caller = { actor: systemActor(orgId, 'approvals'), origin: 'SYSTEM', requestId: null } as const;
        // One that cannot be settled must not keep the others waiting.
        await runner
          .execute(caller, command, { id })
          .catch((error: unknown) => log.error({ event: 'approval-timer-failed', approval: id, err: error }));
      }
    },
  };
}
