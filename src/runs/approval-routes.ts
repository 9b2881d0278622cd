import { approvalForSubject, votesOf } from '#approvals/approval-queries.ts';
import type { Approval, Vote } from '#approvals/approval.ts';
import { approverSeats } from '#approvals/approver-queries.ts';
import type { DecideResult, Decision } from '#approvals/decide-approval.ts';
import type { Command } from '#platform/commands/write-context.ts';
import type { Db } from '#platform/db/handles.ts';
import { created, ok, route, type Route } from '#platform/http/route.ts';
import { Problem, problem } from '#platform/problem.ts';
import { approversQuery, runApprovalBody, runParams, runVersionQuery } from './contract.ts';
import { inVersion, type RunRow } from './run.ts';
import { getRun } from './run-queries.ts';

export interface RunApprovalParts {
  readonly db: Db;
  readonly decide: Command<Decision, DecideResult>;
}

const tag = 'Action runs';

/** Port's doors to the approval of a run. */
export function runApprovalRoutes({ db, decide }: RunApprovalParts): readonly Route[] {
  return [
    route({
      method: 'PATCH',
      path: '/v1/actions/runs/:run/approval',
      summary: 'Approve or decline a run that waits for approval',
      tag,
      access: 'known',
      request: { params: runParams, query: runVersionQuery, body: runApprovalBody },
      statuses: [201, 403, 404, 409, 422],
      handle: async ({ actor, params, query, body, execute }) => {
        const run = await getRun(db, actor, params.run);
        const approval = await approvalForSubject(db, actor.orgId, { kind: 'run', id: run.id });
        if (approval === null || run.status !== 'WAITING_FOR_APPROVAL') throw notWaiting(run);
        const verdict = body.status === 'APPROVE' ? 'approve' : 'reject';
        await execute(decide, { id: approval.id, verdict, comment: body.description }).catch((error: unknown) => {
          throw inPortsWords(error, run);
        });
        return created({ run: inVersion(await getRun(db, actor, run.id), query.version) });
      },
    }),
    route({
      method: 'GET',
      path: '/v1/actions/runs/:run/approvers',
      summary: 'List who decided about a run, and on request who still may',
      tag,
      access: 'known',
      request: { params: runParams, query: approversQuery },
      statuses: [404],
      handle: async ({ actor, params, query }) => {
        const run = await getRun(db, actor, params.run);
        const approval = await approvalForSubject(db, actor.orgId, { kind: 'run', id: run.id });
        if (approval === null) return ok({ approvers: [] });
        const votes = await votesOf(db, actor.orgId, approval.id);
        const pending = query.include_pending_approvers === true ? await pendingApprovers(db, approval, votes) : [];
        return ok({ approvers: [...votes.map(toWireApprover), ...pending] });
      },
    }),
  ];
}

function toWireApprover({ voterId, verdict, comment }: Vote): Record<string, unknown> {
  return { userId: voterId, state: verdict === 'approve' ? 'APPROVE' : 'DECLINE', description: comment };
}

async function pendingApprovers(db: Db, approval: Approval, votes: readonly Vote[]): Promise<readonly object[]> {
  if (approval.state !== 'open') return [];
  const voted = new Set(votes.map(({ voterId }) => voterId));
  const seats = await approverSeats(db, approval);
  return seats
    .filter(({ personId }) => !voted.has(personId))
    .map(({ personId }) => ({ userId: personId, state: 'PENDING', description: null }));
}

function notWaiting(run: Pick<RunRow, 'id' | 'status'>): Problem {
  return problem('invalid', 'run_not_waiting_for_approval', `Run ${run.id} does not wait for approval.`, {
    runId: run.id,
    status: run.status,
  });
}

const notAllowed: ReadonlySet<string> = new Set(['approval_not_permitted', 'approval_self']);
const over: ReadonlySet<string> = new Set(['approval_already_decided', 'approval_expired', 'approval_cancelled']);

/** Port's clients know two refusals; the words stay ours. */
function inPortsWords(error: unknown, run: Pick<RunRow, 'id' | 'status'>): unknown {
  if (!(error instanceof Problem)) return error;
  const { code, message, details } = error;
  if (notAllowed.has(code)) return problem('forbidden', 'missing_permissions', message, details);
  if (over.has(code)) {
    return problem('invalid', 'run_not_waiting_for_approval', message, { runId: run.id, ...details });
  }
  return error;
}
