import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual } from '#platform/json.ts';
import { notFound } from '#platform/problem.ts';
import { assertVersion } from '../pipeline-store.ts';
import { findPreconfigured } from './preconfigured-queries.ts';
import { type PreconfiguredRow, type PreconfiguredWebhook, toGateDefinition } from './preconfigured-webhook.ts';

maybeSilent(savePreconfigured);

/** Already checked. Pipelines that use the type go by it from their next execution of the stage on. */
export async function savePreconfigured(
  ctx: WriteContext,
  input: { readonly type: string; readonly document: PreconfiguredWebhook; readonly expectedVersion: number | null },
): Promise<PreconfiguredRow> {
  authorize(ctx.actor, 'pipeline.write');
  const { type, document } = input;
  const before = await findPreconfigured(ctx.db, ctx.actor.orgId, type);
  assertVersion(`Stage type "${type}"`, before?.version ?? 0, input.expectedVersion);
  if (before !== null && jsonEqual(before.document, document)) return before;
  const saved = await sql<PreconfiguredRow>`
    insert into preconfigured_webhook (org_id, type, document, updated_at, updated_by)
    values (${ctx.actor.orgId}, ${type}, ${JSON.stringify(document)}::jsonb, ${ctx.now}, ${ctx.actor.id})
    on conflict (org_id, type) do update set document = excluded.document,
      version = preconfigured_webhook.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by
    returning *`.execute(ctx.db);
  const after = saved.rows[0];
  if (after === undefined) throw notFound('preconfiguredWebhook', type);
  emit(ctx, type, before, after);
  return after;
}

export async function deletePreconfigured(
  ctx: WriteContext,
  input: { readonly type: string; readonly expectedVersion: number | null },
): Promise<void> {
  authorize(ctx.actor, 'pipeline.write');
  const removed = await sql<PreconfiguredRow>`
    delete from preconfigured_webhook where org_id = ${ctx.actor.orgId} and type = ${input.type} returning *`.execute(
    ctx.db,
  );
  const [row] = removed.rows;
  if (row === undefined) throw notFound('preconfiguredWebhook', input.type);
  assertVersion(`Stage type "${input.type}"`, row.version, input.expectedVersion);
  emit(ctx, input.type, row, null);
}

/** Without the call, which may hold what not everybody may know. */
function emit(ctx: WriteContext, type: string, before: PreconfiguredRow | null, after: PreconfiguredRow | null): void {
  const verb = before === null ? 'created' : after === null ? 'deleted' : 'updated';
  ctx.emit({
    kind: `preconfigured-webhook.${verb}`,
    resource: 'preconfiguredWebhook',
    action: before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE',
    subject: `preconfigured-webhook:${type}`,
    context: { type },
    before: before === null ? null : { ...toGateDefinition(before), version: before.version },
    after: after === null ? null : { ...toGateDefinition(after), version: after.version },
  });
}
