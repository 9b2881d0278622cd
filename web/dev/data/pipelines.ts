import type { Execution, ExecutionStatus, Pipeline, PipelineDocument, StageStatus } from '../../src/pipelines/wire.ts';

const stage = (
  refId: string,
  requisiteStageRefIds: readonly string[],
  type: string,
  name: string,
  more: object = {},
) => ({
  refId,
  requisiteStageRefIds,
  type,
  name,
  ...more,
});

const document: PipelineDocument = {
  application: 'checkout',
  name: 'Deploy to production',
  description: 'Checks, a decision by people, then the rollout.',
  parameterConfig: [
    { name: 'version', label: 'Version', required: true, pinned: true, default: '1.4.2' },
    { name: 'region', hasOptions: true, options: [{ value: 'eu-west-1' }, { value: 'us-east-1' }] },
  ],
  triggers: [
    { id: 'nightly', type: 'cron', enabled: true, cronExpression: '0 0 9 ? * MON-FRI' },
    { id: 'changed', type: 'catalog', enabled: false, blueprint: 'service', on: ['updated'] },
  ],
  notifications: [{ type: 'slack', address: '#deployments', when: ['pipeline.failed'], level: 'pipeline' }],
  stages: [
    stage('1', [], 'checkPreconditions', 'Version is given', {
      preconditions: [{ type: 'expression', context: { expression: '.parameters.version != ""' } }],
    }),
    stage('2', ['1'], 'wait', 'Soak in staging', {
      waitTime: 30,
      restrictExecutionDuringTimeWindow: true,
      restrictedExecutionWindow: {
        days: [2, 3, 4, 5, 6],
        whitelist: [{ startHour: 9, startMin: 0, endHour: 17, endMin: 30 }],
        timeZone: 'Europe/Berlin',
      },
      stageEnabled: { type: 'expression', expression: '.parameters.version != ""' },
    }),
    stage('3', ['1'], 'runAction', 'Report health', {
      action: 'report_health',
      properties: { healthStatus: 'Healthy' },
    }),
    stage('4', ['2', '3'], 'manualJudgment', 'Approve the rollout', {
      instructions: 'Look at the **dashboard** first.',
      judgmentInputs: [{ value: 'Canary' }, { value: 'Everywhere' }],
      notifications: [{ type: 'slack', address: '#deployments', when: ['manualJudgment'] }],
    }),
    stage('5', ['4'], 'slackMessage', 'Tell everybody', { channel: '#deployments', message: 'Rolled out.' }),
  ],
};

const at = (minutes: number): string => new Date(Date.UTC(2026, 4, 4, 10, minutes)).toISOString();

export const pipelines: readonly Pipeline[] = [
  {
    id: 'pipeline_deploy',
    application: 'checkout',
    name: document.name,
    document,
    disabled: false,
    stageCount: document.stages.length,
    writable: true,
    version: 2,
    updatedAt: at(0),
    updatedBy: 'admin@example.com',
  },
  {
    id: 'pipeline_cleanup',
    application: 'checkout',
    name: 'Nightly clean-up',
    document: { application: 'checkout', name: 'Nightly clean-up', disabled: true, stages: [] },
    disabled: true,
    stageCount: 0,
    writable: true,
    version: 1,
    updatedAt: at(0),
    updatedBy: 'admin@example.com',
  },
  {
    id: 'pipeline_rollout',
    application: 'checkout',
    name: 'Roll out',
    document: {
      application: 'checkout',
      name: 'Roll out',
      type: 'templatedPipeline',
      schema: 'v2',
      template: { reference: 'spinnaker://rollout:stable' },
      variables: { service: 'checkout' },
      templatedFrom: { variables: { service: 'checkout' } },
      stages: [stage('1', [], 'wait', 'Soak', { waitTime: 60 })],
    },
    disabled: false,
    stageCount: 1,
    writable: true,
    version: 1,
    updatedAt: at(0),
    updatedBy: 'admin@example.com',
  },
];

function execution(id: string, number: number, status: ExecutionStatus, stages: readonly StageStatus[]): Execution {
  const awaiting = status === 'RUNNING' && stages[3] === 'RUNNING';
  return {
    id,
    application: document.application,
    pipeline: { id: 'pipeline_deploy', name: document.name, version: 2 },
    number,
    status,
    trigger: { type: 'manual', user: 'checkout-lead@example.com' },
    startedBy: 'checkout-lead@example.com',
    awaitingJudgment: awaiting,
    parameters: { version: '1.4.2', region: 'eu-west-1' },
    pinned: ['version'],
    cancellation: status === 'CANCELED' ? { by: 'admin@example.com', reason: 'Wrong version' } : null,
    parent: null,
    description: document.description ?? null,
    version: 4,
    createdAt: at(number),
    startedAt: at(number),
    updatedAt: at(number),
    endedAt: status === 'RUNNING' ? null : at(number + 2),
    stages: document.stages.map((config, index) => {
      const state = stages[index] ?? 'NOT_STARTED';
      const waits = state === 'RUNNING';
      return {
        id: `${id}_${config.refId}`,
        refId: config.refId,
        requisiteStageRefIds: config.requisiteStageRefIds,
        name: config.name,
        type: config.type,
        status: state,
        attempt: 1,
        config,
        context: config.type === 'manualJudgment' ? { ...config } : {},
        outputs: state === 'SUCCEEDED' ? { done: true } : {},
        waitsFor: waits ? { for: 'approval', id: 'approval_1' } : null,
        error: state === 'TERMINAL' ? 'Checkout Lead stopped the pipeline.' : null,
        startedAt: state === 'NOT_STARTED' ? null : at(number),
        endedAt: state === 'NOT_STARTED' || waits ? null : at(number + 1),
      };
    }),
  };
}

export const executions: readonly Execution[] = [
  execution('execution_3', 3, 'RUNNING', ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'RUNNING']),
  execution('execution_2', 2, 'TERMINAL', ['SUCCEEDED', 'SUCCEEDED', 'SKIPPED', 'TERMINAL']),
  execution('execution_1', 1, 'SUCCEEDED', ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']),
];

/** As a machine that was lost leaves them. */
export const stuck: readonly Execution[] = [
  { ...execution('execution_0', 0, 'RUNNING', ['SUCCEEDED', 'NOT_STARTED']), awaitingJudgment: false },
];
