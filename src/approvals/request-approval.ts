import { maybeSilent } from '#platform/commands/command-runner.ts';
import { LostRace } from '#platform/commands/lost-race.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { newId } from '#platform/ids.ts';
import { problem } from '#platform/problem.ts';
import type { Approval, ApprovalRequest, ApprovalTerms } from './approval.ts';
import { approvalEvent } from './approval-events.ts';
import { approvalForSubject } from './approval-queries.ts';
import { nextDueAt } from './approval-rules.ts';
import { insertApproval, insertApprovers, lockApproval } from './approval-store.ts';
import { closeApproval } from './cancel-approval.ts';

const shortestReminderMs = 60_000;
const mostNames = 1_000;

/**
 * Asks for a decision, in the transaction of who asks and with its subject's row locked. A subject and attempt has one
 * open approval: asking again for the same content returns it, other content voids it and asks anew. Open approvals of
 * earlier attempts are cancelled.
 */
export async function requestApproval(ctx: WriteContext, request: ApprovalRequest): Promise<Approval> {
  assertRequest(request);
  const standing = await approvalForSubject(ctx.db, ctx.actor.orgId, request.subject);
  if (standing?.state === 'open') {
    if (standing.contentHash === request.contentHash) return standing;
    await closeApproval(ctx, await lockApproval(ctx.db, standing.orgId, standing.id), 'voided', null);
  }
  await cancelEarlierAttempts(ctx, request);
  const approval = newApproval(ctx, request);
  if (!(await insertApproval(ctx, approval, request.audience ?? null)))
    throw new LostRace(`an approval of ${request.subject.id}`);
  await insertApprovers(ctx, approval.id, groupsOf(approval.terms));
  ctx.emit(approvalEvent('requested', { before: null, after: approval }));
  return approval;
}

maybeSilent(requestApproval);

async function cancelEarlierAttempts(ctx: WriteContext, { subject }: ApprovalRequest): Promise<void> {
  const latest = await approvalForSubject(ctx.db, ctx.actor.orgId, { kind: subject.kind, id: subject.id });
  if (latest === null || latest.state !== 'open' || latest.subject.attempt >= subject.attempt) return;
  await closeApproval(ctx, await lockApproval(ctx.db, latest.orgId, latest.id), 'cancelled', 'It was started again.');
}

function newApproval(ctx: WriteContext, request: ApprovalRequest): Approval {
  const terms = termsOf(request);
  const begun = { requestedAt: ctx.now, remindersSent: 0, escalatedAt: null };
  return {
    orgId: ctx.actor.orgId,
    id: newId('apr'),
    subject: request.subject,
    title: request.title,
    summary: request.summary,
    facts: request.facts ?? [],
    link: request.link ?? null,
    contentHash: request.contentHash,
    requestedBy: request.requestedBy,
    requestedByName: request.requestedByName,
    impersonatedBy: request.impersonatedBy ?? null,
    private: request.private ?? false,
    terms,
    state: 'open',
    decision: null,
    closedAt: null,
    ...begun,
    dueAt: nextDueAt(begun, terms),
    version: 1,
    updatedAt: ctx.now,
  };
}

function termsOf(request: ApprovalRequest): ApprovalTerms {
  return {
    approvers: request.approvers,
    quorum: request.quorum ?? 'any',
    allowSelfApproval: request.allowSelfApproval ?? false,
    labels: request.labels ?? { approve: 'Approve', reject: 'Reject' },
    inputs: request.inputs ?? [],
    instructions: request.instructions ?? null,
    confirm: request.confirm ?? null,
    timeout: request.timeout ?? null,
    remindEveryMs: request.remindEveryMs ?? null,
    escalation: request.escalation ?? null,
    notifications: request.notifications ?? [],
  };
}

/** With groups only their members are asked; without, everybody stands in one group without a name. */
export function groupsOf({
  quorum,
  approvers,
}: Pick<ApprovalTerms, 'quorum' | 'approvers'>): readonly { name: string; approvers: ApprovalTerms['approvers'] }[] {
  return typeof quorum === 'object' && 'groups' in quorum ? quorum.groups : [{ name: '', approvers }];
}

/** What would make a question that can never be answered, or that asks without end. */
function assertRequest(request: ApprovalRequest): void {
  const { quorum = 'any', remindEveryMs = null, approvers } = request;
  if (request.title.trim() === '') throw invalid('title', 'An approval needs a title.');
  for (const group of groupsOf({ quorum, approvers })) {
    const { users, roles, teams } = group.approvers;
    if (users.length + roles.length + teams.length > mostNames) {
      throw invalid('approvers', `An approval names at most ${mostNames} people, roles and teams.`);
    }
  }
  const counts =
    typeof quorum === 'string' ? [] : 'count' in quorum ? [quorum.count] : quorum.groups.map((g) => g.count);
  if (counts.some((count) => !Number.isSafeInteger(count) || count < 1)) {
    throw invalid('quorum', 'A quorum counts at least one person.');
  }
  if (typeof quorum === 'object' && 'groups' in quorum) {
    const names = quorum.groups.map(({ name }) => name);
    if (names.length === 0 || new Set(names).size < names.length) {
      throw invalid('quorum', 'Groups of a quorum have names of their own, and there is at least one.');
    }
  }
  if (remindEveryMs !== null && remindEveryMs < shortestReminderMs) {
    throw invalid('remindEveryMs', 'Reminders are at least a minute apart.');
  }
}

function invalid(field: string, message: string): Error {
  return problem('invalid', 'invalid_approval', message, { field });
}
