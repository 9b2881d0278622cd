import { personByEmailIn } from '#access/people-queries.ts';
import type { PersonRow } from '#access/person.ts';
import { authorize, may } from '#access/permissions.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { notFound, problem } from '#platform/problem.ts';
import type { Approval, Delegation } from './approval.ts';
import { approvalEvent } from './approval-events.ts';
import { getApproval, votesOf } from './approval-queries.ts';
import { assertDecidable } from './approval-rules.ts';
import { lockApproval, storeApproval, storeDelegation } from './approval-store.ts';
import { approverSeats, isOwn } from './approver-queries.ts';

export interface NewDelegation {
  readonly id: string;
  /** E-mail of who decides instead. */
  readonly to: string;
  /** E-mail of whose place it is; the caller's own unless an administrator names another. */
  readonly from?: string | undefined;
  readonly reason?: string | null | undefined;
  readonly expectedVersion?: number | null | undefined;
}

/** Hands one person's place in one approval to somebody else; both stand in the record. */
export async function delegateApproval(ctx: WriteContext, input: NewDelegation): Promise<Approval> {
  authorize(ctx.actor, 'approval.decide');
  await getApproval(ctx.db, ctx.actor, input.id);
  const before = await lockApproval(ctx.db, ctx.actor.orgId, input.id);
  assertDecidable(before, { version: input.expectedVersion }, ctx.now);
  const from = await principalOf(ctx, input);
  const to = await activePerson(ctx, input.to);
  await assertMayHandOver(ctx, before, from, to);
  const delegation: Delegation = {
    fromPerson: from.id,
    toPerson: to.id,
    reason: input.reason ?? null,
    delegatedBy: ctx.actor.id,
    at: ctx.now,
  };
  await storeDelegation(ctx, before.id, delegation);
  const after = await storeApproval(ctx, before, {});
  const more = { delegation: { ...delegation, fromEmail: from.email, toEmail: to.email } };
  ctx.emit(approvalEvent('delegated', { before, after, more }));
  return after;
}

async function principalOf(ctx: WriteContext, { from }: NewDelegation): Promise<PersonRow> {
  const own = ctx.actor.kind === 'user' ? ctx.actor.email : null;
  const email = from ?? own;
  if (email === null) {
    throw problem('invalid', 'invalid_request', 'Name in "from" whose place is handed over.', { field: 'from' });
  }
  if (email.toLowerCase() !== own?.toLowerCase() && !may(ctx.actor, 'organisation.manage')) {
    throw problem('forbidden', 'missing_permissions', "Only an administrator may hand over somebody else's place.");
  }
  return activePerson(ctx, email);
}

async function activePerson(ctx: WriteContext, email: string): Promise<PersonRow> {
  const person = await personByEmailIn(ctx.db, ctx.actor.orgId, email);
  if (person === null || person.status !== 'ACTIVE') throw notFound('user', email);
  return person;
}

async function assertMayHandOver(ctx: WriteContext, approval: Approval, from: PersonRow, to: PersonRow): Promise<void> {
  const [seat] = await approverSeats(ctx.db, approval, [from.id]);
  if (seat === undefined) {
    throw problem('forbidden', 'approval_not_permitted', `${from.email} may not decide "${approval.title}".`, {
      approval: approval.id,
      field: 'from',
    });
  }
  if (to.id === from.id || isOwn(approval, to.id)) {
    throw problem('invalid', 'approval_self', `${to.email} cannot take this place.`, {
      approval: approval.id,
      field: 'to',
    });
  }
  const votes = await votesOf(ctx.db, approval.orgId, approval.id);
  if (votes.some(({ voterId, onBehalfOf }) => voterId === from.id || onBehalfOf.includes(from.id))) {
    throw problem('conflict', 'approval_already_voted', `${from.email} has voted already.`, { approval: approval.id });
  }
}
