import { createHash } from 'node:crypto';
import { problem, type Problem } from '#platform/problem.ts';
import type { Approval, ApprovalTerms, Quorum, Verdict } from './approval.ts';

/** A person who may decide at this moment, and for which groups of the quorum; without groups there is one, named ''. */
export interface Seat {
  readonly personId: string;
  readonly groups: ReadonlySet<string>;
}

/** A vote as counting sees it: who gave it, and whose seats it fills. */
export interface CountedVote {
  readonly voterId: string;
  readonly verdict: Verdict;
  readonly fills: readonly string[];
}

export interface Tally {
  readonly outcome: 'approved' | 'rejected' | null;
  /** Approving people, and how many are needed; by group when the quorum has groups. */
  readonly progress: readonly { readonly group: string; readonly approved: number; readonly needed: number }[];
}

/**
 * Counts what stands. Only votes that fill a seat count, each seat is filled once (by whom it belongs to, when they
 * voted themselves), and a person counts once in each group, for however many others they decide. One rejection is
 * enough; `all` without anybody who may decide is never reached.
 */
export function tally(quorum: Quorum, seats: readonly Seat[], votes: readonly CountedVote[]): Tally {
  const seated = new Map(seats.map((seat) => [seat.personId, seat]));
  const standing = standingVotes(seated, votes);
  const approving = eachSeatOnce(standing.filter((vote) => vote.verdict === 'approve'));
  const progress = needs(quorum, seats.length).map(({ group, needed }) => ({
    group,
    needed,
    approved: quorum === 'all' ? approving.flatMap(({ fills }) => fills).length : peopleOf(group, seated, approving),
  }));
  if (standing.some((vote) => vote.verdict === 'reject')) return { outcome: 'rejected', progress };
  const reached = progress.length > 0 && progress.every(({ approved, needed }) => needed > 0 && approved >= needed);
  return { outcome: reached ? 'approved' : null, progress };
}

/** Votes that fill a seat: their own, or one handed over whose owner did not vote. */
function standingVotes(seated: ReadonlyMap<string, Seat>, votes: readonly CountedVote[]): readonly CountedVote[] {
  const voted = new Set(votes.map(({ voterId }) => voterId));
  return votes
    .map((vote) => ({
      ...vote,
      fills: [...new Set(vote.fills)].filter(
        (person) => seated.has(person) && (person === vote.voterId || !voted.has(person)),
      ),
    }))
    .filter(({ fills }) => fills.length > 0);
}

function eachSeatOnce(votes: readonly CountedVote[]): readonly CountedVote[] {
  const taken = new Set<string>();
  return votes
    .toSorted((a, b) => (a.voterId < b.voterId ? -1 : 1))
    .map((vote) => {
      const fills = vote.fills.filter((person) => !taken.has(person));
      for (const person of fills) taken.add(person);
      return { ...vote, fills };
    });
}

function needs(quorum: Quorum, seats: number): readonly { readonly group: string; readonly needed: number }[] {
  if (quorum === 'any') return [{ group: '', needed: 1 }];
  if (quorum === 'all') return [{ group: '', needed: seats }];
  if ('count' in quorum) return [{ group: '', needed: quorum.count }];
  return quorum.groups.map(({ name, count }) => ({ group: name, needed: count }));
}

function peopleOf(group: string, seated: ReadonlyMap<string, Seat>, votes: readonly CountedVote[]): number {
  return votes.filter((vote) => vote.fills.some((person) => seated.get(person)?.groups.has(group) === true)).length;
}

/** When a timer of an open approval fires next. */
export function nextDueAt(
  approval: Pick<Approval, 'requestedAt' | 'remindersSent' | 'escalatedAt'>,
  terms: Pick<ApprovalTerms, 'timeout' | 'remindEveryMs' | 'escalation'>,
): Date | null {
  const asked = approval.requestedAt.getTime();
  const instants: number[] = [];
  if (terms.timeout !== null) instants.push(Date.parse(terms.timeout.at));
  if (terms.remindEveryMs !== null) instants.push(asked + terms.remindEveryMs * (approval.remindersSent + 1));
  if (terms.escalation !== null && approval.escalatedAt === null) instants.push(asked + terms.escalation.afterMs);
  return instants.length === 0 ? null : new Date(Math.min(...instants));
}

/** What a card was showing when somebody pressed its button; what it does not say is not compared. */
export interface SeenApproval {
  readonly attempt?: number | null | undefined;
  readonly contentHash?: string | null | undefined;
  readonly version?: number | null | undefined;
}

/** Refuses a decision about something else than what stands, or that comes too late; tells what came before it. */
export function assertDecidable(approval: Approval, seen: SeenApproval, now: Date): void {
  const refusal = refusalOf(approval, seen, now);
  if (refusal !== null) throw refusal;
}

function refusalOf(approval: Approval, seen: SeenApproval, now: Date): Problem | null {
  const { id, title, subject, terms } = approval;
  if (approval.state !== 'open') return closedProblem(approval);
  if (seen.attempt !== undefined && seen.attempt !== null && seen.attempt !== subject.attempt) {
    return problem(
      'conflict',
      'approval_superseded',
      `"${title}" was started again: this request is no longer asked.`,
      {
        approval: id,
        attempt: subject.attempt,
      },
    );
  }
  const { contentHash } = seen;
  if (contentHash !== undefined && contentHash !== null && contentHash !== approval.contentHash) {
    return problem('conflict', 'approval_changed', `What "${title}" would do was changed. Look at it again.`, {
      approval: id,
    });
  }
  if (seen.version !== undefined && seen.version !== null && seen.version !== approval.version) {
    return problem('stale', 'stale_version', `"${title}" has changed in the meantime. Load it again.`, {
      approval: id,
      expected: seen.version,
      actual: approval.version,
    });
  }
  if (terms.timeout !== null && Date.parse(terms.timeout.at) <= now.getTime()) {
    return problem('conflict', 'approval_expired', `The time to decide "${title}" is over.`, {
      approval: id,
      expiredAt: terms.timeout.at,
    });
  }
  return null;
}

const closedWords = {
  approved: ['approval_already_decided', 'was already approved'],
  rejected: ['approval_already_decided', 'was already rejected'],
  expired: ['approval_expired', 'expired without a decision'],
  cancelled: ['approval_cancelled', 'was cancelled'],
  voided: ['approval_voided', 'was changed, so this request is no longer asked'],
} as const;

function closedProblem({ id, title, state, decision }: Approval): Problem | null {
  if (state === 'open') return null;
  const [code, words] = closedWords[state];
  const who = decision === null || code !== 'approval_already_decided' ? '' : ` by ${decision.byName}`;
  return problem('conflict', code, `"${title}" ${words}${who}.`, {
    approval: id,
    state,
    ...(decision === null
      ? {}
      : {
          decidedBy: decision.by,
          decidedByName: decision.byName,
          decidedAt: decision.at,
          through: decision.through,
        }),
  });
}

/** The chosen option has to be one of those offered; approving needs one wherever some are offered. */
export function assertInput(approval: Approval, verdict: Verdict, input: string | null): void {
  const offered = approval.terms.inputs.map(({ value }) => value);
  if (input === null && (offered.length === 0 || verdict === 'reject')) return;
  if (input !== null && offered.includes(input)) return;
  const code = input === null ? 'approval_input_required' : 'approval_input_unknown';
  const told =
    input === null
      ? `"${approval.title}" asks for a choice: ${offered.join(', ')}.`
      : `"${input}" is not one of the choices of "${approval.title}".`;
  throw problem('invalid', code, told, { field: 'input', approval: approval.id, offered });
}

/** One text for what is approved, whatever the order of its keys. */
export function hashContent(content: unknown): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** JSON with sorted keys and nothing between, so that equal things have one text. */
export function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'null'
  );
}
