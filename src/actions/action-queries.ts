import { type RawBuilder, sql } from 'kysely';
import { may } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { notFound } from '#platform/problem.ts';
import type { ActionRow } from './action.ts';

export interface ActionFilter {
  readonly identifiers?: readonly string[] | undefined;
  readonly blueprints?: readonly string[] | undefined;
  readonly operations?: readonly string[] | undefined;
  readonly published?: boolean | undefined;
  readonly withoutDrafts?: boolean | undefined;
}

export async function actionsOf(db: Db | Tx, orgId: string, filter: ActionFilter = {}): Promise<readonly ActionRow[]> {
  const rules: RawBuilder<unknown>[] = [sql`org_id = ${orgId}`];
  if (filter.identifiers !== undefined) rules.push(sql`identifier = any(${filter.identifiers as string[]}::text[])`);
  if (filter.blueprints !== undefined) rules.push(sql`blueprint = any(${filter.blueprints as string[]}::text[])`);
  if (filter.operations !== undefined) {
    rules.push(sql`document #>> '{trigger,operation}' = any(${filter.operations as string[]}::text[])`);
  }
  if (filter.published !== undefined) {
    rules.push(sql`coalesce((document ->> 'publish')::boolean, true) = ${filter.published}`);
  }
  if (filter.withoutDrafts === true) rules.push(sql`coalesce((document ->> 'publish')::boolean, true)`);
  const found = await sql<ActionRow>`
    select * from action where ${sql.join(rules, sql` and `)} order by created_at, identifier`.execute(db);
  return found.rows;
}

/** Drafts are for those who may finish them. */
export function shownTo(actor: Actor): ActionFilter {
  return may(actor, 'action.write') ? {} : { withoutDrafts: true };
}

export function isShownTo(actor: Actor, row: ActionRow): boolean {
  return shownTo(actor).withoutDrafts !== true || row.document.publish !== false;
}

export async function actionByIdentifier(db: Db | Tx, orgId: string, identifier: string): Promise<ActionRow | null> {
  return (await actionsOf(db, orgId, { identifiers: [identifier] }))[0] ?? null;
}

export async function getAction(db: Db | Tx, orgId: string, identifier: string): Promise<ActionRow> {
  const row = await actionByIdentifier(db, orgId, identifier);
  if (row === null) throw notFound('action', identifier);
  return row;
}

/** For somebody who looks at it or uses it: a draft is not there for those who may not finish it. */
export async function getShownAction(db: Db | Tx, actor: Actor, identifier: string): Promise<ActionRow> {
  const row = await getAction(db, actor.orgId, identifier);
  if (!isShownTo(actor, row)) throw notFound('action', identifier);
  return row;
}

export interface LegacyName {
  readonly orgId: string;
  readonly blueprint: string;
  readonly identifier: string;
}

/** On the older routes an action is named within its blueprint. */
export async function actionByLegacyName(db: Db | Tx, name: LegacyName): Promise<ActionRow | null> {
  const found = await sql<ActionRow>`
    select * from action where org_id = ${name.orgId} and blueprint = ${name.blueprint}
      and (legacy_identifier = ${name.identifier} or identifier = ${name.identifier})
    order by legacy_identifier = ${name.identifier} desc limit 1`.execute(db);
  return found.rows[0] ?? null;
}

export async function getLegacyAction(db: Db | Tx, name: LegacyName): Promise<ActionRow> {
  const row = await actionByLegacyName(db, name);
  if (row === null) throw notFound('action', name.identifier, { blueprint: name.blueprint });
  return row;
}
