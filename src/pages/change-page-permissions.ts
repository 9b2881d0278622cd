import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual } from '#platform/json.ts';
import type { PermissionsBody } from './contract.ts';
import { mergePermissions, type PagePermissions } from './page-permissions.ts';
import { updatePermissions } from './page-store.ts';
import { announce, loadPage } from './save-page.ts';

interface PermissionsInput {
  readonly identifier: string;
  readonly body: PermissionsBody;
}

/** PATCH: lists that are not given stay. */
export function changePagePermissions(): Command<PermissionsInput, PagePermissions> {
  return maybeSilent(async function changePagePermissionsCommand(ctx: WriteContext, { identifier, body }) {
    authorize(ctx.actor, 'page.write');
    const before = await loadPage(ctx, { identifier, expectedVersion: null });
    const permissions = mergePermissions(before.permissions, body);
    if (jsonEqual(permissions, before.permissions)) return before.permissions;
    await updatePermissions(ctx, before, permissions);
    return (await announce(ctx, before, identifier)).permissions;
  });
}
