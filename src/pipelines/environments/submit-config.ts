import { cancelApproval } from '#approvals/cancel-approval.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual } from '#platform/json.ts';
import { notFound } from '#platform/problem.ts';
import { authorizeApplication } from '../access-queries.ts';
import { assertVersion } from '../pipeline-store.ts';
import { applicationFor } from '../save-pipeline.ts';
import { insertConfig, lockConfig, removeConfig, updateConfig } from './config-store.ts';
import { pendingStates, removeStates } from './constraint-store.ts';
import { type ConfigRow, type ConstraintRow, type DeliveryConfigDocument, judgementOf } from './delivery-config.ts';
import { evaluateVersions } from './evaluate-constraints.ts';
import { currentVersions } from './version-store.ts';

export interface SubmittedConfig {
  /** Already checked: see `checkedConfig`. */
  readonly document: DeliveryConfigDocument;
  readonly expectedVersion: number | null;
}

maybeSilent(submitConfig);

/** Stores the delivery config of an application, which comes with it. The same one again changes nothing. */
export async function submitConfig(ctx: WriteContext, input: SubmittedConfig): Promise<ConfigRow> {
  const name = await applicationFor(ctx, input.document.application);
  const document = { ...input.document, application: name };
  const before = await lockConfig(ctx, name);
  if (before === null) {
    assertVersion(`The delivery config of "${name}"`, 0, input.expectedVersion);
    return insertConfig(ctx, document);
  }
  assertVersion(`The delivery config of "${name}"`, before.version, input.expectedVersion);
  if (jsonEqual(before.document, document)) return before;
  const after = await updateConfig(ctx, before, document);
  await withdraw(ctx, await orphanedStates(ctx, after), 'The environment no longer asks for it.');
  await evaluateVersions(ctx, after, await currentVersions(ctx, after));
  return after;
}

/** Takes back what was asked for it; applications stay. */
export async function deleteConfig(
  ctx: WriteContext,
  input: { readonly application: string; readonly expectedVersion: number | null },
): Promise<ConfigRow> {
  const row = await lockConfig(ctx, input.application);
  await authorizeApplication(ctx, 'WRITE', { application: input.application });
  if (row === null) throw notFound('deliveryConfig', input.application, { application: input.application });
  assertVersion(`The delivery config of "${row.application}"`, row.version, input.expectedVersion);
  await withdraw(ctx, await pendingStates(ctx, row), 'The delivery config was deleted.');
  await removeConfig(ctx, row);
  return row;
}

async function orphanedStates(ctx: WriteContext, config: ConfigRow): Promise<readonly ConstraintRow[]> {
  const { environments, artifacts } = config.document;
  const asking = new Set(environments.filter((each) => judgementOf(each) !== null).map(({ name }) => name));
  const references = new Set(artifacts.map(({ reference }) => reference));
  return (await pendingStates(ctx, config)).filter(
    (state) => !asking.has(state.environment) || !references.has(state.reference),
  );
}

async function withdraw(ctx: WriteContext, states: readonly ConstraintRow[], reason: string): Promise<void> {
  for (const { id } of states) await cancelApproval(ctx, { subject: { kind: 'constraint', id }, reason });
  if (states.length > 0) await removeStates(ctx, states);
}
