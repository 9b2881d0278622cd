import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { maskParts } from '#platform/egress/mask-destinations.ts';
import { newId } from '#platform/ids.ts';
import { identifierTaken, notFound, problem } from '#platform/problem.ts';
import { entityBlueprint } from './load-input-entities.ts';
import { unusableInputs } from './user-inputs-rules.ts';
import { type ActionDocument, type ActionRow, toWireAction } from './action.ts';

/** An action about to be stored. */
export interface ActionDraft {
  readonly document: ActionDocument;
  readonly legacyIdentifier: string;
  readonly shape: 1 | 2;
}

export async function insertAction(ctx: WriteContext, draft: ActionDraft): Promise<ActionRow> {
  await assertBlueprint(ctx, draft.document.trigger.blueprintIdentifier);
  await assertInputBlueprints(ctx, draft.document);
  const inserted = await sql<ActionRow>`
    insert into action (org_id, identifier, id, blueprint, legacy_identifier, shape, document, created_at, created_by,
                        updated_at, updated_by)
    values (${ctx.actor.orgId}, ${draft.document.identifier}, ${newId('action')},
            ${draft.document.trigger.blueprintIdentifier ?? null}, ${draft.legacyIdentifier}, ${draft.shape},
            ${JSON.stringify(draft.document)}::json, ${ctx.now}, ${ctx.actor.id}, ${ctx.now}, ${ctx.actor.id})
    on conflict do nothing returning *`.execute(ctx.db);
  const row = inserted.rows[0];
  if (row === undefined) throw actionTaken(draft.legacyIdentifier);
  emitAction(ctx, null, row);
  return row;
}

export async function replaceAction(ctx: WriteContext, before: ActionRow, draft: ActionDraft): Promise<ActionRow> {
  await assertBlueprint(ctx, draft.document.trigger.blueprintIdentifier);
  await assertInputBlueprints(ctx, draft.document);
  await assertFree(ctx, before, draft);
  const updated = await sql<ActionRow>`
    update action set identifier = ${draft.document.identifier}, legacy_identifier = ${draft.legacyIdentifier},
      blueprint = ${draft.document.trigger.blueprintIdentifier ?? null}, shape = ${draft.shape},
      document = ${JSON.stringify(draft.document)}::json, version = version + 1, updated_at = ${ctx.now},
      updated_by = ${ctx.actor.id}
    where org_id = ${ctx.actor.orgId} and identifier = ${before.identifier} returning *`.execute(ctx.db);
  const row = updated.rows[0];
  if (row === undefined) throw notFound('action', before.identifier);
  emitAction(ctx, before, row);
  return row;
}

/** Both names: its own, and the older one within its blueprint. */
async function assertFree(ctx: WriteContext, before: ActionRow, draft: ActionDraft): Promise<void> {
  const { identifier, trigger } = draft.document;
  const found = await sql`
    select 1 from action where org_id = ${ctx.actor.orgId} and identifier <> ${before.identifier}
      and (identifier = ${identifier} or (legacy_identifier = ${draft.legacyIdentifier}
        and coalesce(blueprint, '') = ${trigger.blueprintIdentifier ?? ''}))`.execute(ctx.db);
  if (found.rows.length > 0) throw actionTaken(draft.legacyIdentifier);
}

/** As it is after something that it names was renamed; nothing about it is checked anew. */
export async function storeFollowing(ctx: WriteContext, before: ActionRow, document: ActionDocument): Promise<void> {
  const updated = await sql<ActionRow>`
    update action set blueprint = ${document.trigger.blueprintIdentifier ?? null},
      document = ${JSON.stringify(document)}::json, version = version + 1, updated_at = ${ctx.now},
      updated_by = ${ctx.actor.id}
    where org_id = ${before.org_id} and identifier = ${before.identifier} returning *`.execute(ctx.db);
  emitAction(ctx, before, updated.rows[0] ?? before);
}

export async function removeAction(ctx: WriteContext, row: ActionRow): Promise<void> {
  await sql`delete from action where org_id = ${row.org_id} and identifier = ${row.identifier}`.execute(ctx.db);
  emitAction(ctx, row, null);
}

export async function lockAction(
  ctx: WriteContext,
  identifier: string,
  expectedVersion: number | null,
): Promise<ActionRow> {
  const found = await sql<ActionRow>`
    select * from action where org_id = ${ctx.actor.orgId} and identifier = ${identifier} for update`.execute(ctx.db);
  const row = found.rows[0];
  if (row === undefined) throw notFound('action', identifier);
  if (expectedVersion !== null && expectedVersion !== row.version) {
    throw problem(
      'stale',
      'stale_version',
      `Action "${identifier}" was changed meanwhile. Read it again and redo your edit.`,
      { currentVersion: row.version },
    );
  }
  return row;
}

export async function assertBlueprint(ctx: WriteContext, blueprint: string | undefined): Promise<void> {
  if (blueprint === undefined) return;
  const found = await sql`select 1 from blueprint where org_id = ${ctx.actor.orgId} and identifier = ${blueprint}
    for key share`.execute(ctx.db);
  if (found.rows.length === 0) throw notFound('blueprint', blueprint);
}

/** Those that entity inputs choose from. Blueprints of the system itself may come later. */
async function assertInputBlueprints(ctx: WriteContext, { trigger }: ActionDocument): Promise<void> {
  const wanted = Object.entries(trigger.userInputs.properties)
    .map(([key, input]) => [key, entityBlueprint(input)] as const)
    .filter((pair): pair is readonly [string, string] => pair[1] !== null && !pair[1].startsWith('_'));
  if (wanted.length === 0) return;
  const found = await sql<{ identifier: string }>`
    select identifier from blueprint where org_id = ${ctx.actor.orgId}
      and identifier = any(${wanted.map(([, blueprint]) => blueprint)}::text[])`.execute(ctx.db);
  const known = new Set(found.rows.map(({ identifier }) => identifier));
  const missing = wanted.find(([, blueprint]) => !known.has(blueprint));
  if (missing === undefined) return;
  const path = `properties.${missing[0]}.blueprint`;
  throw unusableInputs([{ path, message: `names the unknown blueprint "${missing[1]}"` }]);
}

export function actionTaken(identifier: string): Error {
  return identifierTaken(`An action with identifier "${identifier}" already exists.`, {
    resource: 'action',
    byField: 'identifier',
    withValue: identifier,
  });
}

function emitAction(ctx: WriteContext, before: ActionRow | null, after: ActionRow | null): void {
  const action = before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE';
  const shown = after ?? before;
  ctx.emit({
    kind: { CREATE: 'action.created', UPDATE: 'action.updated', DELETE: 'action.deleted' }[action],
    resource: 'action',
    action,
    subject: `action:${shown?.id}`,
    context: { action: shown?.identifier, ...(shown?.blueprint == null ? {} : { blueprint: shown.blueprint }) },
    before: before === null ? null : loggedAction(before),
    after: after === null ? null : loggedAction(after),
  });
}

/** The log keeps what it is told for good, so addresses and headers stand in it without their secrets. */
function loggedAction(row: ActionRow): Record<string, unknown> {
  return maskParts(toWireAction(row), ['invocationMethod', 'approvalNotification']);
}
