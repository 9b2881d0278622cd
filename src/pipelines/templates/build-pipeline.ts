import { Value } from 'typebox/value';
import type { Static } from 'typebox';
import type { Db } from '#platform/db/handles.ts';
import { isJsonObject, jsonEqual } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import { checkedDocument, type PipelineRouteParts } from '../check-document.ts';
import { pipelineBody } from '../contract.ts';
import { readDocument } from '../document-rules.ts';
import { importPipeline } from '../import-pipeline.ts';
import type { PipelineDocument, PipelineRow } from '../pipeline.ts';
import { resolveTemplate } from './resolve-template.ts';
import {
  isTemplated,
  madeKeys,
  type TemplateDocument,
  type TemplatedConfig,
  type TemplateRow,
  writtenDocument,
} from './template.ts';
import { dependentsOf, findTemplate } from './template-queries.ts';
import type { RemadePipeline } from './save-template.ts';
import { readReference } from './template-rules.ts';

type Given = Static<typeof pipelineBody> & Readonly<Record<string, unknown>>;

/** A document as it is kept, with what its template makes of it where it has one; nothing is checked yet. */
export async function madeDocument(
  { db, kinds }: Pick<PipelineRouteParts, 'db' | 'kinds'>,
  orgId: string,
  given: Given,
): Promise<PipelineDocument> {
  if (!isTemplated(given)) return readDocument(given);
  const { document: template } = await templateOf(db, orgId, given);
  if (!isJsonObject(given['templatedFrom'])) return makeDocument(template, given as TemplatedConfig, kinds);
  const made = makeDocument(template, editedConfig(template, given, kinds), kinds);
  // Stages that are sent back have to be the template's: an edit of them would be lost without a word.
  if (!jsonEqual(made.stages, readDocument(given).stages)) {
    const message =
      'A template makes the stages of this pipeline. Change its variables, or detach it from the template.';
    throw problem('conflict', 'pipeline_templated', message, { field: 'stages' });
  }
  return made;
}

const ownLists = ['parameterConfig', 'triggers', 'notifications'] as const;

/** What the author says after an edit of the pipeline that was made: whatever differs from what the template gives. */
function editedConfig(template: TemplateDocument, given: Given, kinds: PipelineRouteParts['kinds']): TemplatedConfig {
  const { templatedFrom, templateValues: _values, ...sent } = given;
  const written = templatedFrom as Readonly<Record<string, unknown>>;
  const own = { ...written, application: given.application, name: given.name, template: given['template'] };
  const variables = sent['variables'] ?? {};
  const lists = Object.fromEntries(ownLists.map((key) => [key, []]));
  const bare = makeDocument(template, { ...own, variables, ...lists }, kinds);
  const edited = Object.entries(sent).flatMap(([key, value]): (readonly [string, unknown])[] => {
    if (key === 'stages' || key === 'id' || value === null) return [];
    if (!madeKeys.has(key)) return jsonEqual(value, bare[key]) && !(key in written) ? [] : [[key, value]];
    const inherited = Array.isArray(bare[key]) ? (bare[key] as unknown[]) : [];
    const left = (value as readonly unknown[]).filter((each) => !inherited.some((other) => jsonEqual(other, each)));
    return left.length === 0 ? [] : [[key, left]];
  });
  const kept = 'stages' in written ? { stages: written['stages'] } : {};
  return { ...Object.fromEntries(edited), ...kept, application: given.application, name: given.name };
}

async function templateOf(db: Db, orgId: string, given: Given): Promise<TemplateRow> {
  const reference = readReference(given['template']);
  if (reference === null) {
    const message = 'template.reference names a template: spinnaker://<id>, with :<tag> or @sha256:<digest>.';
    throw problem('invalid', 'invalid_pipeline', message, { field: 'template.reference' });
  }
  const template = await findTemplate(db, orgId, reference);
  if (template !== null) return template;
  const message = `There is no pipeline template "${reference.id}" with the tag ${reference.tag}.`;
  throw problem('invalid', 'invalid_pipeline', message, { field: 'template.reference' });
}

/** Expressions of another engine are translated once variables stand in their places. */
export function makeDocument(
  template: TemplateDocument,
  config: TemplatedConfig,
  kinds: PipelineRouteParts['kinds'],
): PipelineDocument {
  const made = resolveTemplate(template, config);
  if (!Value.Check(pipelineBody, made)) {
    throw problem('invalid', 'invalid_pipeline', 'What the template makes is no pipeline.', { field: 'template' });
  }
  return importPipeline(readDocument(made), new Set(kinds.keys())).document;
}

/** Every pipeline that follows this tag as the template would make it now; one that does not fit refuses the template. */
export async function remakeDependents(
  parts: PipelineRouteParts,
  orgId: string,
  { template, tag }: { readonly template: TemplateDocument; readonly tag: string },
): Promise<readonly RemadePipeline[]> {
  const remade: RemadePipeline[] = [];
  for (const row of await dependentsOf(parts.db, orgId, template.id)) {
    const reference = readReference(row.document['template']);
    if (reference === null || reference.digest !== null || reference.tag !== tag) continue;
    const document = await remadeDocument(parts, template, row);
    if (!jsonEqual(document, row.document)) remade.push({ id: row.id, version: row.version, document });
  }
  return remade;
}

async function remadeDocument(
  parts: PipelineRouteParts,
  template: TemplateDocument,
  { org_id, application, name, document }: PipelineRow,
): Promise<PipelineDocument> {
  try {
    return await checkedDocument(
      parts,
      org_id,
      makeDocument(template, writtenDocument(document) as TemplatedConfig, parts.kinds),
    );
  } catch (error) {
    const told = error instanceof Error ? error.message : '';
    throw problem('invalid', 'template_breaks_pipeline', `Pipeline "${name}" of ${application}: ${told}`, {
      application,
      pipeline: name,
    });
  }
}
