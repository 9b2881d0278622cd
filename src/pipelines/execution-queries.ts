import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { notFound, problem } from '#platform/problem.ts';
import type { ExecutionRow, TriggerFacts, WholeExecution } from './execution.ts';
import { executionStatuses } from './execution-rules.ts';
import { mayInApplication, seesApplication, writesApplication } from './access-queries.ts';
import { stagesOf } from './execution-store.ts';
import { shownDocument } from './pipeline-queries.ts';

export interface ExecutionFilter {
  readonly application?: string | undefined;
  readonly pipelines?: readonly string[] | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly statuses?: readonly string[] | undefined;
  readonly awaiting?: boolean | undefined;
  /** Only those that stand still at this moment: see `standsStill`. */
  readonly stuckAt?: Date | undefined;
  readonly triggers?: readonly string[] | undefined;
  readonly name?: string | undefined;
  /** A part of it, in any case. */
  readonly nameContains?: string | undefined;
  readonly eventId?: string | undefined;
  /** A part of who started it. */
  readonly by?: string | undefined;
  /** Everything of it has to be in the trigger. */
  readonly trigger?: Readonly<Record<string, unknown>> | undefined;
  /** When it was asked for. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** The last execution of the page before. */
  readonly after?: string | undefined;
  /** At most so many of each pipeline. */
  readonly perPipeline?: number | undefined;
  readonly limit: number;
  readonly offset?: number | undefined;
  readonly oldestFirst?: boolean | undefined;
}

const applicationOfExecution = sql`execution.application`;

function visibleExecutions(actor: Actor): RawBuilder<unknown> {
  return sql`execution.org_id = ${actor.orgId} and ${seesApplication(actor, applicationOfExecution)}`;
}

/** With whether the reader may change its application: where it sends to is masked otherwise. */
type ShownRow = ExecutionRow & { readonly writable: boolean };

/** Newest first, with their stages. */
export async function listExecutions(
  db: Db,
  actor: Actor,
  filter: ExecutionFilter,
): Promise<readonly WholeExecution[]> {
  const where = sql.join([visibleExecutions(actor), ...rulesOf(actor, filter)], sql` and `);
  const most = filter.perPipeline;
  const columns = sql`execution.*, ${writesApplication(actor, applicationOfExecution)} as writable`;
  const ranked =
    most === undefined
      ? sql`select ${columns} from execution where ${where}`
      : sql`select * from (select ${columns}, row_number() over (
              partition by pipeline order by created_at desc, id desc) as rank
            from execution where ${where}) ranked where rank <= ${most}`;
  const order = filter.oldestFirst === true ? sql`created_at, id` : sql`created_at desc, id desc`;
  const found = await sql<ShownRow>`
    ${ranked} order by ${order} limit ${filter.limit} offset ${filter.offset ?? 0}`.execute(db);
  return withStages(db, actor, found.rows);
}

async function withStages(db: Db, actor: Actor, rows: readonly ShownRow[]): Promise<readonly WholeExecution[]> {
  const stages = await stagesOf(
    db,
    actor.orgId,
    rows.map((row) => row.id),
  );
  const byExecution = Map.groupBy(stages, (stage) => stage.execution);
  return rows.map((execution) =>
    shownTo(execution.writable, { execution, stages: byExecution.get(execution.id) ?? [] }),
  );
}

/** An execution without what the actor may not see of it. */
export async function shownExecution(db: Db, actor: Actor, whole: WholeExecution): Promise<WholeExecution> {
  return shownTo(await mayInApplication(db, actor, 'WRITE', whole.execution.application), whole);
}

function shownTo(writable: boolean, { execution, stages }: WholeExecution): WholeExecution {
  return {
    execution: {
      ...execution,
      document: shownDocument(writable, execution.document),
      trigger: shownTrigger(writable, execution.trigger),
    },
    stages,
  };
}

/** The entity that started it may be one that not everybody sees. */
function shownTrigger(writable: boolean, trigger: TriggerFacts): TriggerFacts {
  if (trigger.type !== 'catalog' || writable) return trigger;
  return { ...trigger, before: null, after: null };
}

function rulesOf(actor: Actor, filter: ExecutionFilter): readonly RawBuilder<unknown>[] {
  const rules: RawBuilder<unknown>[] = [];
  const { application, pipelines, ids, statuses, name, after } = filter;
  if (application !== undefined) rules.push(sql`lower(execution.application) = lower(${application})`);
  if (pipelines !== undefined) rules.push(sql`execution.pipeline = any(${pipelines as string[]}::text[])`);
  if (ids !== undefined) rules.push(sql`execution.id = any(${ids as string[]}::text[])`);
  if (statuses !== undefined && statuses.length > 0) {
    assertStatuses(statuses);
    rules.push(sql`execution.status = any(${statuses as string[]}::text[])`);
  }
  if (filter.awaiting === true) {
    rules.push(sql`execution.ended_at is null and exists (select from stage where stage.org_id = execution.org_id
      and stage.execution = execution.id and stage.type = 'manualJudgment' and stage.status = 'RUNNING')`);
  }
  if (filter.stuckAt !== undefined) rules.push(standsStill(filter.stuckAt));
  if (name !== undefined) rules.push(sql`lower(execution.name) = lower(${name})`);
  if (filter.nameContains !== undefined && filter.nameContains !== '') {
    rules.push(sql`strpos(lower(execution.name), lower(${filter.nameContains})) > 0`);
  }
  if (after !== undefined) {
    rules.push(sql`(execution.created_at, execution.id) < (select created_at, id from execution last
      where last.org_id = ${actor.orgId} and last.id = ${after})`);
  }
  return [...rules, ...startRulesOf(filter)];
}

/** The sweep had several turns by then. */
const stuckAfterMs = 120_000;

/** Running, and what would have it go on is missing or was due long ago. */
function standsStill(now: Date): RawBuilder<unknown> {
  const patient = new Date(now.getTime() - stuckAfterMs);
  return sql`execution.ended_at is null and execution.status = 'RUNNING' and (execution.due_at < ${patient}
    or (execution.updated_at < ${patient} and not exists (select from stage where stage.org_id = execution.org_id
      and stage.execution = execution.id and stage.status = 'RUNNING' and stage.wait is not null)))`;
}

/** By whom, through what and when it was started. */
function startRulesOf(filter: ExecutionFilter): readonly RawBuilder<unknown>[] {
  const rules: RawBuilder<unknown>[] = [];
  if (filter.by !== undefined && filter.by !== '') {
    rules.push(sql`strpos(lower(execution.authentication ->> 'user'), lower(${filter.by})) > 0`);
  }
  if (filter.triggers !== undefined && filter.triggers.length > 0) {
    rules.push(sql`execution.trigger ->> 'type' = any(${filter.triggers as string[]}::text[])`);
  }
  if (filter.eventId !== undefined) rules.push(sql`execution.trigger ->> 'eventId' = ${filter.eventId}`);
  if (filter.trigger !== undefined) rules.push(sql`execution.trigger @> ${JSON.stringify(filter.trigger)}::jsonb`);
  if (filter.from !== undefined) rules.push(sql`execution.created_at >= ${filter.from}`);
  if (filter.to !== undefined) rules.push(sql`execution.created_at <= ${filter.to}`);
  return rules;
}

/** Other clients know more statuses than executions here can have; those find nothing. */
const foreignStatuses: ReadonlySet<string> = new Set([
  'BUFFERED',
  'SUSPENDED',
  'REDIRECT',
  'SKIPPED',
  'STOPPED',
  'FAILED_CONTINUE',
]);

function assertStatuses(statuses: readonly string[]): void {
  const known: readonly string[] = executionStatuses;
  const unknown = statuses.find((status) => !known.includes(status) && !foreignStatuses.has(status));
  if (unknown === undefined) return;
  throw problem('invalid', 'invalid_request', `status is one of ${known.join(', ')}, not "${unknown}".`, {
    field: 'status',
  });
}

export async function findExecution(db: Db, actor: Actor, id: string): Promise<WholeExecution | null> {
  return (await listExecutions(db, actor, { ids: [id], limit: 1 }))[0] ?? null;
}

export async function getExecution(db: Db, actor: Actor, id: string): Promise<WholeExecution> {
  const found = await findExecution(db, actor, id);
  if (found === null) throw notFound('execution', id);
  return found;
}
