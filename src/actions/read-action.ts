import { sql } from 'kysely';
import { createLookup } from '#platform/batcher.ts';
import type { Db } from '#platform/db/handles.ts';
import { notFound } from '#platform/problem.ts';
import { type ActionPermissions, filledUp } from './action-permissions.ts';
import type { ActionRow } from './action.ts';

export interface PermittedAction {
  readonly action: ActionRow;
  readonly permissions: ActionPermissions;
}

interface Named {
  readonly orgId: string;
  /** The action's identifier. */
  readonly id: string;
}

/**
 * An action with who may execute it. Those that are executed at the same time are read together, each after it was
 * asked for.
 *
 * @throws Problem `not_found`
 */
export function createReadAction(db: Db): (named: Named) => Promise<PermittedAction> {
  const find = createLookup<Named, Named & PermittedAction>(
    ({ orgId }) => orgId,
    async ({ orgId }, ids) => findActions(db, orgId, ids),
  );
  return async (named) => {
    const found = await find(named);
    if (found === null) throw notFound('action', named.id);
    return found;
  };
}

async function findActions(
  db: Db,
  orgId: string,
  identifiers: readonly string[],
): Promise<readonly (Named & PermittedAction)[]> {
  const found = await sql<ActionRow & { permissions: Partial<ActionPermissions> | null }>`
    select action.*, permissions.document as permissions from action
    left join action_permissions permissions
      on permissions.org_id = action.org_id and permissions.action = action.identifier
    where action.org_id = ${orgId} and action.identifier = any(${identifiers as string[]}::text[])`.execute(db);
  return found.rows.map(({ permissions, ...action }) => ({
    orgId,
    id: action.identifier,
    action,
    permissions: filledUp(permissions),
  }));
}
