import { type ActionRow, toLegacyWireAction } from '#actions/action.ts';
import { actionsOf } from '#actions/action-queries.ts';
import { type ActionInput, type LegacyActionInput, updateAction, updateLegacyAction } from '#actions/save-action.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import { patchBlueprint } from '#catalog/replace-blueprint.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';

export interface SampleAddresses {
  readonly changelogUrl: string;
  readonly backendUrl: string;
}

const changelogBlueprint = 'deploymentConfig';

/**
 * The sample's listener and backend keep their port as long as it is free; when it was not, what was saved with the old
 * one follows. Anything that somebody pointed elsewhere stays.
 */
export function moveSampleAddresses(blueprints: Blueprints): Command<SampleAddresses, void> {
  return maybeSilent(async function moveSampleAddressesCommand(ctx: WriteContext, addresses: SampleAddresses) {
    for (const action of await actionsOf(ctx.db, ctx.actor.orgId)) {
      if (hasMoved(action.document.invocationMethod['url'], addresses.backendUrl)) {
        await point(ctx, action, addresses.backendUrl);
      }
    }
    await pointChangelog(ctx, blueprints, addresses.changelogUrl);
  });
}

/** The same path on another port of this machine. */
function hasMoved(saved: unknown, current: string): boolean {
  if (typeof saved !== 'string' || saved === current || !URL.canParse(saved)) return false;
  const before = new URL(saved);
  const now = new URL(current);
  return before.hostname === now.hostname && before.pathname === now.pathname;
}

async function point(ctx: WriteContext, row: ActionRow, url: string): Promise<void> {
  const invocationMethod = { ...row.document.invocationMethod, url };
  if (row.shape === 1 && row.blueprint !== null) {
    const action = { ...toLegacyWireAction(row), invocationMethod } as unknown as LegacyActionInput;
    await updateLegacyAction(ctx, { blueprint: row.blueprint, identifier: row.legacy_identifier, action });
    return;
  }
  const action = { ...row.document, invocationMethod } as unknown as ActionInput;
  await updateAction(ctx, { identifier: row.identifier, action, expectedVersion: null });
}

async function pointChangelog(ctx: WriteContext, blueprints: Blueprints, url: string): Promise<void> {
  const { orgId } = ctx.actor;
  const held = await blueprints.hold(ctx.db, orgId, [changelogBlueprint]);
  const destination = held.get(changelogBlueprint)?.document.changelogDestination;
  if (!hasMoved(destination?.['url'], url)) return;
  await patchBlueprint({ blueprints, hooks: [] })(ctx, {
    identifier: changelogBlueprint,
    body: { changelogDestination: { ...destination, url } },
    expectedVersion: null,
  });
}
