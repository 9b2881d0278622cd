import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { Approval, Delegation, Vote } from './approval.ts';
import { type CountedVote, type Seat, tally, type Tally } from './approval-rules.ts';
import { votesOfMany } from './approval-queries.ts';

/** A person who may decide an approval by what they are at this moment. */
export interface ApproverSeat extends Seat {
  readonly email: string;
  readonly name: string;
  /** Asked by e-mail rather than by a role or team. */
  readonly byName: boolean;
}

/**
 * Active people who may decide, from their present roles and teams; all, or only those of the given ids, credentials
 * among them. Who asked is left out unless they may approve themselves.
 */
export async function approverSeats(
  db: Db | Tx,
  approval: Approval,
  only?: readonly string[],
): Promise<readonly ApproverSeat[]> {
  const people = await personSeats(db, approval.orgId, [approval.id], only);
  const credentials = await credentialSeats(db, [approval], only ?? []);
  const seats = [...(people.get(approval.id) ?? []), ...(credentials.get(approval.id) ?? [])];
  return seats.filter(({ personId }) => !isOwn(approval, personId));
}

/** How far open approvals of one organisation are that take more than one person; for lists. */
export async function progressOf(
  db: Db,
  approvals: readonly Approval[],
): Promise<ReadonlyMap<string, Tally['progress']>> {
  const several = approvals.filter(({ state, terms }) => state === 'open' && terms.quorum !== 'any');
  const [first] = several;
  if (first === undefined) return new Map();
  const ids = several.map(({ id }) => id);
  const [people, votes] = await Promise.all([
    personSeats(db, first.orgId, ids, undefined),
    votesOfMany(db, first.orgId, ids),
  ]);
  const voters = [...votes.values()].flat().map(({ voterId }) => voterId);
  const credentials = await credentialSeats(db, several, [...new Set(voters)]);
  return new Map(
    several.map((approval) => {
      const all = [...(people.get(approval.id) ?? []), ...(credentials.get(approval.id) ?? [])];
      const seats = all.filter(({ personId }) => !isOwn(approval, personId));
      const given = countedVotes(votes.get(approval.id) ?? []);
      return [approval.id, tally(approval.terms.quorum, seats, given).progress];
    }),
  );
}

interface SeatRow {
  readonly approval: string;
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly by_name: boolean;
}

async function personSeats(
  db: Db | Tx,
  orgId: string,
  approvals: readonly string[],
  only: readonly string[] | undefined,
): Promise<ReadonlyMap<string, readonly ApproverSeat[]>> {
  const found = await sql<SeatRow>`
    select asked.approval_id as approval, person.id, person.email, trim(person.first_name || ' ' || person.last_name) as name,
           array_agg(distinct asked.group_name) as groups, bool_or(asked.kind = 'user') as by_name
    from approval_approver asked
    join approval on approval.org_id = asked.org_id and approval.id = asked.approval_id
    join person on person.org_id = asked.org_id and person.status = 'ACTIVE' and person.type = 'STANDARD' and (
      (asked.kind = 'user' and lower(person.email) = asked.name)
      or (asked.kind = 'role' and asked.name = any(person.roles))
      or (asked.kind = 'team' and exists (select 1 from team_member where team_member.org_id = asked.org_id
        and team_member.team = asked.name and team_member.person_id = person.id)))
    where asked.org_id = ${orgId} and asked.approval_id = any(${approvals as string[]}::text[])
      and (approval.deciders is null or person.roles && approval.deciders or 'Admin' = any(person.roles)
        or exists (select 1 from team_member where team_member.org_id = asked.org_id
          and team_member.team = any(approval.deciders) and team_member.person_id = person.id))
      ${only === undefined ? sql`` : sql`and person.id = any(${only as string[]}::text[])`}
    group by asked.approval_id, person.org_id, person.id order by lower(person.email)`.execute(db);
  const rows = Map.groupBy(found.rows, (row) => row.approval);
  return new Map([...rows].map(([approval, seats]) => [approval, seats.map(toSeat)]));
}

function toSeat(row: SeatRow): ApproverSeat {
  return {
    personId: row.id,
    email: row.email,
    name: row.name === '' ? row.email : row.name,
    byName: row.by_name,
    groups: new Set(row.groups),
  };
}

/** Whether somebody would approve what they asked for themselves and that is not allowed. */
export function isOwn(approval: Approval, actorId: string): boolean {
  if (approval.terms.allowSelfApproval) return false;
  return approval.requestedBy === actorId || approval.impersonatedBy === actorId;
}

/** Credentials count as an administrator wherever administrators are asked, except where everybody has to approve. */
async function credentialSeats(
  db: Db | Tx,
  approvals: readonly Approval[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly ApproverSeat[]>> {
  const some = approvals.filter(({ terms }) => terms.quorum !== 'all');
  const [first] = some;
  if (first === undefined || ids.length === 0) return new Map();
  const found = await sql<{ approval: string; id: string; name: string; groups: string[] }>`
    select asked.approval_id as approval, credential.client_id as id, credential.name,
           array_agg(asked.group_name) as groups
    from credential join approval_approver asked on asked.org_id = credential.org_id
    where credential.org_id = ${first.orgId} and credential.client_id = any(${ids as string[]}::text[])
      and asked.approval_id = any(${some.map(({ id }) => id)}::text[])
      and asked.kind = 'role' and asked.name = 'Admin'
    group by asked.approval_id, credential.client_id, credential.name`.execute(db);
  const rows = Map.groupBy(found.rows, (row) => row.approval);
  return new Map(
    [...rows].map(([approval, seats]) => [
      approval,
      seats.map(({ id, name, groups }) => ({
        personId: id,
        email: '',
        name,
        byName: false,
        groups: new Set(groups),
      })),
    ]),
  );
}

/** Votes with the seats they fill: the voter's own and those handed over to them. */
export function countedVotes(votes: readonly Vote[]): readonly CountedVote[] {
  return votes.map(({ voterId, verdict, onBehalfOf }) => ({ voterId, verdict, fills: [voterId, ...onBehalfOf] }));
}

/** The seats that are somebody's to fill: their own, and those of people who handed theirs over and still have one. */
export function seatsToFill(
  seats: readonly ApproverSeat[],
  delegations: readonly Delegation[],
  actorId: string,
): readonly ApproverSeat[] {
  const handedOver = new Set(delegations.filter(({ toPerson }) => toPerson === actorId).map((each) => each.fromPerson));
  return seats.filter(({ personId }) => personId === actorId || handedOver.has(personId));
}
