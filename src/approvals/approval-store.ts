import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Tx } from '#platform/db/handles.ts';
import { notFound } from '#platform/problem.ts';
import type { Approval, Approvers, Audience, ApprovalDecision, ApprovalState, Delegation, Vote } from './approval.ts';
import { type ApprovalRow, toApproval } from './approval-queries.ts';
import { nextDueAt } from './approval-rules.ts';

/** Locks an approval for a decision about it; whatever changes one begins here. */
export async function lockApproval(tx: Tx, orgId: string, id: string): Promise<Approval> {
  const found = await sql<ApprovalRow>`
    select * from approval where org_id = ${orgId} and id = ${id} for update`.execute(tx);
  const row = found.rows[0];
  if (row === undefined) throw notFound('approval', id);
  return toApproval(row);
}

/** False when the subject has an open one already. */
export async function insertApproval(
  ctx: WriteContext,
  approval: Approval,
  audience: Audience | null,
): Promise<boolean> {
  const { subject } = approval;
  const inserted = await sql`
    insert into approval (org_id, id, subject_kind, subject_id, attempt, title, summary, facts, link, content_hash,
                          requested_by, requested_by_name, impersonated_by, requested_at, private, terms, state,
                          due_at, updated_at, readers, deciders)
    values (${approval.orgId}, ${approval.id}, ${subject.kind}, ${subject.id}, ${subject.attempt}, ${approval.title},
            ${approval.summary}, ${JSON.stringify(approval.facts)}::jsonb, ${approval.link}, ${approval.contentHash},
            ${approval.requestedBy}, ${approval.requestedByName}, ${approval.impersonatedBy}, ${approval.requestedAt},
            ${approval.private}, ${JSON.stringify(approval.terms)}::jsonb, 'open', ${approval.dueAt}, ${ctx.now},
            ${namesOf(audience?.readers)}::text[], ${namesOf(audience?.deciders)}::text[])
    on conflict (org_id, subject_kind, subject_id, attempt) where state = 'open' do nothing
    returning id`.execute(ctx.db);
  return inserted.rows.length > 0;
}

function namesOf(groups: readonly string[] | undefined): string[] | null {
  return groups === undefined ? null : [...groups];
}

/** Who is asked, by group; more may be added later. */
export async function insertApprovers(
  ctx: WriteContext,
  approvalId: string,
  groups: readonly { readonly name: string; readonly approvers: Approvers }[],
): Promise<void> {
  const rows = groups.flatMap(({ name: group, approvers }) => [
    ...approvers.users.map((name) => ({ group, kind: 'user', name: name.toLowerCase() })),
    ...approvers.roles.map((name) => ({ group, kind: 'role', name })),
    ...approvers.teams.map((name) => ({ group, kind: 'team', name })),
  ]);
  await sql`
    insert into approval_approver (org_id, approval_id, group_name, kind, name)
    select ${ctx.actor.orgId}, ${approvalId}, "group", kind, name
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row("group" text, kind text, name text)
    on conflict do nothing`.execute(ctx.db);
}

export type ApprovalChange = Partial<
  Pick<Approval, 'state' | 'decision' | 'closedAt' | 'remindersSent' | 'escalatedAt'>
>;

/** Writes a change and returns the approval as it now stands, with its timers set anew. */
export async function storeApproval(ctx: WriteContext, before: Approval, change: ApprovalChange): Promise<Approval> {
  const changed: Approval = { ...before, ...change, version: before.version + 1, updatedAt: ctx.now };
  const after = { ...changed, dueAt: changed.state === 'open' ? nextDueAt(changed, changed.terms) : null };
  await sql`
    update approval set state = ${after.state}, decision = ${json(after.decision)}::jsonb,
      closed_at = ${after.closedAt}, reminders_sent = ${after.remindersSent}, escalated_at = ${after.escalatedAt},
      due_at = ${after.dueAt}, version = ${after.version}, updated_at = ${after.updatedAt}
    where org_id = ${before.orgId} and id = ${before.id}`.execute(ctx.db);
  return after;
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** The columns of an end. */
export function closedAs(
  ctx: WriteContext,
  state: Exclude<ApprovalState, 'open'>,
  decision: Omit<ApprovalDecision, 'at'>,
): ApprovalChange {
  return { state, decision: { ...decision, at: ctx.now.toISOString() }, closedAt: ctx.now };
}

/** A later vote of the same person takes the place of the earlier one. */
export async function storeVote(ctx: WriteContext, approvalId: string, vote: Vote): Promise<void> {
  await sql`
    insert into approval_vote (org_id, approval_id, voter_id, voter_name, voter_email, verdict, comment, input,
                               through, on_behalf_of, at)
    values (${ctx.actor.orgId}, ${approvalId}, ${vote.voterId}, ${vote.voterName}, ${vote.voterEmail},
            ${vote.verdict}, ${vote.comment}, ${vote.input}, ${vote.through},
            ${vote.onBehalfOf as string[]}::text[], ${vote.at})
    on conflict (org_id, approval_id, voter_id) do update set verdict = excluded.verdict, comment = excluded.comment,
      input = excluded.input, through = excluded.through, on_behalf_of = excluded.on_behalf_of,
      at = excluded.at`.execute(ctx.db);
}

export async function storeDelegation(ctx: WriteContext, approvalId: string, delegation: Delegation): Promise<void> {
  await sql`
    insert into approval_delegation (org_id, approval_id, from_person, to_person, reason, delegated_by, at)
    values (${ctx.actor.orgId}, ${approvalId}, ${delegation.fromPerson}, ${delegation.toPerson},
            ${delegation.reason}, ${delegation.delegatedBy}, ${delegation.at})
    on conflict (org_id, approval_id, from_person) do update set to_person = excluded.to_person,
      reason = excluded.reason, delegated_by = excluded.delegated_by, at = excluded.at`.execute(ctx.db);
}
