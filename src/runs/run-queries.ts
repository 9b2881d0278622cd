import { type RawBuilder, sql } from 'kysely';
import { approvalsNaming } from '#approvals/approval-queries.ts';
import { visibleEntities } from '#catalog/visibility-queries.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { prepared } from '#platform/db/prepared.ts';
import { notFound } from '#platform/problem.ts';
import type { RunRow, RunView } from './run.ts';

export interface RunLogRow {
  readonly ordinal: number;
  readonly id: string;
  readonly run_id: string;
  readonly message: string;
  readonly created_at: Date;
  readonly created_by: string;
}

/** Which runs somebody may see: all of actions that are open to everybody, their own, and those they are asked about. */
export function visibleRuns(actor: Actor): RawBuilder<unknown> {
  if (actor.kind !== 'user' || actor.roles.includes('Admin')) return sql`run.org_id = ${actor.orgId}`;
  return sql`run.org_id = ${actor.orgId} and (
    run.created_by = ${actor.id} or coalesce((run.action_snapshot ->> 'allowAnyoneToViewRuns')::boolean, true)
    or exists (select 1 from approval where approval.org_id = run.org_id and approval.subject_kind = 'run'
      and approval.subject_id = run.id and ${approvalsNaming(actor)}))`;
}

function selectRuns(where: RawBuilder<unknown>, visible: RawBuilder<boolean>): RawBuilder<RunView> {
  return sql<RunView>`
    select run.org_id, run.id, run.action, run.action_snapshot, run.blueprint, run.entity, run.status,
           run.status_label, run.link, run.summary, run.message, run.external_run_id, run.source, run.properties,
           run.raw_properties, run.payload, run.response, run.dispatch_state, run.dispatch_started_at, run.backend,
           run.version, run.created_at, run.created_by, run.updated_at, run.updated_by, run.ended_at,
           run.impersonated_by, run.approval,
           run.installation_id, run.claimed_until, run.deadline,
           blueprint.document ->> 'title' as blueprint_title, blueprint.document ->> 'icon' as blueprint_icon,
           blueprint.identifier is not null as blueprint_exists,
           e.title as entity_title, e.icon as entity_icon, e.identifier is not null as entity_exists,
           action.identifier is not null as action_exists
    from run
    left join blueprint on blueprint.org_id = run.org_id and blueprint.identifier = run.blueprint
    left join entity e on e.org_id = run.org_id and e.blueprint = run.blueprint and e.identifier = run.entity
      and ${visible}
    left join action on action.org_id = run.org_id and action.identifier = run.action
    where ${where}`;
}

export async function findRun(db: Db | Tx, actor: Actor, id: string): Promise<RunView | null> {
  return (await runsById(db, actor, [id]))[0] ?? null;
}

export async function getRun(db: Db | Tx, actor: Actor, id: string): Promise<RunView> {
  const run = await findRun(db, actor, id);
  if (run === null) throw notFound('run', id);
  return run;
}

/** Those among them that the caller may see, in no order. */
export async function runsById(db: Db | Tx, actor: Actor, ids: readonly string[]): Promise<readonly RunView[]> {
  const among = sql`${visibleRuns(actor)} and run.id = any(${ids as string[]}::text[])`;
  const found = await sql<RunView>`${prepared} ${selectRuns(among, await visibleEntities(db, actor))}`.execute(db);
  return found.rows;
}

export interface RunFilter {
  readonly entity?: string | undefined;
  readonly blueprint?: string | undefined;
  readonly action?: string | undefined;
  readonly active?: boolean | undefined;
  readonly status?: string | undefined;
  readonly userEmail?: string | undefined;
  readonly userId?: string | undefined;
  readonly externalRunId?: string | undefined;
  readonly source?: readonly string[] | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listRuns(db: Db, actor: Actor, filter: RunFilter): Promise<readonly RunView[]> {
  const rules: RawBuilder<unknown>[] = [visibleRuns(actor)];
  if (filter.entity !== undefined) rules.push(sql`run.entity = ${filter.entity}`);
  if (filter.blueprint !== undefined) rules.push(sql`run.blueprint = ${filter.blueprint}`);
  if (filter.action !== undefined) {
    rules.push(sql`(run.action = ${filter.action} or run.action_snapshot ->> 'legacyIdentifier' = ${filter.action})`);
  }
  if (filter.active !== undefined) {
    rules.push(filter.active ? sql`run.ended_at is null` : sql`run.ended_at is not null`);
  }
  if (filter.status !== undefined) rules.push(sql`run.status = ${filter.status}`);
  if (filter.userId !== undefined) rules.push(sql`run.created_by = ${filter.userId}`);
  if (filter.userEmail !== undefined) {
    rules.push(sql`run.created_by in (select id from person where person.org_id = ${actor.orgId}
      and lower(email) = lower(${filter.userEmail}))`);
  }
  if (filter.externalRunId !== undefined) rules.push(sql`run.external_run_id = ${filter.externalRunId}`);
  if (filter.source !== undefined && filter.source.length > 0) {
    rules.push(sql`run.source = any(${filter.source as string[]}::text[])`);
  }
  const found = await sql<RunView>`${selectRuns(sql.join(rules, sql` and `), await visibleEntities(db, actor))}
    order by run.created_at desc, run.id desc limit ${filter.limit}`.execute(db);
  return found.rows;
}

/** What runs of about the same time follow at their backends, this one's own left out. */
export async function followedByOthers(db: Db | Tx, run: RunRow): Promise<readonly string[]> {
  const found = await sql<{ followed: string }>`
    select backend ->> 'followed' as followed from run
    where org_id = ${run.org_id} and id <> ${run.id} and backend ->> 'followed' is not null
      and created_at > ${run.created_at}::timestamptz - interval '1 day'`.execute(db);
  return found.rows.map((row) => row.followed);
}

const isWaitingWith = (orgId: string, label: string): RawBuilder<unknown> => sql`
  org_id = ${orgId} and ended_at is null and status = 'IN_PROGRESS' and dispatch_state in ('waiting', 'calling')
  and backend ->> 'waitingLabel' = ${label}`;

/** How many runs that were asked for before this one wait with this label; counts up to `most`. */
export async function countWaitingBefore(db: Db, run: RunRow, label: string, most: number): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*)::int as count from (
      select 1 from run where ${isWaitingWith(run.org_id, label)}
        and (created_at, id) < (${run.created_at}, ${run.id}) limit ${most}) as earlier`.execute(db);
  return found.rows[0]?.count ?? 0;
}

/** The earliest of those that wait with this label. */
export async function nextWaiting(
  db: Db,
  orgId: string,
  label: string,
): Promise<{ readonly id: string; readonly action: string } | null> {
  const found = await sql<{ id: string; action: string }>`
    select id, action from run where ${isWaitingWith(orgId, label)} order by created_at, id limit 1`.execute(db);
  return found.rows[0] ?? null;
}

export interface LogPage {
  readonly limit: number;
  readonly offset?: number | undefined;
  /** Only lines after this ordinal; for streams. */
  readonly after?: number | undefined;
}

/** Oldest first. The caller has checked that the run may be seen. */
export async function runLogs(db: Db | Tx, orgId: string, runId: string, page: LogPage): Promise<readonly RunLogRow[]> {
  const found = await sql<RunLogRow>`
    select ordinal, id, run_id, message, created_at, created_by from run_log
    where org_id = ${orgId} and run_id = ${runId} and ordinal > ${page.after ?? 0}
    order by ordinal limit ${page.limit} offset ${page.offset ?? 0}`.execute(db);
  return found.rows;
}

export function toWireLog(row: RunLogRow): Record<string, unknown> {
  return {
    id: row.id,
    runId: row.run_id,
    message: row.message,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}
