import { sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { notFound } from '#platform/problem.ts';
import type { PipelineRow } from '../pipeline.ts';
import type { TemplateReference, TemplateRow } from './template.ts';

const mostTemplates = 1_000;

export interface TemplateFilter {
  /** One of them is among the template's scopes. */
  readonly scopes: readonly string[];
  /** Also what no tag names any more. */
  readonly untagged: boolean;
}

/** What is named by tags, one row for each; templates are seen by everybody. */
export async function templatesOf(db: Db, actor: Actor, filter: TemplateFilter): Promise<readonly TemplateRow[]> {
  const scoped =
    filter.scopes.length === 0
      ? sql``
      : sql`and template.document::jsonb #> '{metadata,scopes}' ?| ${filter.scopes as string[]}::text[]`;
  const found = await sql<TemplateRow>`
    select template.*, named.tag from pipeline_template template
    ${filter.untagged ? sql`left` : sql``} join pipeline_template_tag named on named.org_id = template.org_id
      and named.id = template.id and named.digest = template.digest
    where template.org_id = ${actor.orgId} ${scoped}
    order by template.id, template.saved_at desc, named.tag limit ${mostTemplates}`.execute(db);
  return found.rows;
}

export async function findTemplate(
  db: Db | Tx,
  orgId: string,
  { id, tag, digest }: TemplateReference,
): Promise<TemplateRow | null> {
  const found =
    digest === null
      ? await sql<TemplateRow>`
          select template.*, named.tag from pipeline_template_tag named join pipeline_template template
            on template.org_id = named.org_id and template.id = named.id and template.digest = named.digest
          where named.org_id = ${orgId} and named.id = ${id} and named.tag = ${tag}`.execute(db)
      : await sql<TemplateRow>`
          select template.*, null as tag from pipeline_template template
          where org_id = ${orgId} and id = ${id} and digest = ${digest}`.execute(db);
  return found.rows[0] ?? null;
}

export async function getTemplate(db: Db, actor: Actor, reference: TemplateReference): Promise<TemplateRow> {
  const row = await findTemplate(db, actor.orgId, reference);
  if (row !== null) return row;
  const { id, tag, digest } = reference;
  throw notFound('pipelineTemplate', id, digest === null ? { tag } : { digest });
}

/** Pipelines that are made from it, whatever tag they name. */
export async function dependentsOf(db: Db | Tx, orgId: string, id: string): Promise<readonly PipelineRow[]> {
  const found = await sql<PipelineRow>`
    select * from pipeline where org_id = ${orgId} and template = ${id} order by id`.execute(db);
  return found.rows;
}
