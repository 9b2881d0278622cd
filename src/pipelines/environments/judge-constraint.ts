import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import { personById } from '#access/people-queries.ts';
import type { Approval, SubjectKind } from '#approvals/approval.ts';
import { approvalForSubject } from '#approvals/approval-queries.ts';
import type { Decision } from '#approvals/decide-approval.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db } from '#platform/db/handles.ts';
import { notFound, problem } from '#platform/problem.ts';
import { authorizeApplication } from '../access-queries.ts';
import { lockConfig } from './config-store.ts';
import { findState, type StateChange, storeState } from './constraint-store.ts';
import { type ConfigRow, type ConstraintRow, hasPassedConstraint, manualJudgement } from './delivery-config.ts';
import { evaluateVersions } from './evaluate-constraints.ts';
import { findVersion } from './version-store.ts';

/** How a constraint hears what was decided about it: in the transaction that decided. */
export const constraintSubject: SubjectKind = {
  kind: 'constraint',
  lock: async (ctx, subject) => void (await lockState(ctx, subject.id)),
  closed: carryOutDecision,
};

interface LockedState {
  readonly config: ConfigRow;
  readonly state: ConstraintRow;
}

/** Null when its delivery config is gone. */
async function lockState(ctx: WriteContext, id: string): Promise<LockedState | null> {
  const seen = await findState(ctx, id);
  if (seen === null) return null;
  const found = await sql<{ application: string }>`
    select application from delivery_config where org_id = ${seen.org_id} and id = ${seen.config}`.execute(ctx.db);
  const config = await lockConfig(ctx, found.rows[0]?.application ?? '');
  const state = await findState(ctx, id);
  return config === null || state === null ? null : { config, state };
}

async function carryOutDecision(ctx: WriteContext, approval: Approval): Promise<void> {
  const locked = await lockState(ctx, approval.subject.id);
  if (locked === null) return;
  const { config, state } = locked;
  if (state.status !== 'PENDING' || state.attempt !== approval.subject.attempt) return;
  const after = await storeState(ctx, config, state, await decidedState(ctx, approval));
  const version = await findVersion(ctx, after);
  if (version !== null && hasPassedConstraint(after.status)) await evaluateVersions(ctx, config, [version]);
}

async function decidedState(ctx: WriteContext, { state, decision }: Approval): Promise<StateChange> {
  if (state === 'expired' || decision === null) {
    return { status: 'FAIL', judgedBy: null, judgedAt: ctx.now, comment: 'Nobody judged in time.' };
  }
  const person = await personById(ctx.db, ctx.actor.orgId, decision.by);
  return {
    status: state === 'approved' ? 'OVERRIDE_PASS' : 'OVERRIDE_FAIL',
    judgedBy: person?.email ?? decision.byName,
    judgedAt: ctx.now,
    comment: decision.comment,
  };
}

export interface ConstraintJudgement {
  readonly environment: string;
  readonly type: string;
  readonly version: string;
  /** Of the artifact; the config's only one when absent. */
  readonly reference: string | null;
  readonly status: string;
  readonly comment: string | null;
}

export type JudgedConstraint =
  | { readonly act: 'decide'; readonly decision: Decision }
  | { readonly act: 'ask-again'; readonly state: ConstraintRow }
  /** It stands as it was wanted already, by the same person. */
  | { readonly act: 'nothing' };

/** What a client's word about a constraint means: a decision, or to ask again. */
export async function readJudgement(
  db: Db,
  actor: Actor,
  config: ConfigRow,
  judgement: ConstraintJudgement,
): Promise<JudgedConstraint> {
  const state = await judgedState(db, config, judgement);
  const { status } = judgement;
  if (status === 'PENDING') return state.status === 'PENDING' ? { act: 'nothing' } : { act: 'ask-again', state };
  const verdict = verdicts[status];
  if (verdict === undefined) {
    const message = `status is one of ${[...Object.keys(verdicts), 'PENDING'].join(', ')}.`;
    throw problem('invalid', 'invalid_request', message, { field: 'status' });
  }
  const by = actor.kind === 'user' ? actor.email : actor.name;
  const stands = hasPassedConstraint(state.status) === (verdict === 'approve');
  if (state.status !== 'PENDING' && stands && state.judged_by === by) return { act: 'nothing' };
  const { id, attempt } = state;
  const approval = await approvalForSubject(db, actor.orgId, { kind: 'constraint', id, attempt });
  if (approval === null) throw notAsked(judgement);
  return {
    act: 'decide',
    decision: { id: approval.id, verdict, comment: judgement.comment, seen: { attempt }, through: 'gate' },
  };
}

const verdicts: Readonly<Record<string, 'approve' | 'reject'>> = {
  OVERRIDE_PASS: 'approve',
  PASS: 'approve',
  OVERRIDE_FAIL: 'reject',
  FAIL: 'reject',
};

async function judgedState(db: Db, config: ConfigRow, judgement: ConstraintJudgement): Promise<ConstraintRow> {
  const { environment, type, version } = judgement;
  const { environments, artifacts } = config.document;
  if (!environments.some(({ name }) => name === environment)) {
    throw notFound('environment', environment, { application: config.application });
  }
  if (type !== manualJudgement) {
    const message = `Constraints of type "${type}" are not judged by people. Only ${manualJudgement} is.`;
    throw problem('invalid', 'invalid_request', message, { field: 'type' });
  }
  const reference = judgement.reference ?? (artifacts.length === 1 ? artifacts[0]?.reference : undefined);
  if (reference === undefined) {
    const message = 'Name the artifactReference: the delivery config has several artifacts.';
    throw problem('invalid', 'invalid_request', message, { field: 'artifactReference' });
  }
  const found = await sql<ConstraintRow>`
    select * from constraint_state where org_id = ${config.org_id} and config = ${config.id}
      and environment = ${environment} and reference = ${reference} and version = ${version}
      and type = ${type}`.execute(db);
  const state = found.rows[0];
  if (state === undefined) throw notAsked(judgement);
  return state;
}

function notAsked({ environment, version }: ConstraintJudgement): Error {
  return problem(
    'conflict',
    'constraint_not_pending',
    `Nobody is asked whether version ${version} may enter ${environment}.`,
    { environment, version },
  );
}

/** Asks once more about what was judged or ran out of time. */
export async function askAgain(
  ctx: WriteContext,
  input: { readonly application: string; readonly id: string },
): Promise<void> {
  authorize(ctx.actor, 'pipeline.execute');
  const locked = await lockState(ctx, input.id);
  if (locked === null || locked.config.application.toLowerCase() !== input.application.toLowerCase()) {
    throw notFound('constraint', input.id, { application: input.application });
  }
  await authorizeApplication(ctx, 'EXECUTE', { application: locked.config.application });
  const { config, state } = locked;
  const version = await findVersion(ctx, state);
  if (version === null || state.status === 'PENDING' || hasPassedConstraint(state.status)) {
    const standing = state.status === 'PENDING' ? 'is asked already' : 'passed already';
    throw problem('conflict', 'constraint_not_failed', `Version ${state.version} ${standing}: nothing to ask again.`, {
      status: state.status,
    });
  }
  const attempt = state.attempt + 1;
  await storeState(ctx, config, state, { status: 'PENDING', attempt, judgedBy: null, judgedAt: null, comment: null });
  await evaluateVersions(ctx, config, [version]);
}
