import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { identifierTaken, notFound, problem } from '#platform/problem.ts';
import type { PipelineDocument } from '../pipeline.ts';
import { assertVersion, lockPipeline, updatePipeline } from '../pipeline-store.ts';
import type { TemplateDocument, TemplateRow } from './template.ts';
import { dependentsOf, findTemplate } from './template-queries.ts';
import { lockTemplate, removeTemplate, storeTemplate } from './template-store.ts';

/** A pipeline as the template now makes it, and the version that it was made from. */
export interface RemadePipeline {
  readonly id: string;
  readonly version: number;
  readonly document: PipelineDocument;
}

export interface SaveTemplate {
  /** Already checked. */
  readonly document: TemplateDocument;
  readonly tag: string;
  /** A new one may not be there; an update has to. */
  readonly isNew: boolean;
  readonly remade: readonly RemadePipeline[];
}

maybeSilent(saveTemplate);

/** Saves a template together with every pipeline that is made from it. */
export async function saveTemplate(ctx: WriteContext, input: SaveTemplate): Promise<void> {
  authorize(ctx.actor, 'pipeline.write');
  const { document, tag, isNew, remade } = input;
  const { id } = document;
  await lockTemplate(ctx, id);
  const before = await findTemplate(ctx.db, ctx.actor.orgId, { id, tag, digest: null });
  if (isNew && before !== null) {
    throw identifierTaken(`Pipeline template "${id}" with the tag ${tag} already exists.`, {
      resource: 'pipelineTemplate',
      byField: 'id',
      withValue: id,
    });
  }
  if (!isNew && before === null) throw notFound('pipelineTemplate', id, { tag });
  const changed = await storeTemplate(ctx, document, tag);
  if (changed) emitTemplate(ctx, before, document);
  for (const each of remade.toSorted((left, right) => (left.id < right.id ? -1 : 1))) {
    const row = await lockPipeline(ctx, each.id);
    if (row === null) continue;
    assertVersion(`Pipeline "${row.name}"`, row.version, each.version);
    await updatePipeline(ctx, row, { document: each.document });
  }
}

/** Refused while pipelines are made from it. */
export async function deleteTemplate(
  ctx: WriteContext,
  input: { readonly id: string; readonly tag: string | null; readonly digest: string | null },
): Promise<void> {
  authorize(ctx.actor, 'pipeline.write');
  await lockTemplate(ctx, input.id);
  const dependents = await dependentsOf(ctx.db, ctx.actor.orgId, input.id);
  if (dependents.length > 0) {
    const names = dependents.map(({ application, name }) => `${application}: ${name}`);
    const message = `Pipelines are made from "${input.id}": ${names.slice(0, 5).join('; ')}. Change them first.`;
    throw problem('conflict', 'template_in_use', message, { pipelines: names.slice(0, 100) });
  }
  if (!(await removeTemplate(ctx, input))) throw notFound('pipelineTemplate', input.id);
  ctx.emit({
    kind: 'pipeline-template.deleted',
    resource: 'pipelineTemplate',
    action: 'DELETE',
    subject: `pipeline-template:${input.id}`,
    context: { template: input.id },
    before: { ...input },
    after: null,
  });
}

function emitTemplate(ctx: WriteContext, before: TemplateRow | null, after: TemplateDocument): void {
  ctx.emit({
    kind: before === null ? 'pipeline-template.created' : 'pipeline-template.updated',
    resource: 'pipelineTemplate',
    action: before === null ? 'CREATE' : 'UPDATE',
    subject: `pipeline-template:${after.id}`,
    context: { template: after.id },
    before: before === null ? null : { ...before.document },
    after: { ...after },
  });
}
