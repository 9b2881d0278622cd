import { writtenDocument } from './templates/template.ts';

/** A pipeline as it is written down: Spinnaker's document, with expressions in jq between double braces. */
export interface PipelineDocument {
  readonly application: string;
  readonly name: string;
  readonly description?: string;
  readonly disabled?: boolean;
  /** At most one execution at a time. */
  readonly limitConcurrent?: boolean;
  /** At most so many at a time, when `limitConcurrent` is not set; 0 means any number. */
  readonly maxConcurrentExecutions?: number;
  /** Waiting executions take their turn in order; otherwise the newest goes and the others are cancelled. */
  readonly keepWaitingPipelines?: boolean;
  /** Roles or teams that may start it; everybody who may start pipelines when empty. */
  readonly roles?: readonly string[];
  readonly parameterConfig?: readonly ParameterConfig[];
  readonly triggers?: readonly TriggerConfig[];
  readonly notifications?: readonly NotificationConfig[];
  readonly stages: readonly StageConfig[];
  /** Fields of other clients are kept as they are. */
  readonly [key: string]: unknown;
}

export interface ParameterConfig {
  readonly name: string;
  readonly label?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: boolean;
  readonly pinned?: boolean;
  readonly hasOptions?: boolean;
  readonly options?: readonly { readonly value: string }[];
  /** `date` alone has a meaning. */
  readonly constraint?: string | null;
  readonly condition?: { readonly parameter: string; readonly comparator: string; readonly comparatorValue: string };
}

export interface TriggerConfig {
  readonly id?: string;
  readonly type: string;
  readonly enabled?: boolean;
  readonly [key: string]: unknown;
}

export interface NotificationConfig {
  readonly type: string;
  readonly address?: string;
  readonly level?: string;
  readonly when?: readonly string[];
  readonly message?: Readonly<Record<string, { readonly text?: string }>>;
  readonly [key: string]: unknown;
}

export interface StageConfig {
  readonly refId: string;
  readonly requisiteStageRefIds: readonly string[];
  readonly type: string;
  readonly name: string;
  readonly [key: string]: unknown;
}

export interface PipelineRow {
  readonly org_id: string;
  readonly id: string;
  readonly application: string;
  readonly name: string;
  readonly position: number;
  readonly document: PipelineDocument;
  readonly version: number;
  readonly last_number: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
  readonly updated_by: string;
}

export interface ApplicationRow {
  readonly org_id: string;
  readonly name: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
  readonly updated_by: string;
}

/** The document as other clients read it: with what only the server knows. */
export function toGatePipeline(row: PipelineRow): Record<string, unknown> {
  return {
    ...writtenDocument(row.document),
    id: row.id,
    application: row.application,
    name: row.name,
    index: row.position,
    lastModifiedBy: row.updated_by,
    updateTs: String(row.updated_at.getTime()),
  };
}

export function toWirePipeline(row: PipelineRow & { readonly writable?: boolean }): Record<string, unknown> {
  return {
    ...(row.writable === undefined ? {} : { writable: row.writable }),
    id: row.id,
    application: row.application,
    name: row.name,
    position: row.position,
    document: row.document,
    disabled: row.document.disabled === true,
    stageCount: row.document.stages.length,
    version: row.version,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}

export function toWireApplication(row: ApplicationRow): Record<string, unknown> {
  return {
    ...row.document,
    name: row.name,
    version: row.version,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}

/** What a failing stage does to the rest: order matters, as in the documents of others. */
export function failureStatus(stage: StageConfig): 'TERMINAL' | 'STOPPED' | 'FAILED_CONTINUE' {
  if (stage['continuePipeline'] === true) return 'FAILED_CONTINUE';
  const failPipeline = stage['failPipeline'];
  return failPipeline === undefined || failPipeline === null || failPipeline === true ? 'TERMINAL' : 'STOPPED';
}
