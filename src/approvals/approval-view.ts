import type { Db } from '#platform/db/handles.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { Problem } from '#platform/problem.ts';
import type { Approval, Vote } from './approval.ts';
import { assertDecidable, tally } from './approval-rules.ts';
import { approverSeats, countedVotes } from './approver-queries.ts';
import { delegationsOf, votesOf } from './approval-queries.ts';
import { openBallot } from './open-ballot.ts';

/** In lists. Where notifications go is nobody's business here. */
export function toWireApproval(approval: Approval): Record<string, unknown> {
  const { terms } = approval;
  return {
    id: approval.id,
    subject: approval.subject,
    title: approval.title,
    summary: approval.summary,
    facts: approval.facts,
    link: approval.link,
    contentHash: approval.contentHash,
    requestedBy: { id: approval.requestedBy, name: approval.requestedByName },
    requestedAt: approval.requestedAt,
    state: approval.state,
    decision: approval.decision,
    closedAt: approval.closedAt,
    approvers: terms.approvers,
    quorum: terms.quorum,
    allowSelfApproval: terms.allowSelfApproval,
    labels: terms.labels,
    inputs: terms.inputs,
    instructions: terms.instructions,
    confirm: terms.confirm,
    timeout: terms.timeout,
    escalation: terms.escalation,
    escalatedAt: approval.escalatedAt,
    version: approval.version,
  };
}

const mostShown = 50;

/** One approval for one reader: who voted, who still may, whether the reader may and why not. */
export async function describeApproval(
  db: Db,
  actor: Actor,
  approval: Approval,
  now: Date,
): Promise<Record<string, unknown>> {
  const [votes, delegations, seats] = await Promise.all([
    votesOf(db, approval.orgId, approval.id),
    delegationsOf(db, approval.orgId, approval.id),
    approverSeats(db, approval),
  ]);
  const voted = new Set(votes.map(({ voterId }) => voterId));
  const waiting = approval.state === 'open' ? seats.filter(({ personId }) => !voted.has(personId)) : [];
  return {
    ...toWireApproval(approval),
    votes: votes.map(toWireVote),
    delegations,
    progress: tally(approval.terms.quorum, seats, countedVotes(votes)).progress,
    mayStillDecide: waiting.slice(0, mostShown).map(({ personId, email, name, groups }) => ({
      id: personId,
      email,
      name,
      groups: [...groups].filter((group) => group !== ''),
    })),
    mayStillDecideCount: waiting.length,
    me: { ...(await mayDecide(db, actor, approval, now)), vote: ownVote(votes, actor) },
  };
}

function toWireVote(vote: Vote): Record<string, unknown> {
  return {
    by: { id: vote.voterId, name: vote.voterName, email: vote.voterEmail },
    verdict: vote.verdict,
    comment: vote.comment,
    input: vote.input,
    through: vote.through,
    onBehalfOf: vote.onBehalfOf,
    at: vote.at,
  };
}

function ownVote(votes: readonly Vote[], actor: Actor): Record<string, unknown> | null {
  const own = votes.find(({ voterId }) => voterId === actor.id);
  return own === undefined ? null : toWireVote(own);
}

/** The same checks as deciding, without doing it. */
async function mayDecide(
  db: Db,
  actor: Actor,
  approval: Approval,
  now: Date,
): Promise<{ readonly mayDecide: boolean; readonly code?: string; readonly reason?: string }> {
  try {
    assertDecidable(approval, {}, now);
    await openBallot(db, actor, approval);
    return { mayDecide: true };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { mayDecide: false, code: error.code, reason: error.message };
  }
}
