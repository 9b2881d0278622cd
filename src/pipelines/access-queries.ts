import { type RawBuilder, sql } from 'kysely';
import { authorize, may, permissions } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { missingPermission, notFound } from '#platform/problem.ts';
import {
  type ApplicationPermissions,
  type ApplicationRight,
  groupsOf,
  hasRight,
  organisationRights,
  readPermissions,
} from './access-rules.ts';

/** Whether somebody may see the application that this column names. */
export function seesApplication(actor: Actor, application: RawBuilder<unknown>): RawBuilder<boolean> {
  const groups = groupsOf(actor);
  if (groups === null) return sql<boolean>`true`;
  const hides = sql`closed.org_id = ${actor.orgId} and closed.name = ${application}
    and not closed.readers && ${groups as string[]}::text[]`;
  return sql<boolean>`(not exists (select from application closed where closed.readers is not null and ${hides})
    and not exists (select from former_application closed where ${hides}))`;
}

/** Whether somebody may change the application that this column names, and what belongs to it. */
export function writesApplication(actor: Actor, application: RawBuilder<unknown>): RawBuilder<boolean> {
  const groups = groupsOf(actor);
  if (groups === null || may(actor, 'pipeline.write')) return sql<boolean>`true`;
  const named = sql`closed.org_id = ${actor.orgId} and closed.name = ${application}`;
  return sql<boolean>`(exists (select from application closed where ${named} and closed.readers is not null
      and closed.document #> '{permissions,WRITE}' ?| ${groups as string[]}::text[])
    or exists (select from former_application closed where ${named}
      and closed.permissions -> 'WRITE' ?| ${groups as string[]}::text[]))`;
}

/** Of an application, or of one that was deleted while it was restricted. */
export async function permissionsOf(
  db: Db | Tx,
  orgId: string,
  application: string,
): Promise<ApplicationPermissions | null> {
  const found = await sql<{ document: Readonly<Record<string, unknown>> }>`
    select document from application
    where org_id = ${orgId} and lower(name) = lower(${application}) and readers is not null
    union all select jsonb_build_object('permissions', permissions) from former_application
    where org_id = ${orgId} and lower(name) = lower(${application}) limit 1`.execute(db);
  const row = found.rows[0];
  return row === undefined ? null : readPermissions(row.document);
}

export async function mayInApplication(
  db: Db | Tx,
  actor: Actor,
  right: ApplicationRight,
  application: string,
): Promise<boolean> {
  return hasRight(actor, right, await permissionsOf(db, actor.orgId, application));
}

/** What is asked about is not there for who may not see its application. */
export interface Subject {
  readonly application: string;
  readonly resource?: string;
  readonly id?: string;
}

/** The first line of commands about something of an application. */
export async function authorizeApplication(
  { db, actor }: { readonly db: Db | Tx; readonly actor: Actor },
  right: ApplicationRight,
  { application, resource = 'application', id = application }: Subject,
): Promise<void> {
  const restriction = await permissionsOf(db, actor.orgId, application);
  if (hasRight(actor, right, restriction)) return;
  if (!hasRight(actor, 'READ', restriction)) throw notFound(resource, id);
  const words = right === 'READ' ? 'see this application' : permissions[organisationRights[right]];
  throw missingPermission(restriction === null ? words : `${words} in application "${application}"`);
}

/** Of an execution, for refusals. */
export function executionSubject(row: { readonly application: string } | null | undefined, id: string): Subject {
  return { application: row?.application ?? '', resource: 'execution', id };
}

/** Before a document is looked at: whether somebody may save things of the application that it names, or make that. */
export async function authorizeSaving(db: Db, actor: Actor, document: object): Promise<void> {
  const application: unknown = 'application' in document ? document.application : undefined;
  const name = typeof application === 'string' ? application : '';
  const restriction = await permissionsOf(db, actor.orgId, name);
  if (restriction === null) authorize(actor, 'pipeline.write');
  else await authorizeApplication({ db, actor }, 'WRITE', { application: name });
}

/** Of a pipeline, for refusals; of one that is not there whoever changes all of them hears so. */
export function pipelineSubject(row: { readonly application: string } | null, id: string): Subject {
  return { application: row?.application ?? '', resource: 'pipeline', id };
}
