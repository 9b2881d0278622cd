import { sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { newId } from '#platform/ids.ts';
import { missingPermission, notFound, problem } from '#platform/problem.ts';
import type { ExecutionAuthentication, ExecutionRow, StageRow, WholeExecution } from './execution.ts';
import { authorizeApplication, mayInApplication } from './access-queries.ts';
import { insertExecution } from './execution-store.ts';
import type { PipelineDocument, PipelineRow } from './pipeline.ts';
import { acceptedParameters } from './parameter-rules.ts';
import { lockPipeline } from './pipeline-store.ts';

export interface NewExecution {
  readonly pipeline: string;
  readonly trigger: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The execution and stage that start it, when they do. */
  readonly parent?: { readonly execution: string; readonly stage: string; readonly depth: number };
  /** Instead of the caller: whom a parent acts as. */
  readonly authentication?: ExecutionAuthentication;
  /** Asked twice with the same one, it starts once. */
  readonly correlation?: string | null;
  /** Whoever asks goes on with it right after the commit, so that no job has to; the sweep sees to it otherwise. */
  readonly goesOn?: boolean;
}

export interface StartedExecution {
  readonly id: string;
  /** It had been started before, by the same correlation. */
  readonly existed: boolean;
}

/** Pipelines that start each other in a circle end here. */
const deepest = 20;
const mostWaiting = 1_000;

maybeSilent(createExecution);

/** Begins an execution, or lets it wait where the pipeline limits how many run at a time. */
export async function createExecution(ctx: WriteContext, input: NewExecution): Promise<StartedExecution> {
  const pipeline = await lockPipeline(ctx, input.pipeline);
  if (pipeline === null) throw notFound('pipeline', input.pipeline);
  await assertMayStart(ctx, pipeline, { resource: 'pipeline', id: pipeline.id });
  const existing = await sameCorrelation(ctx, pipeline, input.correlation ?? null);
  if (existing !== null) return { id: existing, existed: true };
  assertStartable(pipeline, input.parent?.depth ?? 0);
  const mayBegin = await mayRun(ctx, pipeline);
  const whole = newExecution(ctx, pipeline, input, mayBegin ? 'RUNNING' : 'NOT_STARTED');
  await insertExecution(ctx, whole, { goesOn: input.goesOn });
  return { id: whole.execution.id, existed: false };
}

/** As it begins; its number is the next of the pipeline as that was given. Refuses parameters that do not fit. */
export function newExecution(
  { actor, now }: Pick<WriteContext, 'actor' | 'now'>,
  pipeline: PipelineRow,
  input: NewExecution,
  status: 'RUNNING' | 'NOT_STARTED',
): WholeExecution {
  const authentication = input.authentication ?? authenticationOf(actor);
  const parameters = acceptedParameters(pipeline.document.parameterConfig ?? [], input.parameters);
  const execution: ExecutionRow = {
    org_id: pipeline.org_id,
    id: newId('execution'),
    pipeline: pipeline.id,
    application: pipeline.application,
    name: pipeline.name,
    number: pipeline.last_number + 1,
    pipeline_version: pipeline.version,
    status,
    document: pipeline.document,
    trigger: { ...input.trigger, user: authentication.user, parameters },
    authentication,
    depth: input.parent?.depth ?? 0,
    ...parentOf(input),
    correlation: input.correlation ?? null,
    cancellation: null,
    pause: null,
    version: 1,
    due_at: null,
    created_at: now,
    created_by: actor.id,
    started_at: status === 'RUNNING' ? now : null,
    ended_at: null,
    updated_at: now,
  };
  return { execution, stages: newStages(execution) };
}

function parentOf({ parent }: NewExecution): Pick<ExecutionRow, 'parent_execution' | 'parent_stage'> {
  return { parent_execution: parent?.execution ?? null, parent_stage: parent?.stage ?? null };
}

export function assertStartable({ name, document }: PipelineRow, depth: number): void {
  if (document.disabled === true) {
    throw problem('invalid', 'pipeline_disabled', `Pipeline "${name}" is disabled. Enable it to start it.`);
  }
  if (document.stages.length === 0) throw problem('invalid', 'pipeline_empty', `Pipeline "${name}" has no stages yet.`);
  if (depth > deepest) {
    throw problem('invalid', 'pipelines_in_circle', `More than ${deepest} pipelines started each other in a row.`);
  }
}

type Startable = Pick<PipelineRow, 'name' | 'application' | 'document'>;

/** What may be started, and made to go on when it stands still: a pipeline's own roles narrow who may do either. */
export async function mayStart(db: Db | Tx, actor: Actor, pipeline: Startable): Promise<boolean> {
  return hasRoleOf(actor, pipeline) && (await mayInApplication(db, actor, 'EXECUTE', pipeline.application));
}

function hasRoleOf(actor: Actor, { document }: Startable): boolean {
  const wanted = document.roles ?? [];
  if (actor.kind !== 'user' || actor.roles.includes('Admin') || wanted.length === 0) return true;
  return wanted.some((role) => actor.roles.includes(role) || actor.teams.includes(role));
}

/** What is asked for is not there for who may not see its application. */
export async function assertMayStart(
  { db, actor }: Pick<WriteContext, 'db' | 'actor'>,
  pipeline: Startable,
  asked: { readonly resource: 'pipeline' | 'execution'; readonly id: string },
): Promise<void> {
  await authorizeApplication({ db, actor }, 'EXECUTE', { application: pipeline.application, ...asked });
  if (!hasRoleOf(actor, pipeline)) throw missingPermission(`start pipeline "${pipeline.name}"`);
}

export function authenticationOf(actor: Actor): ExecutionAuthentication {
  return { kind: actor.kind, id: actor.id, user: actor.kind === 'user' ? actor.email : actor.name };
}

async function sameCorrelation(
  ctx: WriteContext,
  row: PipelineRow,
  correlation: string | null,
): Promise<string | null> {
  if (correlation === null) return null;
  const found = await sql<{ id: string }>`
    select id from execution where org_id = ${row.org_id} and pipeline = ${row.id}
      and correlation = ${correlation}`.execute(ctx.db);
  return found.rows[0]?.id ?? null;
}

/** How many of a pipeline may run at a time; null when any number may. */
export function concurrencyLimit(document: PipelineDocument): number | null {
  if (document.limitConcurrent === true) return 1;
  const most = document.maxConcurrentExecutions ?? 0;
  return most > 0 ? most : null;
}

/** The pipeline's row is locked, so the count holds until the commit. A paused one keeps its place. */
async function mayRun(ctx: WriteContext, pipeline: PipelineRow): Promise<boolean> {
  const limit = concurrencyLimit(pipeline.document);
  if (limit === null) return true;
  const { running, waiting } = await countOpen(ctx, pipeline.org_id, pipeline.id);
  if (running >= limit && waiting >= mostWaiting) {
    throw problem('limited', 'too_many_waiting', `${waiting} executions of "${pipeline.name}" wait already.`);
  }
  return running < limit;
}

export async function countOpen(
  ctx: WriteContext,
  orgId: string,
  pipeline: string,
): Promise<{ readonly running: number; readonly waiting: number }> {
  const found = await sql<{ running: number; waiting: number }>`
    select count(*) filter (where status in ('RUNNING', 'PAUSED'))::int as running,
           count(*) filter (where status = 'NOT_STARTED')::int as waiting
    from execution where org_id = ${orgId} and pipeline = ${pipeline} and ended_at is null`.execute(ctx.db);
  return found.rows[0] ?? { running: 0, waiting: 0 };
}

function newStages(execution: ExecutionRow): readonly StageRow[] {
  return execution.document.stages.map((stage, position) => ({
    org_id: execution.org_id,
    execution: execution.id,
    ref_id: stage.refId,
    id: newId('stage'),
    position,
    name: stage.name,
    type: stage.type,
    status: 'NOT_STARTED',
    attempt: 1,
    context: {},
    outputs: {},
    wait: null,
    sealed: null,
    last_modified: null,
    started_at: null,
    ended_at: null,
  }));
}
