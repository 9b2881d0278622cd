import type { Reply } from '#platform/http/route.ts';
import { type ExecutionRow, stageConfig, type StageRow, type WholeExecution } from './execution.ts';

const controlKeys: ReadonlySet<string> = new Set(['refId', 'requisiteStageRefIds', 'type', 'name', 'startTimeExpiry']);

/** An execution as Gate's clients read it. Without `expand` the insides of its stages are left out. */
export function toGateExecution({ execution, stages }: WholeExecution, expand = true): Record<string, unknown> {
  const { document, cancellation } = execution;
  return {
    type: 'PIPELINE',
    id: execution.id,
    rootId: execution.parent_execution ?? execution.id,
    application: execution.application,
    name: execution.name,
    pipelineConfigId: execution.pipeline,
    buildNumber: execution.number,
    buildTime: execution.created_at.getTime(),
    startTime: time(execution.started_at),
    endTime: time(execution.ended_at),
    startTimeExpiry: null,
    status: execution.status,
    canceled: execution.status === 'CANCELED',
    canceledBy: cancellation?.by ?? null,
    cancellationReason: cancellation?.reason ?? null,
    limitConcurrent: document.limitConcurrent === true,
    maxConcurrentExecutions: document.maxConcurrentExecutions ?? 0,
    keepWaitingPipelines: document.keepWaitingPipelines === true,
    origin: 'api',
    spelEvaluator: 'v4',
    authentication: { user: execution.authentication.user, allowedAccounts: [] },
    paused: execution.pause,
    partition: null,
    source: null,
    templateVariables: document['templateValues'] ?? null,
    initialConfig: {},
    systemNotifications: [],
    description: document.description ?? null,
    notifications: document.notifications ?? [],
    trigger: {
      correlationId: execution.correlation,
      artifacts: [],
      notifications: [],
      rebake: false,
      dryRun: false,
      strategy: false,
      resolvedExpectedArtifacts: [],
      ...execution.trigger,
      executionId: execution.id,
    },
    stages: stages.map((stage) => toGateStage(execution, stage, expand)),
  };
}

function toGateStage(execution: ExecutionRow, stage: StageRow, expand: boolean): Record<string, unknown> {
  const config = stageConfig(execution, stage.ref_id);
  const fields = Object.fromEntries(Object.entries(config).filter(([key]) => !controlKeys.has(key)));
  return {
    id: stage.id,
    refId: stage.ref_id,
    type: stage.type,
    name: stage.name,
    requisiteStageRefIds: config.requisiteStageRefIds,
    status: stage.status,
    startTime: time(stage.started_at),
    endTime: time(stage.ended_at),
    scheduledTime: null,
    startTimeExpiry: config['startTimeExpiry'] ?? null,
    parentStageId: null,
    syntheticStageOwner: null,
    lastModified: stage.last_modified,
    outputs: expand ? stage.outputs : {},
    context: expand ? { ...fields, ...stage.context } : groupOf(fields),
    tasks: expand ? [taskOf(stage)] : [],
  };
}

function groupOf(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return fields['group'] === undefined ? {} : { group: fields['group'] };
}

/** Stages are one step here; others look for what it is called. */
const taskNames: Readonly<Record<string, string>> = { manualJudgment: 'waitForJudgment', wait: 'wait' };

function taskOf(stage: StageRow): Record<string, unknown> {
  return {
    id: '1',
    name: taskNames[stage.type] ?? stage.type,
    implementingClass: `quayside.${stage.type}`,
    status: stage.status,
    startTime: time(stage.started_at),
    endTime: time(stage.ended_at),
    stageStart: true,
    stageEnd: true,
    loopStart: false,
    loopEnd: false,
    taskExceptionDetails: {},
  };
}

function time(date: Date | null): number | null {
  return date === null ? null : date.getTime();
}

/** Gate's clients read what they asked for, without an envelope. */
export function plain(body: object, status = 200): Reply {
  return { status, body };
}
