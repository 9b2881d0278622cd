import { authorize } from '#access/permissions.ts';
import type { Command } from '#platform/commands/write-context.ts';
import type { JsonObject } from '#platform/json.ts';
import { effectivePermissions, mergePermissions } from './blueprint-permissions.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { updatePermissions } from './blueprint-store.ts';

export interface ChangePermissionsInput {
  readonly identifier: string;
  readonly body: JsonObject;
}

export function changeBlueprintPermissions(blueprints: Blueprints): Command<ChangePermissionsInput, JsonObject> {
  return async function changeBlueprintPermissionsCommand(ctx, { identifier, body }) {
    authorize(ctx.actor, 'blueprint.write', { blueprint: identifier });
    const before = await blueprints.lock(ctx.db, ctx.actor.orgId, identifier);
    const permissions = mergePermissions(before.permissions, body);
    await updatePermissions(ctx, identifier, permissions);
    const after = effectivePermissions({ ...before, permissions });
    ctx.emit({
      kind: 'blueprint-permissions.updated',
      resource: 'blueprint-permissions',
      action: 'UPDATE',
      subject: `blueprint-permissions:${identifier}`,
      context: { blueprint: identifier },
      before: effectivePermissions(before),
      after,
    });
    return after;
  };
}
