import { type RawBuilder, sql } from 'kysely';
import { LostRace } from '#platform/commands/lost-race.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { prepared } from '#platform/db/prepared.ts';
import type { NewEvent } from '#platform/events/event.ts';
import { storableJson } from '#platform/plain-text.ts';
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

/** Writes an execution with its stages, and the number it takes of its pipeline, which is locked. */
export async function insertExecution(
  ctx: WriteContext,
  whole: WholeExecution,
  context: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  if (!(await insertRows(ctx, [whole]))) return false;
  emitCreated(ctx, whole, context);
  return true;
}

export interface NewWhole {
  readonly begun: WholeExecution;
  /** How it went on before it was written, in the same step. */
  readonly change?: Omit<ExecutionChange, 'before'>;
  readonly requestId: string | null;
}

/** Executions of one pipeline, each written as it stands after its change; answers them so. */
export async function insertExecutions(
  ctx: WriteContext,
  given: readonly NewWhole[],
  context: Readonly<Record<string, unknown>>,
): Promise<readonly WholeExecution[]> {
  const written = given.map((each) => {
    const change = each.change === undefined ? undefined : asStoredChange({ ...each.change, before: each.begun });
    return { ...each, change, after: change === undefined ? each.begun : afterChange(ctx, change) };
  });
  const inserted = await insertRows(
    ctx,
    written.map(({ after }) => after),
  );
  if (!inserted) throw new LostRace('an execution');
  for (const { begun, change, after, requestId } of written) {
    const own = { ...ctx, emit: (event: NewEvent) => ctx.emit({ ...event, requestId }) };
    emitCreated(own, begun, context);
    if (change !== undefined) emitChanged(own, change, after);
  }
  return written.map(({ after }) => after);
}

/** Of one pipeline. False when one of them is there already. */
async function insertRows(ctx: WriteContext, wholes: readonly WholeExecution[]): Promise<boolean> {
  const rows = wholes.map(({ execution: { document: _same, ...row } }) => row);
  const inserted = await sql<{ id: string }>`${prepared}
    with begun as (
      insert into execution (org_id, id, pipeline, application, name, number, pipeline_version, status, document,
                             trigger, authentication, parent_execution, parent_stage, depth, correlation, version,
                             due_at, created_at, created_by, started_at, ended_at, updated_at)
      select row.org_id, row.id, row.pipeline, row.application, row.name, row.number, row.pipeline_version, row.status,
             ${JSON.stringify(wholes[0]?.execution.document)}::json, row.trigger, row.authentication,
             row.parent_execution, row.parent_stage, row.depth, row.correlation, row.version, row.due_at,
             row.created_at, row.created_by, row.started_at, row.ended_at, row.updated_at
      from jsonb_to_recordset(${storableJson(rows)}::jsonb) as row(
        org_id text, id text, pipeline text, application text, name text, number int, pipeline_version int,
        status text, trigger jsonb, authentication jsonb, parent_execution text, parent_stage text, depth int,
        correlation text, version int, due_at timestamptz, created_at timestamptz, created_by text,
        started_at timestamptz, ended_at timestamptz, updated_at timestamptz)
      order by row.number
      on conflict do nothing returning org_id, id, pipeline, number
    ), counted as (
      update pipeline set last_number = last.number
      from (select org_id, pipeline, max(number) as number from begun group by 1, 2) last
      where pipeline.org_id = last.org_id and pipeline.id = last.pipeline
    ), stages as (
      insert into stage (org_id, execution, ref_id, id, position, name, type, status, attempt, context, outputs, wait,
                         sealed, last_modified, started_at, ended_at)
      select begun.org_id, begun.id, row.ref_id, row.id, row.position, row.name, row.type, row.status, row.attempt,
             row.context, row.outputs, row.wait, row.sealed, row.last_modified, row.started_at, row.ended_at
      from jsonb_to_recordset(${storableJson(wholes.flatMap(({ stages }) => stages))}::jsonb) as row(
        execution text, ref_id text, id text, position int, name text, type text, status text, attempt int,
        context jsonb, outputs jsonb, wait jsonb, sealed text, last_modified jsonb, started_at timestamptz,
        ended_at timestamptz)
      join begun on begun.id = row.execution
    )
    select id from begun`.execute(ctx.db);
  return inserted.rows.length === wholes.length;
}

function emitCreated(ctx: WriteContext, whole: WholeExecution, context: Readonly<Record<string, unknown>>): void {
  const { execution } = whole;
  ctx.emit({
    kind: 'execution.created',
    resource: 'execution',
    action: 'CREATE',
    subject: `execution:${execution.id}`,
    context: { ...executionContext(execution), ...context },
    before: null,
    after: executionDocument(whole),
  });
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
  const written = given.map((each): WrittenChange => {
    const change = asStoredChange(each);
    return { change, after: afterChange(ctx, change) };
  });
  await writeChanges(ctx, written);
  for (const { change, after } of written) emitChanged(ctx, change, after);
  return written.map(({ after }) => after);
}

interface WrittenChange {
  readonly change: ExecutionChange;
  readonly after: WholeExecution;
}

function emitChanged(ctx: WriteContext, { before, byEngine }: ExecutionChange, after: WholeExecution): void {
  const { execution } = after;
  const ended = isEnded(execution.status) && !isEnded(before.execution.status);
  ctx.emit({
    kind: ended ? 'execution.ended' : byEngine === true ? 'execution.advanced' : 'execution.changed',
    resource: 'execution',
    action: 'UPDATE',
    subject: `execution:${execution.id}`,
    context: executionContext(execution),
    before: executionDocument(before),
    after: executionDocument(after),
  });
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

async function writeChanges(ctx: WriteContext, written: readonly WrittenChange[]): Promise<void> {
  const stages = written.flatMap(({ change }) => (change.stages ?? []).map(stageColumns));
  await sql`${prepared}
    with executions as (
      update execution set status = row.status, cancellation = row.cancellation, pause = row.pause,
        trigger = coalesce(row.trigger, execution.trigger),
        authentication = coalesce(row.authentication, execution.authentication), version = row.version,
        due_at = row.due_at, started_at = row.started_at, ended_at = row.ended_at, updated_at = ${ctx.now}
      from jsonb_to_recordset(${storableJson(written.map(executionColumns))}::jsonb) as row(
        id text, status text, cancellation jsonb, pause jsonb, trigger jsonb, authentication jsonb, version int,
        due_at timestamptz, started_at timestamptz, ended_at timestamptz)
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

/** The facts of the start hardly ever change, and are left alone unless they do. */
function executionColumns({ change: { columns = {} }, after: { execution } }: WrittenChange): object {
  const { id, status, cancellation, pause, version, due_at, started_at, ended_at } = execution;
  const { trigger, authentication } = columns;
  return { id, status, cancellation, pause, version, due_at, started_at, ended_at, trigger, authentication };
}

function stageColumns(stage: StageRow): object {
  const { org_id: _same, id: _own, position: _place, name: _name, type: _type, ...columns } = stage;
  return columns;
}

function asStoredChange(change: ExecutionChange): ExecutionChange {
  return { ...change, stages: (change.stages ?? []).map(asStored) };
}

/** As the database will answer it. */
function asStored(stage: StageRow): StageRow {
  const { context, outputs, wait, last_modified } = stage;
  const kept = JSON.parse(storableJson({ context, outputs, wait, last_modified })) as Partial<StageRow>;
  return { ...stage, ...kept };
}
