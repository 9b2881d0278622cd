import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { canonicalJson } from '#approvals/approval-rules.ts';
import type { TemplateDocument } from './template.ts';

export function digestOf(document: TemplateDocument): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex');
}

/** Two who save the same template take turns. */
export async function lockTemplate(ctx: WriteContext, id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`pipeline-template/${ctx.actor.orgId}/${id}`}, 0))`.execute(
    ctx.db,
  );
}

/** Keeps a content and has a tag name it. Answers whether anything changed. */
export async function storeTemplate(ctx: WriteContext, document: TemplateDocument, tag: string): Promise<boolean> {
  const { orgId } = ctx.actor;
  const digest = digestOf(document);
  await sql`
    insert into pipeline_template (org_id, id, digest, document, saved_at, saved_by)
    values (${orgId}, ${document.id}, ${digest}, ${JSON.stringify(document)}::json, ${ctx.now}, ${ctx.actor.id})
    on conflict do nothing`.execute(ctx.db);
  const tagged = await sql`
    insert into pipeline_template_tag (org_id, id, tag, digest, updated_at, updated_by)
    values (${orgId}, ${document.id}, ${tag}, ${digest}, ${ctx.now}, ${ctx.actor.id})
    on conflict (org_id, id, tag) do update set digest = excluded.digest, updated_at = excluded.updated_at,
      updated_by = excluded.updated_by where pipeline_template_tag.digest <> excluded.digest
    returning tag`.execute(ctx.db);
  return tagged.rows.length > 0;
}

/** All of it, or one tag, or one content with the tags that name it. Answers whether there was anything. */
export async function removeTemplate(
  ctx: WriteContext,
  { id, tag, digest }: { readonly id: string; readonly tag: string | null; readonly digest: string | null },
): Promise<boolean> {
  const { orgId } = ctx.actor;
  const removed =
    tag === null
      ? await sql`delete from pipeline_template where org_id = ${orgId} and id = ${id}
          ${digest === null ? sql`` : sql`and digest = ${digest}`} returning id`.execute(ctx.db)
      : await sql`delete from pipeline_template_tag where org_id = ${orgId} and id = ${id} and tag = ${tag}
          returning id`.execute(ctx.db);
  return removed.rows.length > 0;
}
