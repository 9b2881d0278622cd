import type { PipelineDocument } from '../pipeline.ts';

export type VariableType = 'string' | 'int' | 'float' | 'boolean' | 'list' | 'object';

/** What a pipeline made from a template has to say, or may. */
export interface TemplateVariable {
  readonly name: string;
  readonly type: VariableType;
  readonly description?: string;
  /** Without one the pipeline has to give a value. */
  readonly defaultValue?: unknown;
}

/** A template as it is written down: Spinnaker's document of the second schema. */
export interface TemplateDocument {
  readonly schema: 'v2';
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Its stages cannot be added to. */
  readonly protect?: boolean;
  readonly variables: readonly TemplateVariable[];
  readonly pipeline: Readonly<Record<string, unknown>>;
  /** Fields of other clients are kept as they are. */
  readonly [key: string]: unknown;
}

export interface TemplateRow {
  readonly org_id: string;
  readonly id: string;
  /** Of its content; the same content has the same one. */
  readonly digest: string;
  readonly document: TemplateDocument;
  readonly saved_at: Date;
  readonly saved_by: string;
  /** Null for a content that nothing names any more. */
  readonly tag: string | null;
}

/** Which content of a template is meant. */
export interface TemplateReference {
  readonly id: string;
  readonly tag: string;
  readonly digest: string | null;
}

/** A pipeline that is made from a template, as its author wrote it. */
export type TemplatedConfig = Readonly<Record<string, unknown>> & {
  readonly application: string;
  readonly name: string;
};

export const templatedType = 'templatedPipeline';
export const usualTag = 'latest';

export function isTemplated(document: Readonly<Record<string, unknown>>): boolean {
  return document['type'] === templatedType;
}

/** What the author of a pipeline wrote, where a template made its stages. */
export function writtenDocument(document: PipelineDocument): Readonly<Record<string, unknown>> {
  const written = document['templatedFrom'];
  if (!isTemplated(document) || typeof written !== 'object' || written === null) return document;
  return { ...written, application: document.application, name: document.name };
}

/** Fields of a pipeline that come from its template and from its author. */
export const madeKeys: ReadonlySet<string> = new Set(['stages', 'parameterConfig', 'triggers', 'notifications']);

export function toGateTemplate({ document, digest, tag, saved_at, saved_by }: TemplateRow): Record<string, unknown> {
  return {
    ...document,
    digest,
    ...(tag === null ? {} : { tag }),
    updateTs: String(saved_at.getTime()),
    lastModifiedBy: saved_by,
  };
}
