import { type ExecutionRow, stageConfig, type StageRow, type WholeExecution } from './execution.ts';

/** An execution for our own pages: its graph, where each stage stands, and what it waits for. */
export function toWireExecution({ execution, stages }: WholeExecution): Record<string, unknown> {
  const { document } = execution;
  return {
    id: execution.id,
    application: execution.application,
    pipeline: { id: execution.pipeline, name: execution.name, version: execution.pipeline_version },
    number: execution.number,
    status: execution.status,
    trigger: execution.trigger,
    startedBy: execution.authentication.user,
    parameters: execution.trigger.parameters,
    pinned: (document.parameterConfig ?? []).filter(({ pinned }) => pinned === true).map(({ name }) => name),
    cancellation: execution.cancellation,
    pause: execution.pause,
    parent:
      execution.parent_execution === null
        ? null
        : { execution: execution.parent_execution, stage: execution.parent_stage },
    awaitingJudgment: isAwaiting(stages),
    description: document.description ?? null,
    stages: stages.map((stage) => toWireStage(execution, stage)),
    version: execution.version,
    createdAt: execution.created_at,
    startedAt: execution.started_at,
    endedAt: execution.ended_at,
    updatedAt: execution.updated_at,
  };
}

/** Without what stages hold: for lists. */
export function toWireExecutionItem(whole: WholeExecution): Record<string, unknown> {
  const { payload: _payload, before: _before, after: _after, ...trigger } = whole.execution.trigger;
  return {
    ...toWireExecution(whole),
    trigger,
    stages: whole.stages.map(({ id, ref_id, name, type, status, attempt, started_at, ended_at }) => ({
      id,
      refId: ref_id,
      name,
      type,
      status,
      attempt,
      startedAt: started_at,
      endedAt: ended_at,
    })),
  };
}

function toWireStage(execution: ExecutionRow, stage: StageRow): Record<string, unknown> {
  const config = stageConfig(execution, stage.ref_id);
  return {
    id: stage.id,
    refId: stage.ref_id,
    requisiteStageRefIds: config.requisiteStageRefIds,
    name: stage.name,
    type: stage.type,
    status: stage.status,
    attempt: stage.attempt,
    config,
    context: stage.context,
    outputs: stage.outputs,
    waitsFor: stage.wait,
    error: errorOf(stage),
    lastModified: stage.last_modified,
    startedAt: stage.started_at,
    endedAt: stage.ended_at,
  };
}

export function isAwaiting(stages: readonly StageRow[]): boolean {
  return stages.some((stage) => stage.status === 'RUNNING' && stage.wait?.for === 'approval');
}

function errorOf(stage: StageRow): string | null {
  const exception = stage.context['exception'] as { readonly details?: { readonly error?: string } } | undefined;
  return exception?.details?.error ?? null;
}
