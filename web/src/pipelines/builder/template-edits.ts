import type { Fields, PipelineDocument } from '../wire.ts';

export interface TemplateReference {
  /** As it is shown. */
  readonly name: string;
  readonly id: string;
  readonly tag: string;
}

/** Which template makes the document; null where none does. */
export function referenceOf(document: PipelineDocument): TemplateReference | null {
  if (document['type'] !== 'templatedPipeline') return null;
  const { reference } = (document['template'] ?? {}) as Fields;
  if (typeof reference !== 'string') return null;
  const name = reference.replace(/^[a-z]+:\/\//i, '');
  const [id = '', tag = 'latest'] = name.split('@')[0]?.split(':') ?? [];
  return { name, id, tag };
}

const ofTemplate: ReadonlySet<string> = new Set([
  'schema',
  'type',
  'template',
  'templatedFrom',
  'templateValues',
  'variables',
  'exclude',
]);

/** The same pipeline, from now on its own. */
export const detached = (document: PipelineDocument): PipelineDocument =>
  Object.fromEntries(Object.entries(document).filter(([key]) => !ofTemplate.has(key))) as PipelineDocument;

/** What a template makes beside stages, unless it was edited since it was stored. */
const lists = ['parameterConfig', 'triggers', 'notifications'] as const;

/** The document with what the template makes of other values. */
export function withPlanned(
  document: PipelineDocument,
  planned: PipelineDocument,
  stored: PipelineDocument | undefined,
  variables: Fields,
): PipelineDocument {
  const unedited = lists.filter((key) => JSON.stringify(document[key]) === JSON.stringify(stored?.[key]));
  return {
    ...document,
    ...Object.fromEntries(unedited.flatMap((key) => (key in planned ? [[key, planned[key]]] : []))),
    stages: planned.stages,
    templateValues: planned['templateValues'],
    variables,
  };
}
