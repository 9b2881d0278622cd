import { type RawBuilder, sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { prepared } from '#platform/db/prepared.ts';
import { plainText } from '#platform/plain-text.ts';
import { notFound } from '#platform/problem.ts';
import {
  executionContext,
  executionDocument,
  type ExecutionRow,
  nextDue,
  type StageRow,
  type WholeExecution,
} from './execution.ts';
import { isEnded } from './execution-rules.ts';

/** Locks an execution for a decision about it; every change of it and of its stages begins here. */
export async function lockExecution(ctx: WriteContext, id: string): Promise<WholeExecution> {
  const found = await loadExecution(ctx.db, ctx.actor.orgId, id, sql`for update`);
  if (found === null) throw notFound('execution', id);
  return found;
}

/** Without a lock, for looking; the version tells whether it is still as it was. */
export async function loadExecution(
  db: Db | Tx,
  orgId: string,
  id: string,
  lock: RawBuilder<unknown> = sql``,
): Promise<WholeExecution | null> {
  const executions = await sql<ExecutionRow>`
    select * from execution where org_id = ${orgId} and id = ${id} ${lock}`.execute(db);
  const execution = executions.rows[0];
  if (execution === undefined) return null;
  return { execution, stages: await stagesOf(db, orgId, [id]) };
}

/** Several, without those that are not there; locked in the order of their ids when a lock is given. */
export async function loadExecutions(
  db: Db | Tx,
  orgId: string,
  ids: readonly string[],
  lock: RawBuilder<unknown> = sql``,
): Promise<readonly WholeExecution[]> {
  const found = await sql<ExecutionRow>`
    select * from execution where org_id = ${orgId} and id = any(${ids as string[]}::text[])
    order by id ${lock}`.execute(db);
  const stages = await stagesOf(
    db,
    orgId,
    found.rows.map(({ id }) => id),
  );
  const byExecution = Map.groupBy(stages, (stage) => stage.execution);
  return found.rows.map((execution) => ({ execution, stages: byExecution.get(execution.id) ?? [] }));
}

/** Locks executions in the order of their ids and answers at which version each stands. */
export async function lockVersions(
  db: Tx,
  orgId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = await sql<{ id: string; version: number }>`${prepared}
    select id, version from execution where org_id = ${orgId} and id = any(${[...ids]}::text[])
    order by id for update`.execute(db);
  return new Map(found.rows.map(({ id, version }) => [id, version]));
}

export async function stagesOf(
  db: Db | Tx,
  orgId: string,
  executions: readonly string[],
): Promise<readonly StageRow[]> {
  const found = await sql<StageRow>`
    select * from stage where org_id = ${orgId} and execution = any(${executions as string[]}::text[])
    order by execution, position`.execute(db);
  return found.rows;
}

export async function executionOfStage(db: Db | Tx, orgId: string, stageId: string): Promise<string | null> {
  const found = await sql<{ execution: string }>`
    select execution from stage where org_id = ${orgId} and id = ${stageId}`.execute(db);
  return found.rows[0]?.execution ?? null;
}

function newStageColumns({ ref_id, id, position, name, type, status }: StageRow): object {
  return { ref_id, id, position, name, type, status };
}

/** Writes an execution with its stages, and the number it takes of its pipeline, which is locked. */
export async function insertExecution(
  ctx: WriteContext,
  { execution, stages }: WholeExecution,
  context: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const inserted = await sql`${prepared}
    with begun as (
      insert into execution (org_id, id, pipeline, application, name, number, pipeline_version, status, document,
                             trigger, authentication, parent_execution, parent_stage, depth, correlation, created_at,
                             created_by, started_at, updated_at)
      values (${execution.org_id}, ${execution.id}, ${execution.pipeline}, ${execution.application}, ${execution.name},
              ${execution.number}, ${execution.pipeline_version}, ${execution.status},
              ${JSON.stringify(execution.document)}::json, ${storableJson(execution.trigger)}::jsonb,
              ${JSON.stringify(execution.authentication)}::jsonb, ${execution.parent_execution},
              ${execution.parent_stage}, ${execution.depth}, ${execution.correlation}, ${execution.created_at},
              ${execution.created_by}, ${execution.started_at}, ${execution.updated_at})
      on conflict do nothing returning org_id, id, pipeline, number
    ), counted as (
      update pipeline set last_number = begun.number from begun
      where pipeline.org_id = begun.org_id and pipeline.id = begun.pipeline
    )
    insert into stage (org_id, execution, ref_id, id, position, name, type, status)
    select begun.org_id, begun.id, row.ref_id, row.id, row.position, row.name, row.type, row.status
    from begun cross join jsonb_to_recordset(${JSON.stringify(stages.map(newStageColumns))}::jsonb) as row(
      ref_id text, id text, position int, name text, type text, status text)
    returning 1`.execute(ctx.db);
  if (inserted.rows.length === 0) return false;
  ctx.emit({
    kind: 'execution.created',
    resource: 'execution',
    action: 'CREATE',
    subject: `execution:${execution.id}`,
    context: { ...executionContext(execution), ...context },
    before: null,
    after: executionDocument({ execution, stages }),
  });
  return true;
}

export type ExecutionColumns = Partial<
  Pick<ExecutionRow, 'status' | 'cancellation' | 'pause' | 'started_at' | 'ended_at' | 'authentication' | 'trigger'>
>;

export interface ExecutionChange {
  readonly before: WholeExecution;
  readonly columns?: ExecutionColumns;
  readonly stages?: readonly StageRow[];
  /** What the engine itself did is told apart from what it has to react to. */
  readonly byEngine?: boolean;
}

/** Writes a change of an execution and of some of its stages, announces it and returns both as they now stand. */
export async function storeExecution(
  ctx: WriteContext,
  before: WholeExecution,
  change: Omit<ExecutionChange, 'before'>,
): Promise<WholeExecution> {
  const [after] = await storeExecutions(ctx, [{ ...change, before }]);
  if (after === undefined) throw new Error('A stored execution is not there');
  return after;
}

/** Changes of several executions, each locked, in one statement; answers them as they now stand. */
export async function storeExecutions(
  ctx: WriteContext,
  given: readonly ExecutionChange[],
): Promise<readonly WholeExecution[]> {
  const changes = given.map((change) => ({ ...change, stages: (change.stages ?? []).map(asStored) }));
  const written = changes.map((change) => ({ change, after: afterChange(ctx, change) }));
  await writeChanges(
    ctx,
    written.map(({ after }) => after.execution),
    changes.flatMap(({ stages }) => stages),
  );
  for (const { change, after } of written) {
    const { execution } = after;
    const ended = isEnded(execution.status) && !isEnded(change.before.execution.status);
    ctx.emit({
      kind: ended ? 'execution.ended' : change.byEngine === true ? 'execution.advanced' : 'execution.changed',
      resource: 'execution',
      action: 'UPDATE',
      subject: `execution:${execution.id}`,
      context: executionContext(execution),
      before: executionDocument(change.before),
      after: executionDocument(after),
    });
  }
  return written.map(({ after }) => after);
}

function afterChange(ctx: WriteContext, { before, columns, stages: changes = [] }: ExecutionChange): WholeExecution {
  const changed = new Map(changes.map((stage) => [stage.ref_id, stage]));
  const stages = before.stages.map((stage) => changed.get(stage.ref_id) ?? stage);
  const execution: ExecutionRow = {
    ...before.execution,
    ...columns,
    version: before.execution.version + 1,
    updated_at: ctx.now,
  };
  return { execution: { ...execution, due_at: execution.status === 'RUNNING' ? nextDue(stages) : null }, stages };
}

async function writeChanges(
  ctx: WriteContext,
  executions: readonly ExecutionRow[],
  stages: readonly StageRow[],
): Promise<void> {
  const written = executions.map(({ document: _unchanged, ...row }) => row);
  await sql`${prepared}
    with executions as (
      update execution set status = row.status, cancellation = row.cancellation, pause = row.pause,
        trigger = row.trigger, authentication = row.authentication, version = row.version, due_at = row.due_at,
        started_at = row.started_at, ended_at = row.ended_at, updated_at = row.updated_at
      from jsonb_to_recordset(${storableJson(written)}::jsonb) as row(
        id text, status text, cancellation jsonb, pause jsonb, trigger jsonb, authentication jsonb, version int,
        due_at timestamptz, started_at timestamptz, ended_at timestamptz, updated_at timestamptz)
      where execution.org_id = ${ctx.actor.orgId} and execution.id = row.id
    )
    update stage set status = row.status, attempt = row.attempt, context = row.context, outputs = row.outputs,
      wait = row.wait, sealed = row.sealed, last_modified = row.last_modified, started_at = row.started_at,
      ended_at = row.ended_at
    from jsonb_to_recordset(${storableJson(stages)}::jsonb) as row(
      execution text, ref_id text, status text, attempt int, context jsonb, outputs jsonb, wait jsonb, sealed text,
      last_modified jsonb, started_at timestamptz, ended_at timestamptz)
    where stage.org_id = ${ctx.actor.orgId} and stage.execution = row.execution
      and stage.ref_id = row.ref_id`.execute(ctx.db);
}

/** What expressions and other systems make may hold what no database keeps. */
function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  return suspicious.test(text)
    ? JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? plainText(inner) : inner))
    : text;
}

/** How JSON writes a NUL and half of a pair. */
const suspicious = /\\u(?:0000|d[89a-f])/;

/** As the database will answer it. */
function asStored(stage: StageRow): StageRow {
  const { context, outputs, wait, last_modified } = stage;
  const kept = JSON.parse(storableJson({ context, outputs, wait, last_modified })) as Partial<StageRow>;
  return { ...stage, ...kept };
}
