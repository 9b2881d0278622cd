import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { notFound } from '#platform/problem.ts';
import type {
  Approval,
  ApprovalDecision,
  ApprovalFact,
  ApprovalState,
  ApprovalSubject,
  ApprovalTerms,
  Delegation,
  SubjectKindName,
  Vote,
} from './approval.ts';

export interface ApprovalRow {
  readonly org_id: string;
  readonly id: string;
  readonly subject_kind: SubjectKindName;
  readonly subject_id: string;
  readonly attempt: number;
  readonly title: string;
  readonly summary: string;
  readonly facts: readonly ApprovalFact[];
  readonly link: string | null;
  readonly content_hash: string;
  readonly requested_by: string;
  readonly requested_by_name: string;
  readonly impersonated_by: string | null;
  readonly requested_at: Date;
  readonly private: boolean;
  readonly terms: ApprovalTerms;
  readonly state: ApprovalState;
  readonly decision: ApprovalDecision | null;
  readonly closed_at: Date | null;
  readonly reminders_sent: number;
  readonly escalated_at: Date | null;
  readonly due_at: Date | null;
  readonly version: number;
  readonly updated_at: Date;
}

export function toApproval(row: ApprovalRow): Approval {
  return {
    orgId: row.org_id,
    id: row.id,
    subject: { kind: row.subject_kind, id: row.subject_id, attempt: row.attempt },
    title: row.title,
    summary: row.summary,
    facts: row.facts,
    link: row.link,
    contentHash: row.content_hash,
    requestedBy: row.requested_by,
    requestedByName: row.requested_by_name,
    impersonatedBy: row.impersonated_by,
    requestedAt: row.requested_at,
    private: row.private,
    terms: row.terms,
    state: row.state,
    decision: row.decision,
    closedAt: row.closed_at,
    remindersSent: row.reminders_sent,
    escalatedAt: row.escalated_at,
    dueAt: row.due_at,
    version: row.version,
    updatedAt: row.updated_at,
  };
}

/** Approvals that name somebody, by themselves or by what they are now. */
function approvalsAsking(actor: Actor): RawBuilder<unknown> {
  if (actor.kind === 'system') return sql`false`;
  const named =
    actor.kind === 'credential'
      ? sql`(asked.kind = 'role' and asked.name = 'Admin')`
      : sql`((asked.kind = 'user' and asked.name = lower(${actor.email}))
          or (asked.kind = 'role' and asked.name = any(${actor.roles as string[]}::text[]))
          or (asked.kind = 'team' and asked.name = any(${actor.teams as string[]}::text[])))`;
  return sql`exists (select 1 from approval_approver asked where asked.org_id = approval.org_id
      and asked.approval_id = approval.id and ${named})`;
}

/** Approvals in which somebody decides for somebody else. */
function approvalsHandedTo(actor: Actor): RawBuilder<unknown> {
  return sql`exists (select 1 from approval_delegation given where given.org_id = approval.org_id
      and given.approval_id = approval.id and given.to_person = ${actor.id})`;
}

/** Approvals that name somebody in either way. */
export function approvalsNaming(actor: Actor): RawBuilder<unknown> {
  return sql`(${approvalsAsking(actor)} or ${approvalsHandedTo(actor)})`;
}

/** Of those, the ones in which whose place it is could vote now and has not. */
function approvalsToDecideFor(actor: Actor): RawBuilder<unknown> {
  return sql`exists (select 1 from approval_delegation given
    join person owner on owner.org_id = given.org_id and owner.id = given.from_person and owner.status = 'ACTIVE'
    where given.org_id = approval.org_id and given.approval_id = approval.id and given.to_person = ${actor.id}
      and ${holdsSeat(sql`owner`)}
      and not exists (select 1 from approval_vote vote where vote.org_id = approval.org_id
        and vote.approval_id = approval.id and vote.voter_id = owner.id))`;
}

/** Whether a person is asked, and in a group that decides. */
function holdsSeat(person: RawBuilder<unknown>): RawBuilder<unknown> {
  const inTeam = (name: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`exists (select 1 from team_member member where member.org_id = approval.org_id
      and member.team = any(${name}) and member.person_id = ${person}.id)`;
  return sql`exists (select 1 from approval_approver asked where asked.org_id = approval.org_id
      and asked.approval_id = approval.id and ((asked.kind = 'user' and asked.name = lower(${person}.email))
        or (asked.kind = 'role' and asked.name = any(${person}.roles))
        or (asked.kind = 'team' and ${inTeam(sql`array[asked.name]`)})))
    and (approval.deciders is null or 'Admin' = any(${person}.roles) or ${person}.roles && approval.deciders
      or ${inTeam(sql`approval.deciders`)})`;
}

/** Open ones that wait for this very person: named or handed a place, not their own, not voted on yet. */
function waitsFor(actor: Actor): RawBuilder<unknown> {
  return sql`approval.state = 'open' and ((${approvalsAsking(actor)} and ${isDecider(actor)})
      or ${approvalsToDecideFor(actor)})
    and (coalesce((approval.terms ->> 'allowSelfApproval')::boolean, false)
      or (approval.requested_by <> ${actor.id} and approval.impersonated_by is distinct from ${actor.id}))
    and not exists (select 1 from approval_vote vote where vote.org_id = approval.org_id
      and vote.approval_id = approval.id and vote.voter_id = ${actor.id})`;
}

function isDecider(actor: Actor): RawBuilder<unknown> {
  if (actor.kind !== 'user' || actor.roles.includes('Admin')) return sql`true`;
  return sql`(approval.deciders is null or approval.deciders && ${[...actor.roles, ...actor.teams]}::text[])`;
}

/**
 * Which approvals somebody may see: private ones only when they asked or are asked, those of a closed application only
 * with its readers. Who was handed a place sees that one approval, and no more of what it is about.
 */
export function visibleApprovals(actor: Actor): RawBuilder<unknown> {
  if (actor.kind !== 'user' || actor.roles.includes('Admin')) return sql`approval.org_id = ${actor.orgId}`;
  const groups = [...actor.roles, ...actor.teams];
  return sql`approval.org_id = ${actor.orgId} and ((
      (approval.readers is null or approval.readers && ${groups}::text[])
      and (not approval.private or approval.requested_by = ${actor.id} or ${approvalsAsking(actor)}))
    or ${approvalsHandedTo(actor)})`;
}

export type ApprovalList = 'mine' | 'pending' | 'decided';

export interface ApprovalPage {
  readonly list: ApprovalList;
  readonly limit: number;
  /** The last one of the page before. */
  readonly after?: { readonly at: Date; readonly id: string } | undefined;
}

/** Newest first: open ones by when they were asked, closed ones by when they ended. */
export async function listApprovals(db: Db | Tx, actor: Actor, page: ApprovalPage): Promise<readonly Approval[]> {
  const at = page.list === 'decided' ? sql`approval.closed_at` : sql`approval.requested_at`;
  const rules = [visibleApprovals(actor), listRule(actor, page.list)];
  if (page.after !== undefined) {
    rules.push(sql`(${at}, approval.id) < (${page.after.at}::timestamptz, ${page.after.id})`);
  }
  const found = await sql<ApprovalRow>`
    select approval.* from approval where ${sql.join(rules, sql` and `)}
    order by ${at} desc, approval.id desc limit ${page.limit}`.execute(db);
  return found.rows.map(toApproval);
}

function listRule(actor: Actor, list: ApprovalList): RawBuilder<unknown> {
  if (list === 'mine') return waitsFor(actor);
  return list === 'pending' ? sql`approval.state = 'open'` : sql`approval.state <> 'open'`;
}

/** What waits for somebody; for inboxes and App Home. */
export async function openApprovalsFor(db: Db | Tx, actor: Actor, limit: number): Promise<readonly Approval[]> {
  return listApprovals(db, actor, { list: 'mine', limit });
}

/** How many wait for somebody, counted up to a hundred. */
export async function countApprovalsFor(db: Db, actor: Actor): Promise<number> {
  const most = 100;
  const found = await sql<{ count: number }>`
    select count(*)::int as count from (
      select 1 from approval where ${visibleApprovals(actor)} and ${waitsFor(actor)} limit ${most}) mine`.execute(db);
  return found.rows[0]?.count ?? 0;
}

export async function getApproval(db: Db | Tx, actor: Actor, id: string): Promise<Approval> {
  const found = await sql<ApprovalRow>`
    select approval.* from approval where ${visibleApprovals(actor)} and approval.id = ${id}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) throw notFound('approval', id);
  return toApproval(row);
}

/** For readers and jobs, which act for nobody. */
export async function findApproval(db: Db | Tx, orgId: string, id: string): Promise<Approval | null> {
  const found = await sql<ApprovalRow>`select * from approval where org_id = ${orgId} and id = ${id}`.execute(db);
  const row = found.rows[0];
  return row === undefined ? null : toApproval(row);
}

/** The latest one about a subject, of the given attempt or of any. */
export async function approvalForSubject(
  db: Db | Tx,
  orgId: string,
  subject: Pick<ApprovalSubject, 'kind' | 'id'> & { readonly attempt?: number },
): Promise<Approval | null> {
  const { attempt } = subject;
  const found = await sql<ApprovalRow>`
    select * from approval where org_id = ${orgId} and subject_kind = ${subject.kind} and subject_id = ${subject.id}
      ${attempt === undefined ? sql`` : sql`and attempt = ${attempt}`}
    order by attempt desc, requested_at desc, (state = 'open') desc, id desc limit 1`.execute(db);
  const row = found.rows[0];
  return row === undefined ? null : toApproval(row);
}

/** Open ones about many subjects of a kind, by subject. */
export async function openApprovalIds(
  db: Db | Tx,
  orgId: string,
  kind: SubjectKindName,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await sql<{ subject: string; id: string }>`
    select subject_id as subject, id from approval where org_id = ${orgId} and subject_kind = ${kind}
      and subject_id = any(${subjects as string[]}::text[]) and state = 'open'`.execute(db);
  return new Map(found.rows.map(({ subject, id }) => [subject, id]));
}

interface VoteRow {
  readonly voter_id: string;
  readonly voter_name: string;
  readonly voter_email: string | null;
  readonly verdict: Vote['verdict'];
  readonly comment: string | null;
  readonly input: string | null;
  readonly through: Vote['through'];
  readonly on_behalf_of: readonly string[];
  readonly at: Date;
}

/** Oldest first. */
export async function votesOf(db: Db | Tx, orgId: string, approvalId: string): Promise<readonly Vote[]> {
  return (await votesOfMany(db, orgId, [approvalId])).get(approvalId) ?? [];
}

export async function votesOfMany(
  db: Db | Tx,
  orgId: string,
  approvals: readonly string[],
): Promise<ReadonlyMap<string, readonly Vote[]>> {
  const found = await sql<VoteRow & { readonly approval_id: string }>`
    select approval_id, voter_id, voter_name, voter_email, verdict, comment, input, through, on_behalf_of, at
    from approval_vote where org_id = ${orgId} and approval_id = any(${approvals as string[]}::text[])
    order by at, voter_id`.execute(db);
  const rows = Map.groupBy(found.rows, (row) => row.approval_id);
  return new Map([...rows].map(([approval, votes]) => [approval, votes.map(toVote)]));
}

function toVote(row: VoteRow): Vote {
  return {
    voterId: row.voter_id,
    voterName: row.voter_name,
    voterEmail: row.voter_email,
    verdict: row.verdict,
    comment: row.comment,
    input: row.input,
    through: row.through,
    onBehalfOf: row.on_behalf_of,
    at: row.at,
  };
}

export async function delegationsOf(db: Db | Tx, orgId: string, approvalId: string): Promise<readonly Delegation[]> {
  const found = await sql<Delegation>`
    select from_person as "fromPerson", to_person as "toPerson", reason, delegated_by as "delegatedBy", at
    from approval_delegation where org_id = ${orgId} and approval_id = ${approvalId} order by at`.execute(db);
  return found.rows;
}
