import { sql } from 'kysely';
import {
  type Mention,
  mentionsOf,
  type RenamedBlueprint,
  renameInObject,
} from '#catalog/rename/rename-in-documents.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { identifierTaken } from '#platform/problem.ts';
import { jsonEqual } from '#platform/json.ts';
import { entityPageOf } from './find-own-page.ts';
import { pageEvent } from './page-events.ts';
import { pagesNaming } from './page-queries.ts';
import { lockSidebar } from './sidebar-store.ts';
import { updatePage } from './page-store.ts';

/** Pages of a renamed blueprint, widgets that show its entities, and who may see them follow. */
export async function followBlueprint(ctx: WriteContext, rename: RenamedBlueprint): Promise<readonly Mention[]> {
  const { orgId } = ctx.actor;
  await lockSidebar(ctx);
  const mentions: Mention[] = [];
  for (const before of await pagesNaming(ctx.db, orgId, rename.from)) {
    const document = renameInObject(before.document, rename);
    const permissions = renameInObject(before.permissions, rename);
    const blueprint = before.blueprint === rename.from ? rename.to : before.blueprint;
    const { identifier, type, version } = before;
    mentions.push(...mentionsOf('page', identifier, document, rename));
    const next = type === 'entity' && identifier === entityPageOf(rename.from) ? entityPageOf(rename.to) : identifier;
    const isSame =
      jsonEqual(document, before.document) && jsonEqual(permissions, before.permissions) && next === identifier;
    if (isSame && blueprint === before.blueprint) continue;
    await updatePage(ctx, before, { type, blueprint, document });
    await sql`
      update page set permissions = ${JSON.stringify(permissions)}::jsonb
      where org_id = ${orgId} and identifier = ${identifier}`.execute(ctx.db);
    if (next !== identifier) await renamePage(ctx, identifier, next);
    const stamps = { version: version + 1, updatedAt: ctx.now, updatedBy: ctx.actor.id };
    const after = { ...before, identifier: next, blueprint, document, permissions, ...stamps };
    ctx.emit(pageEvent(next, { before, after }));
  }
  return mentions;
}

async function renamePage(ctx: WriteContext, from: string, to: string): Promise<void> {
  const { orgId } = ctx.actor;
  const moved = await sql`
    update sidebar_item set identifier = ${to} where org_id = ${orgId} and identifier = ${from}
      and not exists (select from sidebar_item where org_id = ${orgId} and identifier = ${to}) returning 1`.execute(
    ctx.db,
  );
  if (moved.rows.length === 0) {
    throw identifierTaken(`A page with identifier "${to}" exists already; delete or rename it first.`, {
      resource: 'page',
      byField: 'identifier',
      withValue: to,
    });
  }
  await sql`update sidebar_item set after = ${to} where org_id = ${orgId} and after = ${from}`.execute(ctx.db);
}
