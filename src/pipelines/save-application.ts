import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import { findConfig } from './environments/config-queries.ts';
import type { ApplicationRow } from './pipeline.ts';
import { insertApplication, lockApplication, removeApplication, updateApplicationRow } from './pipeline-store.ts';

maybeSilent(updateApplication);

export async function createApplication(
  ctx: WriteContext,
  input: { readonly name: string; readonly document: Readonly<Record<string, unknown>> },
): Promise<ApplicationRow> {
  authorize(ctx.actor, 'pipeline.write');
  return insertApplication(ctx, input.name, input.document);
}

/** Only the keys that are given replace what was there. */
export async function updateApplication(
  ctx: WriteContext,
  input: {
    readonly name: string;
    readonly document: Readonly<Record<string, unknown>>;
    readonly expectedVersion: number | null;
  },
): Promise<ApplicationRow> {
  authorize(ctx.actor, 'pipeline.write');
  const before = await lockApplication(ctx, input.name, input.expectedVersion);
  const document = { ...before.document, ...input.document };
  return jsonEqual(document, before.document) ? before : updateApplicationRow(ctx, before, document);
}

/** Refused while it has pipelines: they would have nowhere to go. */
export async function deleteApplication(
  ctx: WriteContext,
  input: { readonly name: string; readonly expectedVersion: number | null },
): Promise<void> {
  authorize(ctx.actor, 'pipeline.write');
  const row = await lockApplication(ctx, input.name, input.expectedVersion);
  const left = await sql<{ count: number }>`
    select count(*)::int as count from pipeline where org_id = ${row.org_id} and application = ${row.name}`.execute(
    ctx.db,
  );
  const count = left.rows[0]?.count ?? 0;
  if (count > 0) {
    throw problem(
      'conflict',
      'application_in_use',
      `Application "${row.name}" has ${count} pipelines. Delete them first.`,
      {
        pipelines: count,
      },
    );
  }
  if ((await findConfig(ctx.db, ctx.actor, row.name)) !== null) {
    const message = `Application "${row.name}" has a delivery config. Delete it first.`;
    throw problem('conflict', 'application_in_use', message, { pipelines: 0 });
  }
  await removeApplication(ctx, row);
}
