import { type RawBuilder, sql } from 'kysely';
import { visibleApprovals } from '#approvals/approval-queries.ts';
import { formerNamesOf } from '#catalog/subject-queries.ts';
import { loadVisibility } from '#catalog/visibility-queries.ts';
import { visiblePages } from '#pages/page-queries.ts';
import { seesApplication } from '#pipelines/access-queries.ts';
import { visibleRuns } from '#runs/run-queries.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { LoggedEvent } from '#platform/events/event.ts';
import { type EventRow, toLoggedEvent } from '#platform/events/read-events.ts';

export interface AuditFilter {
  readonly identifier?: string | undefined;
  readonly entity?: string | undefined;
  readonly blueprint?: string | undefined;
  readonly runId?: string | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly action?: string | undefined;
  readonly status?: string | undefined;
  readonly origin?: readonly string[] | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Only events below this number; the cursor of our own pages. */
  readonly before?: number | undefined;
  /** Leaves out blueprints that keep themselves: people and teams are told of by those who change them. */
  readonly withoutSystem?: boolean | undefined;
  readonly limit: number;
}

/** What everybody may read about. People and credentials are for administrators. */
const openResources = [
  'blueprint',
  'entity',
  'run',
  'scorecard',
  'action',
  'team',
  'approval',
  'application',
  'pipeline',
  'execution',
  'page',
  'folder',
  'sidebar',
];
/** Not changes of their own for whoever audits: lines of a run's log, and that a request came in before what came of it. */
const hiddenResources = ['run-log', 'webhook-request'];

/** Which events somebody may see; the same predicate for lists, pages and streams. */
export async function visibleEvents(db: Db, actor: Actor): Promise<RawBuilder<unknown>> {
  const mine = sql`event.org_id = ${actor.orgId}`;
  if (actor.kind !== 'user' || actor.roles.includes('Admin')) return mine;
  const { names } = await loadVisibility(db, actor);
  return sql`${mine} and event.resource = any(${openResources}::text[]) and (event.resource <> 'run' or exists (
      select 1 from run where run.id = event.context ->> 'run' and ${visibleRuns(actor)}))
    and (event.resource <> 'approval' or exists (
      select 1 from approval where approval.id = event.context ->> 'approval' and ${visibleApprovals(actor)}))
    and (event.resource <> 'page' or exists (
      select 1 from page where page.identifier = event.context ->> 'page' and ${visiblePages(actor)}))
    and (event.resource not in ('application', 'pipeline', 'execution')
      or ${seesApplication(actor, sql`(event.context ->> 'application')`)})
    and ${names(sql`(event.context ->> 'blueprint')`, sql`(event.context ->> 'entity')`)}`;
}

/** The same of rows `change`, all of them of entities. */
export async function visibleChanges(db: Db, actor: Actor): Promise<RawBuilder<boolean>> {
  const { names } = await loadVisibility(db, actor);
  return names(sql`(change.context ->> 'blueprint')`, sql`(change.context ->> 'entity')`);
}

/** Newest first. */
export async function auditEvents(db: Db, actor: Actor, filter: AuditFilter): Promise<readonly LoggedEvent[]> {
  const rules: RawBuilder<unknown>[] = [
    await visibleEvents(db, actor),
    sql`not event.resource = any(${hiddenResources}::text[])`,
  ];
  const { context } = columns;
  if (filter.identifier !== undefined) rules.push(sql`event.id = ${filter.identifier}`);
  if (filter.entity !== undefined && filter.blueprint !== undefined) {
    const now = { blueprint: filter.blueprint, identifier: filter.entity };
    const former = await formerNamesOf(db, actor.orgId, now.blueprint, now.identifier);
    const about = ({ blueprint, identifier }: typeof now): RawBuilder<unknown> =>
      sql`(event.subject = ${`entity:${blueprint}/${identifier}`}
        or (${context('entity')} = ${identifier} and ${context('blueprint')} = ${blueprint}))`;
    const before = former.map((name) => sql`(event.number < ${name.until} and ${about(name)})`);
    rules.push(sql`(${sql.join([about(now), ...before], sql` or `)})`);
  } else if (filter.entity !== undefined) rules.push(sql`${context('entity')} = ${filter.entity}`);
  else if (filter.blueprint !== undefined) rules.push(sql`${context('blueprint')} = ${filter.blueprint}`);
  if (filter.runId !== undefined) rules.push(sql`event.context ? 'run' and ${context('run')} = ${filter.runId}`);
  if (filter.resources !== undefined) rules.push(sql`event.resource = any(${filter.resources as string[]}::text[])`);
  if (filter.action !== undefined) rules.push(sql`event.action = ${filter.action}`);
  if (filter.status !== undefined) rules.push(sql`event.status = ${filter.status}`);
  if (filter.origin !== undefined) rules.push(sql`event.origin = any(${filter.origin as string[]}::text[])`);
  if (filter.from !== undefined) rules.push(sql`event.at >= ${filter.from}`);
  if (filter.to !== undefined) rules.push(sql`event.at <= ${filter.to}`);
  if (filter.withoutSystem === true) rules.push(sql`not starts_with(coalesce(${context('blueprint')}, ''), '_')`);
  if (filter.before !== undefined) rules.push(sql`event.number < ${filter.before}`);
  const found = await sql<EventRow>`
    select event.* from event where ${sql.join(rules, sql` and `)}
    order by event.number desc limit ${filter.limit}`.execute(db);
  return found.rows.map(toLoggedEvent);
}

const columns = {
  context: (key: 'entity' | 'blueprint' | 'run'): RawBuilder<unknown> => sql`event.context ->> ${sql.lit(key)}`,
};
