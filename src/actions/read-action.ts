import { sql } from 'kysely';
import { createKeyedBatcher } from '#platform/batcher.ts';
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
  readonly identifier: string;
}

/**
 * An action with who may execute it. Those that are executed at the same time are read together, each after it was
 * asked for.
 *
 * @throws Problem `not_found`
 */
export function createReadAction(db: Db): (named: Named) => Promise<PermittedAction> {
  const find = createKeyedBatcher<Named, PermittedAction | null>(
    ({ orgId }) => orgId,
    async (asked) => {
      const names = asked.map(({ identifier }) => identifier);
      const found = await findActions(db, asked[0]?.orgId ?? '', [...new Set(names)]);
      return names.map((name) => found.get(name) ?? null);
    },
  );
  return async (named) => {
    const found = await find(named);
    if (found === null) throw notFound('action', named.identifier);
    return found;
  };
}

async function findActions(
  db: Db,
  orgId: string,
  identifiers: readonly string[],
): Promise<ReadonlyMap<string, PermittedAction>> {
  const found = await sql<ActionRow & { permissions: Partial<ActionPermissions> | null }>`
    select action.*, permissions.document as permissions from action
    left join action_permissions permissions
      on permissions.org_id = action.org_id and permissions.action = action.identifier
    where action.org_id = ${orgId} and action.identifier = any(${identifiers as string[]}::text[])`.execute(db);
  return new Map(
    found.rows.map(({ permissions, ...action }) => [action.identifier, { action, permissions: filledUp(permissions) }]),
  );
}
