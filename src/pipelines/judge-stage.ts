import type { Approval } from '#approvals/approval.ts';
import { approvalForSubject } from '#approvals/approval-queries.ts';
import type { DecideResult, Decision } from '#approvals/decide-approval.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { Command } from '#platform/commands/write-context.ts';
import { problem } from '#platform/problem.ts';
import type { WholeExecution } from './execution.ts';
import { findStage } from './restart-stage.ts';

export type Decide = Command<Decision, DecideResult>;

export interface Judgment {
  readonly stage: string;
  readonly verdict: 'continue' | 'stop';
  readonly input: string | null;
  readonly comment: string | null;
  /** What the judge was looking at; null takes what stands now. */
  readonly attempt: number | null;
  readonly through?: Decision['through'];
}

/** The decision that a judgment of a stage means. Refuses a stage that nobody asks about. */
export async function judgmentDecision(
  db: Db,
  actor: Actor,
  whole: WholeExecution,
  judgment: Judgment,
): Promise<Decision> {
  const stage = findStage(whole, judgment.stage);
  const approval = stage.type === 'manualJudgment' ? await openApproval(db, actor, stage) : null;
  if (approval === null) {
    throw problem('conflict', 'no_judgment_awaited', `Stage "${stage.name}" (${stage.status}) awaits no judgment.`, {
      stage: stage.id,
      status: stage.status,
    });
  }
  return {
    id: approval.id,
    verdict: judgment.verdict === 'continue' ? 'approve' : 'reject',
    input: judgment.input,
    comment: judgment.comment,
    seen: { attempt: judgment.attempt },
    ...(judgment.through === undefined ? {} : { through: judgment.through }),
  };
}

/** The latest one, also when it is closed: deciding it tells by whom. */
async function openApproval(
  db: Db,
  actor: Actor,
  stage: { readonly id: string; readonly attempt: number },
): Promise<Approval | null> {
  return approvalForSubject(db, actor.orgId, { kind: 'stage', id: stage.id, attempt: stage.attempt });
}
