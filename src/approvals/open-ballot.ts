import { personById } from '#access/people-queries.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { problem } from '#platform/problem.ts';
import type { Approval, Vote } from './approval.ts';
import { delegationsOf, votesOf } from './approval-queries.ts';
import { approverSeats, isOwn, seatsToFill } from './approver-queries.ts';

/** What somebody may put into an approval: the seats that are theirs to fill now. */
export interface Ballot {
  readonly approval: Approval;
  readonly votes: readonly Vote[];
  readonly fills: readonly string[];
}

/** Who decides, checked against what they are now; refuses whoever has no seat to fill. */
export async function openBallot(db: Db | Tx, actor: Actor, approval: Approval): Promise<Ballot> {
  if (isOwn(approval, actor.id)) throw selfApproval(approval);
  const votes = await votesOf(db, approval.orgId, approval.id);
  const delegations = await delegationsOf(db, approval.orgId, approval.id);
  const principals = delegations.filter(({ toPerson }) => toPerson === actor.id).map((each) => each.fromPerson);
  const seats = await approverSeats(db, approval, [actor.id, ...principals]);
  // Who handed a place over and votes after all has taken it back.
  const voted = new Set(votes.map(({ voterId }) => voterId));
  const mine = seatsToFill(seats, delegations, actor.id).filter(
    ({ personId }) => personId === actor.id || !voted.has(personId),
  );
  if (mine.length === 0 || !(await isActive(db, actor))) throw notPermitted(approval, actor);
  return { approval, votes, fills: mine.map(({ personId }) => personId) };
}

/** A delegate needs no role, but has to be with the organisation still. */
async function isActive(db: Db | Tx, actor: Actor): Promise<boolean> {
  if (actor.kind !== 'user') return true;
  return (await personById(db, actor.orgId, actor.id))?.status === 'ACTIVE';
}

function selfApproval({ id, title }: Approval): Error {
  return problem('forbidden', 'approval_self', `You asked for "${title}" yourself: somebody else has to decide.`, {
    approval: id,
  });
}

function notPermitted({ id, title, terms }: Approval, actor: Actor): Error {
  return problem(
    'forbidden',
    'approval_not_permitted',
    `You may not decide "${title}". It takes one of: ${whoIsAsked(terms)}.`,
    { approval: id, actor: actor.id, approvers: terms.approvers, quorum: terms.quorum },
  );
}

/** Who may decide, in words. */
function whoIsAsked({ approvers, quorum }: Approval['terms']): string {
  const groups = typeof quorum === 'object' && 'groups' in quorum ? quorum.groups.map((g) => g.approvers) : [approvers];
  const names = groups.flatMap(({ users, roles, teams }) => [
    ...users,
    ...roles.map((role) => `role ${role}`),
    ...teams.map((team) => `team ${team}`),
  ]);
  return names.length === 0 ? 'nobody' : [...new Set(names)].join(', ');
}
