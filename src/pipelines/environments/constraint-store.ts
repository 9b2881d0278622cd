import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { newId } from '#platform/ids.ts';
import type {
  ConfigRow,
  ConstraintRow,
  ConstraintStatus,
  EnvironmentVersionRow,
  VersionRow,
} from './delivery-config.ts';
import { manualJudgement, toGateState } from './delivery-config.ts';

/** A version that is on its way into an environment. The config is locked. */
export interface Passage {
  readonly config: ConfigRow;
  readonly environment: string;
  readonly version: VersionRow;
}

export async function findState(ctx: WriteContext, id: string): Promise<ConstraintRow | null> {
  const found = await sql<ConstraintRow>`
    select * from constraint_state where org_id = ${ctx.actor.orgId} and id = ${id}`.execute(ctx.db);
  return found.rows[0] ?? null;
}

/** What stands about a passage; made when nothing does. */
export async function openState(ctx: WriteContext, passage: Passage): Promise<ConstraintRow> {
  const { config, environment, version } = passage;
  const standing = await sql<ConstraintRow>`
    select * from constraint_state where org_id = ${config.org_id} and config = ${config.id}
      and environment = ${environment} and reference = ${version.reference} and version = ${version.version}
      and type = ${manualJudgement}`.execute(ctx.db);
  if (standing.rows[0] !== undefined) return standing.rows[0];
  const state: ConstraintRow = {
    org_id: config.org_id,
    id: newId('constraint'),
    config: config.id,
    environment,
    reference: version.reference,
    version: version.version,
    type: manualJudgement,
    status: 'PENDING',
    attempt: 1,
    created_at: ctx.now,
    judged_by: null,
    judged_at: null,
    comment: null,
  };
  await sql`
    insert into constraint_state (org_id, id, config, environment, reference, version, type, status, attempt,
                                  created_at)
    values (${state.org_id}, ${state.id}, ${state.config}, ${environment}, ${state.reference}, ${state.version},
            ${state.type}, ${state.status}, ${state.attempt}, ${ctx.now})`.execute(ctx.db);
  emitState(ctx, config, null, state);
  return state;
}

export interface StateChange {
  readonly status: ConstraintStatus;
  readonly attempt?: number;
  readonly judgedBy: string | null;
  readonly judgedAt: Date | null;
  readonly comment: string | null;
}

export async function storeState(
  ctx: WriteContext,
  config: ConfigRow,
  before: ConstraintRow,
  change: StateChange,
): Promise<ConstraintRow> {
  const after: ConstraintRow = {
    ...before,
    status: change.status,
    attempt: change.attempt ?? before.attempt,
    judged_by: change.judgedBy,
    judged_at: change.judgedAt,
    comment: change.comment,
  };
  await sql`
    update constraint_state set status = ${after.status}, attempt = ${after.attempt}, judged_by = ${after.judged_by},
      judged_at = ${after.judged_at}, comment = ${after.comment}
    where org_id = ${after.org_id} and id = ${after.id}`.execute(ctx.db);
  emitState(ctx, config, before, after);
  return after;
}

export async function pendingStates(ctx: WriteContext, config: ConfigRow): Promise<readonly ConstraintRow[]> {
  const found = await sql<ConstraintRow>`
    select * from constraint_state where org_id = ${config.org_id} and config = ${config.id} and status = 'PENDING'
    order by id`.execute(ctx.db);
  return found.rows;
}

export async function removeStates(ctx: WriteContext, states: readonly ConstraintRow[]): Promise<void> {
  await sql`
    delete from constraint_state where org_id = ${ctx.actor.orgId}
      and id = any(${states.map(({ id }) => id)}::text[])`.execute(ctx.db);
}

export async function approvedEnvironments(ctx: WriteContext, version: VersionRow): Promise<ReadonlySet<string>> {
  const found = await sql<EnvironmentVersionRow>`
    select environment from environment_version where org_id = ${version.org_id} and config = ${version.config}
      and reference = ${version.reference} and version = ${version.version}`.execute(ctx.db);
  return new Set(found.rows.map(({ environment }) => environment));
}

export async function storeApproved(ctx: WriteContext, { config, environment, version }: Passage): Promise<void> {
  await sql`
    insert into environment_version (org_id, config, environment, reference, version, approved_at)
    values (${config.org_id}, ${config.id}, ${environment}, ${version.reference}, ${version.version}, ${ctx.now})
    on conflict do nothing`.execute(ctx.db);
  ctx.emit({
    kind: 'environment.version-approved',
    resource: 'environment',
    action: 'UPDATE',
    subject: `environment:${config.id}/${environment}`,
    context: { deliveryConfig: config.id, application: config.application, environment },
    before: null,
    after: {
      application: config.application,
      environment,
      artifact: version.reference,
      version: version.version,
      approvedAt: ctx.now,
    },
  });
}

function emitState(ctx: WriteContext, config: ConfigRow, before: ConstraintRow | null, after: ConstraintRow): void {
  ctx.emit({
    kind: before === null ? 'constraint.opened' : 'constraint.changed',
    resource: 'constraint',
    action: before === null ? 'CREATE' : 'UPDATE',
    subject: `constraint:${after.id}`,
    context: {
      constraint: after.id,
      deliveryConfig: config.id,
      application: config.application,
      environment: after.environment,
    },
    before: before === null ? null : toGateState(config, before),
    after: toGateState(config, after),
  });
}
