/** Pipelines and their executions as they cross the wire; what the pages read of them. */
export type StageStatus =
  | 'NOT_STARTED'
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'SKIPPED'
  | 'FAILED_CONTINUE'
  | 'TERMINAL'
  | 'STOPPED'
  | 'CANCELED';
export type ExecutionStatus = 'NOT_STARTED' | 'RUNNING' | 'PAUSED' | 'SUCCEEDED' | 'TERMINAL' | 'CANCELED';

export type Fields = Readonly<Record<string, unknown>>;

/** A stage as it is written down. Other clients have more keys, which are kept. */
export interface StageConfig extends Fields {
  readonly refId: string;
  readonly requisiteStageRefIds: readonly string[];
  readonly type: string;
  readonly name: string;
}

export interface Parameter extends Fields {
  readonly name: string;
  readonly label?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: boolean;
  readonly hasOptions?: boolean;
  readonly options?: readonly { readonly value: string }[];
  readonly constraint?: string | null;
  readonly pinned?: boolean;
  readonly condition?: ParameterCondition;
}

/** A parameter is asked for only while another one has a value that fits. */
export interface ParameterCondition {
  readonly parameter: string;
  readonly comparator: string;
  readonly comparatorValue: string;
}

export interface PipelineDocument extends Fields {
  readonly application: string;
  readonly name: string;
  readonly description?: string;
  readonly parameterConfig?: readonly Parameter[];
  readonly triggers?: readonly Fields[];
  readonly notifications?: readonly Fields[];
  readonly stages: readonly StageConfig[];
}

export interface Pipeline {
  readonly id: string;
  readonly application: string;
  readonly name: string;
  readonly document: PipelineDocument;
  readonly disabled: boolean;
  readonly stageCount: number;
  /** Whether the reader may change it; the answer to a change does not say so anew. */
  readonly writable?: boolean;
  readonly version: number;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

/** Teams or roles by what they may do with an application. */
export type Rights = Readonly<Partial<Record<'READ' | 'EXECUTE' | 'WRITE', readonly string[]>>>;

export interface Application {
  readonly name: string;
  readonly description?: string;
  readonly email?: string;
  readonly notifications?: readonly Fields[];
  /** Nobody is restricted without. */
  readonly permissions?: Rights | null;
  /** Whether the reader may change it. */
  readonly writable?: boolean;
  readonly pipelines: number;
}

export interface Revision {
  readonly version: number;
  readonly document: PipelineDocument;
  readonly savedAt: string;
  readonly savedBy: string;
}

export interface StageItem {
  readonly id: string;
  readonly refId: string;
  readonly name: string;
  readonly type: string;
  readonly status: StageStatus;
  readonly attempt: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface Stage extends StageItem {
  readonly requisiteStageRefIds: readonly string[];
  readonly config: StageConfig;
  readonly context: Fields;
  readonly outputs: Fields;
  readonly waitsFor: { readonly for: string; readonly until?: string; readonly id?: string } | null;
  readonly error: string | null;
  /** Who last changed it by hand, and when, in milliseconds. */
  readonly lastModified?: { readonly user: string; readonly lastModifiedTime: number } | null;
}

export interface ExecutionItem {
  readonly id: string;
  readonly application: string;
  readonly pipeline: { readonly id: string; readonly name: string; readonly version: number };
  readonly number: number;
  readonly status: ExecutionStatus;
  readonly trigger: { readonly type: string; readonly user: string };
  readonly startedBy: string;
  readonly awaitingJudgment: boolean;
  readonly parameters: Fields;
  /** Names of the parameters to show wherever the execution is shown. */
  readonly pinned?: readonly string[];
  readonly stages: readonly StageItem[];
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly updatedAt: string;
}

export interface Execution extends Omit<ExecutionItem, 'stages'> {
  readonly pause?: { readonly by: string } | null;
  readonly cancellation: { readonly by: string; readonly reason: string | null } | null;
  readonly parent: { readonly execution: string; readonly stage: string } | null;
  readonly description: string | null;
  readonly stages: readonly Stage[];
  readonly version: number;
}

/** What keeps a pipeline from being saved. */
export interface PipelineProblem {
  readonly path: string;
  readonly refId: string | null;
  readonly message: string;
}

export const isEnded = (status: ExecutionStatus): boolean =>
  status === 'SUCCEEDED' || status === 'TERMINAL' || status === 'CANCELED';
