import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import { restrictApprovals } from '#approvals/change-audience.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import { authorizeApplication } from './access-queries.ts';
import { type ApplicationPermissions, audienceOf, checkPermissions, readPermissions } from './access-rules.ts';
import { findConfig } from './environments/config-queries.ts';
import { keepFormerApplication, takeFormerApplication } from './keep-former-application.ts';
import type { ApplicationRow } from './pipeline.ts';
import { findApplication } from './pipeline-queries.ts';
import { insertApplication, lockApplication, removeApplication, updateApplicationRow } from './pipeline-store.ts';

maybeSilent(updateApplication);
maybeSilent(upsertApplication);

export async function createApplication(
  ctx: WriteContext,
  input: { readonly name: string; readonly document: Readonly<Record<string, unknown>> },
): Promise<ApplicationRow> {
  authorize(ctx.actor, 'pipeline.write');
  assertPermissions(input.document);
  const former = await takeFormerApplication(ctx, input.name);
  if (former === null) return insertApplication(ctx, input.name, input.document);
  return insertApplication(ctx, former.name, { permissions: former.permissions, ...input.document });
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
  const before = await lockPermitted(ctx, input);
  assertPermissions(input.document);
  const document = { ...before.document, ...input.document };
  if (jsonEqual(document, before.document)) return before;
  const after = await updateApplicationRow(ctx, before, document);
  const permissions = readPermissions(document);
  if (!jsonEqual(permissions, readPermissions(before.document))) await restrictWhatIsAsked(ctx, after, permissions);
  return after;
}

async function lockPermitted(
  ctx: WriteContext,
  input: { readonly name: string; readonly expectedVersion: number | null },
): Promise<ApplicationRow> {
  await authorizeApplication(ctx, 'WRITE', { application: input.name });
  return lockApplication(ctx, input.name, input.expectedVersion);
}

function assertPermissions(document: ApplicationRow['document']): void {
  const [wrong] = checkPermissions(document['permissions']);
  if (wrong !== undefined) throw problem('invalid', 'invalid_request', wrong.message, { field: wrong.field });
}

/** Judgments of its stages and constraints are seen and decided by whom it now names. */
async function restrictWhatIsAsked(
  ctx: WriteContext,
  { org_id, name }: ApplicationRow,
  permissions: ApplicationPermissions | null,
): Promise<void> {
  const audience = audienceOf(permissions);
  const stages = sql`select stage.id from execution join stage on stage.org_id = execution.org_id
    and stage.execution = execution.id and stage.type = 'manualJudgment'
    where execution.org_id = ${org_id} and execution.application = ${name}`;
  const constraints = sql`select held.id from delivery_config join constraint_state held
    on held.org_id = delivery_config.org_id and held.config = delivery_config.id
    where delivery_config.org_id = ${org_id} and delivery_config.application = ${name}`;
  await restrictApprovals(ctx, 'stage', stages, audience);
  await restrictApprovals(ctx, 'constraint', constraints, audience);
}

/** As tasks of Gate's clients do: made when it is new, changed otherwise. */
export async function upsertApplication(
  ctx: WriteContext,
  input: { readonly name: string; readonly document: Readonly<Record<string, unknown>> },
): Promise<ApplicationRow> {
  const found = await findApplication(ctx.db, systemActor(ctx.actor.orgId, 'pipelines'), input.name);
  return found === null ? createApplication(ctx, input) : updateApplication(ctx, { ...input, expectedVersion: null });
}

/** Refused while it has pipelines: they would have nowhere to go. */
export async function deleteApplication(
  ctx: WriteContext,
  input: { readonly name: string; readonly expectedVersion: number | null },
): Promise<void> {
  const row = await lockPermitted(ctx, input);
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
  await keepFormerApplication(ctx, row);
}
