import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { isJsonObject, jsonEqual, type JsonObject } from '#platform/json.ts';
import { missingPermission, problem } from '#platform/problem.ts';
import { lockAction } from './action-store.ts';

/** Decides by what the catalog says: searches, and jq conditions over what they find. */
export interface Policy {
  readonly queries: Readonly<Record<string, unknown>>;
  readonly conditions: readonly string[];
}

export interface Grant {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly teams: readonly string[];
  readonly ownedByTeam?: boolean;
  readonly policy?: Policy | null;
}

export interface ActionPermissions {
  readonly execute: Grant;
  readonly approve: Grant;
}

const defaults: ActionPermissions = {
  execute: { users: [], roles: ['Member', 'Admin'], teams: [], ownedByTeam: false, policy: null },
  approve: { users: [], roles: ['Admin'], teams: [], policy: null },
};

export async function actionPermissions(db: Db | Tx, orgId: string, action: string): Promise<ActionPermissions> {
  const found = await sql<{ document: Partial<ActionPermissions> }>`
    select document from action_permissions where org_id = ${orgId} and action = ${action}`.execute(db);
  return filledUp(found.rows[0]?.document ?? null);
}

/** What was stored, filled up with what a new action has. */
export function filledUp(stored: Partial<ActionPermissions> | null): ActionPermissions {
  return { execute: executeGrant(stored), approve: { ...defaults.approve, ...stored?.approve } };
}

export function executeGrant(stored: Partial<ActionPermissions> | null): Grant {
  return { ...defaults.execute, ...stored?.execute };
}

/**
 * What the caller may execute, in Port's words: an action as such, or on entities that the caller's teams own. Only
 * published actions. A policy decides with each run, so it leaves nothing out here.
 */
export async function executePermissions(db: Db, actor: Actor): Promise<readonly string[]> {
  const found = await sql<{ identifier: string; document: Partial<ActionPermissions> | null }>`
    select action.identifier, permissions.document from action
    left join action_permissions permissions
      on permissions.org_id = action.org_id and permissions.action = action.identifier
    where action.org_id = ${actor.orgId} and coalesce((action.document ->> 'publish')::boolean, true)
    order by action.identifier`.execute(db);
  return found.rows.flatMap(({ identifier, document }) => {
    const grant = executeGrant(document);
    if (mayExecute(actor, grant, [])) return [`execute:actions:${identifier}`];
    return mayExecute(actor, grant) ? [`execute:team_entities:actions:${identifier}`] : [];
  });
}

export interface PermissionsChange {
  readonly action: string;
  readonly change: { readonly execute?: object | undefined; readonly approve?: object | undefined };
  /** Everything that is not given goes back to what a new action has. */
  readonly whole?: boolean;
  /** Refused when they are not those of this version any more. */
  readonly expectedVersion?: number | null;
}

maybeSilent(setActionPermissions);

/** Only the keys that are given replace what was there. */
export async function setActionPermissions(ctx: WriteContext, input: PermissionsChange): Promise<ActionPermissions> {
  authorize(ctx.actor, 'action.write');
  // Held for this: two who change different keys must not undo each other.
  await lockAction(ctx, input.action, null);
  const before = await actionPermissions(ctx.db, ctx.actor.orgId, input.action);
  assertVersion(before, input.expectedVersion ?? null);
  const base = input.whole === true ? defaults : before;
  const after: ActionPermissions = {
    execute: { ...base.execute, ...input.change.execute },
    approve: { ...base.approve, ...input.change.approve },
  };
  if (jsonEqual(after, before)) return before;
  await sql`
    insert into action_permissions (org_id, action, document)
    values (${ctx.actor.orgId}, ${input.action}, ${JSON.stringify(after)}::jsonb)
    on conflict (org_id, action) do update set document = excluded.document`.execute(ctx.db);
  ctx.emit({
    kind: 'action.permissions-set',
    resource: 'action',
    action: 'UPDATE',
    subject: `action-permissions:${input.action}`,
    context: { action: input.action },
    before: { ...before },
    after: { ...after },
  });
  return after;
}

/** What permissions say, as a number that goes into an ETag: equal permissions have equal numbers. */
export function permissionsVersion(permissions: ActionPermissions): number {
  const text = JSON.stringify(permissions, (_, value: unknown) => (isJsonObject(value) ? sortedByKey(value) : value));
  return Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 12), 16);
}

/** The database gives keys back in an order of its own. */
function sortedByKey(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function assertVersion(permissions: ActionPermissions, expected: number | null): void {
  if (expected === null || expected === permissionsVersion(permissions)) return;
  throw problem(
    'stale',
    'stale_version',
    'Somebody else changed meanwhile who may execute and approve. Saving again replaces that.',
    { resource: 'action-permissions' },
  );
}

/**
 * Who may press Execute: administrators and credentials, whoever the action names by person, role or team, and, when
 * it says so, the teams that own the entity it works on. Without an entity the last is left open.
 */
export function mayExecute(actor: Actor, grant: Grant, owners?: readonly string[]): boolean {
  if (actor.kind !== 'user' || actor.roles.includes('Admin')) return true;
  if (isNamed(actor, grant)) return true;
  return grant.ownedByTeam === true && (owners ?? actor.teams).some((team) => actor.teams.includes(team));
}

/** By person, whose address counts regardless of case, by role or by team. */
export function isNamed(
  actor: Actor & { readonly kind: 'user' },
  names: Pick<Grant, 'users' | 'roles' | 'teams'>,
): boolean {
  const email = actor.email.toLowerCase();
  return (
    names.users.some((user) => user.toLowerCase() === email) ||
    names.roles.some((role) => actor.roles.includes(role)) ||
    names.teams.some((team) => actor.teams.includes(team))
  );
}

export function assertMayExecute(actor: Actor, grant: Grant, owners?: readonly string[]): void {
  if (!mayExecute(actor, grant, owners)) throw missingPermission('execute this action');
}
