import type { ExecutionStatus, StageNode, StageStatus } from './execution-rules.ts';
import type { PipelineDocument, StageConfig } from './pipeline.ts';

/** What a running stage waits for. Nothing is held in memory: whoever finds the row knows what has to happen. */
export type Wait = (
  | { readonly for: 'time' | 'window'; readonly until: string }
  | { readonly for: 'approval' | 'run' | 'execution'; readonly id: string }
  /** A job that calls somebody and reports; `turn` tells the job that is next from those that had theirs. */
  | { readonly for: 'call' | 'message'; readonly turn?: number }
) & {
  /** The stage fails when this instant passes first. */
  readonly timeoutAt?: string;
};

export interface StageRow {
  readonly org_id: string;
  readonly execution: string;
  readonly ref_id: string;
  readonly id: string;
  readonly position: number;
  readonly name: string;
  readonly type: string;
  readonly status: StageStatus;
  /** Grows with each restart; whatever was asked for an earlier one is void. */
  readonly attempt: number;
  readonly context: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly wait: Wait | null;
  readonly sealed: string | null;
  readonly last_modified: Readonly<Record<string, unknown>> | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
}

export interface TriggerFacts {
  readonly type: string;
  readonly user: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** Who stages act as. */
export interface ExecutionAuthentication {
  readonly kind: 'user' | 'credential' | 'system';
  readonly id: string;
  /** For people to read. */
  readonly user: string;
}

export interface Cancellation {
  readonly by: string;
  readonly reason: string | null;
  readonly at: string;
}

export interface Pause {
  readonly pausedBy: string;
  readonly pauseTime: number;
  readonly resumedBy?: string;
  readonly resumeTime?: number;
  readonly pausedMs?: number;
}

export interface ExecutionRow {
  readonly org_id: string;
  readonly id: string;
  readonly pipeline: string;
  readonly application: string;
  readonly name: string;
  readonly number: number;
  readonly pipeline_version: number;
  readonly status: ExecutionStatus;
  readonly document: PipelineDocument;
  readonly trigger: TriggerFacts;
  readonly authentication: ExecutionAuthentication;
  readonly parent_execution: string | null;
  readonly parent_stage: string | null;
  readonly depth: number;
  readonly correlation: string | null;
  readonly cancellation: Cancellation | null;
  readonly pause: Pause | null;
  readonly version: number;
  readonly due_at: Date | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly updated_at: Date;
}

export interface WholeExecution {
  readonly execution: ExecutionRow;
  /** In the order of the document. */
  readonly stages: readonly StageRow[];
}

export function stageNodes(document: PipelineDocument): readonly StageNode[] {
  return document.stages.map((stage) => ({
    refId: stage.refId,
    requisites: stage.requisiteStageRefIds,
    failsAtEnd: stage['completeOtherBranchesThenFail'] === true,
  }));
}

export function stageConfig(execution: Pick<ExecutionRow, 'document' | 'id'>, refId: string): StageConfig {
  const config = execution.document.stages.find((stage) => stage.refId === refId);
  if (config === undefined) throw new Error(`Execution ${execution.id} has no stage ${refId}`);
  return config;
}

/** When time alone lets the execution go on: the first deadline of what runs. */
export function nextDue(stages: readonly StageRow[]): Date | null {
  const instants = stages.flatMap(({ status, wait }) =>
    status !== 'RUNNING' || wait === null
      ? []
      : [...('until' in wait ? [wait.until] : []), ...(wait.timeoutAt === undefined ? [] : [wait.timeoutAt])],
  );
  return instants.length === 0 ? null : new Date(Math.min(...instants.map((instant) => Date.parse(instant))));
}

/** An execution in the event log: what readers need to go on with, without contexts and contents. */
export function executionDocument({ execution, stages }: WholeExecution): Record<string, unknown> {
  return {
    id: execution.id,
    application: execution.application,
    pipeline: execution.pipeline,
    name: execution.name,
    number: execution.number,
    status: execution.status,
    trigger: { type: execution.trigger.type, user: execution.trigger.user },
    parentExecution: execution.parent_execution,
    cancellation: execution.cancellation,
    createdAt: execution.created_at,
    startedAt: execution.started_at,
    endedAt: execution.ended_at,
    dueAt: execution.due_at,
    notifies: (execution.document.notifications ?? []).length > 0,
    stages: Object.fromEntries(
      stages.map((stage) => [
        stage.ref_id,
        {
          id: stage.id,
          name: stage.name,
          type: stage.type,
          status: stage.status,
          attempt: stage.attempt,
          waitsFor: stage.wait?.for ?? null,
          notifies: stageConfig(execution, stage.ref_id)['sendNotifications'] === true,
        },
      ]),
    ),
  };
}

export function executionContext(execution: ExecutionRow): Record<string, unknown> & { readonly execution: string } {
  return {
    execution: execution.id,
    pipeline: execution.pipeline,
    application: execution.application,
    ...(execution.parent_execution === null ? {} : { parentExecution: execution.parent_execution }),
  };
}
