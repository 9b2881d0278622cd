import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { Reader } from '#platform/events/reader.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { SubjectKind } from './approval.ts';
import { approvalEvent, voteDocument } from './approval-events.ts';
import { findApproval, votesOf } from './approval-queries.ts';
import { tally } from './approval-rules.ts';
import { closedAs, lockApproval, storeApproval } from './approval-store.ts';
import { approverSeats, countedVotes } from './approver-queries.ts';

const recountQueue = 'approval-recount';

interface RecountJob {
  readonly orgId: string;
}

/** People who may decide became others: who left, lost a role or a team may have been the only one still missing. */
export const recountReader: Reader = {
  name: 'approvals.recount',
  concerns: ({ kind, action }) =>
    (kind.startsWith('user.') || kind.startsWith('team.')) && (action !== 'CREATE' || kind.startsWith('team.')),
  handle: async (ctx) => ctx.enqueue<RecountJob>(recountQueue, [{ data: { orgId: ctx.orgId } }]),
};

const mostAtOnce = 5_000;

export function recountJobs({ db, runner }: Core, kinds: readonly SubjectKind[]): readonly JobHandler[] {
  const command = recomputeApproval(kinds);
  return [
    jobHandler<RecountJob>({
      queue: recountQueue,
      concurrency: 1,
      run: async ({ orgId }) => {
        // Without a vote nobody was counted yet.
        const open = await sql<{ id: string }>`
          select id from approval where org_id = ${orgId} and state = 'open' and exists (select from approval_vote vote
            where vote.org_id = approval.org_id and vote.approval_id = approval.id)
          order by requested_at limit ${mostAtOnce}`.execute(db);
        const caller = { actor: systemActor(orgId, 'approvals'), origin: 'SYSTEM', requestId: null } as const;
        for (const { id } of open.rows) await runner.execute(caller, command, { id });
      },
    }),
  ];
}

/** Counts the votes of an open approval again by who may decide now; where that is enough, whoever voted last decided. */
export function recomputeApproval(kinds: readonly SubjectKind[]): Command<{ readonly id: string }, void> {
  return maybeSilent(async function recomputeApprovalCommand(ctx: WriteContext, input: { readonly id: string }) {
    const { orgId } = ctx.actor;
    const seen = await findApproval(ctx.db, orgId, input.id);
    if (seen?.state !== 'open') return;
    const kind = kinds.find((candidate) => candidate.kind === seen.subject.kind);
    await kind?.lock?.(ctx, seen.subject);
    const before = await lockApproval(ctx.db, orgId, input.id);
    const votes = await votesOf(ctx.db, orgId, input.id);
    const last = votes.at(-1);
    if (before.state !== 'open' || last === undefined) return;
    const seats = await approverSeats(ctx.db, before);
    const { outcome, progress } = tally(before.terms.quorum, seats, countedVotes(votes));
    if (outcome !== 'approved') return;
    const { voterId: by, voterName: byName, through, comment, input: chosen } = last;
    const after = await storeApproval(
      ctx,
      before,
      closedAs(ctx, outcome, { by, byName, through, comment, input: chosen }),
    );
    ctx.emit(approvalEvent('decided', { before, after, more: { vote: voteDocument(last), progress } }));
    await kind?.closed?.(ctx, after);
  });
}
