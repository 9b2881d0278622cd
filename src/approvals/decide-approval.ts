import { authorize } from '#access/permissions.ts';
import type { Origin } from '#platform/commands/actor.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { plainText } from '#platform/plain-text.ts';
import { problem } from '#platform/problem.ts';
import type { Approval, SubjectKind, Through, Verdict, Vote } from './approval.ts';
import { approvalEvent, nameOf, voteDocument } from './approval-events.ts';
import { getApproval } from './approval-queries.ts';
import { assertDecidable, assertInput, type SeenApproval, tally } from './approval-rules.ts';
import { closedAs, lockApproval, storeApproval, storeVote } from './approval-store.ts';
import { approverSeats, countedVotes } from './approver-queries.ts';
import { type Ballot, openBallot } from './open-ballot.ts';

export interface Decision {
  readonly id: string;
  readonly verdict: Verdict;
  readonly comment?: string | null | undefined;
  readonly input?: string | null | undefined;
  /** What the card showed; a card of an earlier attempt or content is refused. */
  readonly seen?: SeenApproval | undefined;
  /** By the caller's origin unless told. */
  readonly through?: Through | undefined;
}

export interface DecideResult {
  readonly approval: Approval;
  readonly vote: Vote;
}

/**
 * Decides, by whichever door. The subject's row and then the approval's are locked, so of many who decide at once one
 * is counted after the other and exactly one ends it; the others are told who did. Refusals are `Problem`s:
 * `approval_already_decided`, `approval_expired`, `approval_cancelled`, `approval_voided`, `approval_superseded`,
 * `approval_changed`, `approval_not_permitted`, `approval_self`, `approval_already_voted`, `approval_input_required`,
 * `approval_input_unknown`; details name the approval and what a card needs to say it.
 */
export function decideApproval(kinds: readonly SubjectKind[]): Command<Decision, DecideResult> {
  return async function decideApprovalCommand(ctx, input) {
    authorize(ctx.actor, 'approval.decide');
    const seen = await getApproval(ctx.db, ctx.actor, input.id);
    const kind = kinds.find((candidate) => candidate.kind === seen.subject.kind);
    await kind?.lock?.(ctx, seen.subject);
    const approval = await lockApproval(ctx.db, ctx.actor.orgId, input.id);
    assertDecidable(approval, input.seen ?? {}, ctx.now);
    const ballot = await openBallot(ctx.db, ctx.actor, approval);
    assertInput(approval, input.verdict, input.input ?? null);
    const vote = castVote(ctx, ballot, input);
    await storeVote(ctx, approval.id, vote);
    const after = await settle(ctx, approval, ballot, vote);
    if (after.state !== 'open') await kind?.closed?.(ctx, after);
    return { approval: after, vote };
  };
}

function castVote(ctx: WriteContext, ballot: Ballot, input: Decision): Vote {
  const earlier = ballot.votes.find(({ voterId }) => voterId === ctx.actor.id);
  if (earlier?.verdict === input.verdict) throw alreadyVoted(ballot.approval, earlier);
  return {
    voterId: ctx.actor.id,
    voterName: nameOf(ctx.actor),
    voterEmail: ctx.actor.kind === 'user' ? ctx.actor.email : null,
    verdict: input.verdict,
    comment: commentOf(input.comment),
    input: input.input ?? null,
    through: input.through ?? doors[ctx.origin],
    onBehalfOf: ballot.fills.filter((person) => person !== ctx.actor.id),
    at: ctx.now,
  };
}

const longestComment = 4_000;

function commentOf(text: string | null | undefined): string | null {
  const comment = plainText(text ?? '')
    .trim()
    .slice(0, longestComment)
    .toWellFormed();
  return comment === '' ? null : comment;
}

const doors: Readonly<Record<Origin, Through>> = {
  UI: 'web',
  API: 'api',
  AUTOMATION: 'api',
  SLACK: 'slack',
  SYSTEM: 'api',
};

/** Counts again with the new vote, and ends the approval when that is enough. */
async function settle(ctx: WriteContext, before: Approval, ballot: Ballot, vote: Vote): Promise<Approval> {
  const votes = [...ballot.votes.filter(({ voterId }) => voterId !== vote.voterId), vote];
  const voters = votes.flatMap(({ voterId, onBehalfOf }) => [voterId, ...onBehalfOf]);
  const seats = await approverSeats(ctx.db, before, before.terms.quorum === 'all' ? undefined : voters);
  const { outcome, progress } = tally(before.terms.quorum, seats, countedVotes(votes));
  const decided = {
    by: vote.voterId,
    byName: vote.voterName,
    through: vote.through,
    comment: vote.comment,
    input: vote.input,
  };
  const after = await storeApproval(ctx, before, outcome === null ? {} : closedAs(ctx, outcome, decided));
  const more = { vote: voteDocument(vote), progress };
  ctx.emit(approvalEvent(outcome === null ? 'voted' : 'decided', { before, after, more }));
  return after;
}

function alreadyVoted({ id, title }: Approval, vote: Vote): Error {
  const verb = vote.verdict === 'approve' ? 'approved' : 'rejected';
  return problem('conflict', 'approval_already_voted', `You have ${verb} "${title}" already.`, {
    approval: id,
    verdict: vote.verdict,
    at: vote.at,
  });
}
