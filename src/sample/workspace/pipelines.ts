import type { PipelineDocument } from '#pipelines/pipeline.ts';

/** Where the sample's pipelines ask and tell. */
export const pipelineChannel = 'demo_alerts';

/** Checks, a judgment with buttons in Slack, a while to watch, and a word to everybody. */
export const deployToProduction: PipelineDocument = {
  application: 'storefront',
  name: 'Deploy to production',
  description: 'Ships a version of the storefront after somebody has looked at it.',
  limitConcurrent: true,
  keepWaitingPipelines: true,
  parameterConfig: [
    { name: 'version', label: 'Version', description: 'What to ship, such as 1.4.0', required: true, default: '1.4.0' },
    {
      name: 'rollout',
      label: 'Rollout',
      hasOptions: true,
      options: [{ value: 'careful' }, { value: 'at once' }],
      default: 'careful',
    },
  ],
  triggers: [],
  notifications: [{ type: 'slack', address: pipelineChannel, level: 'pipeline', when: ['pipeline.failed'] }],
  stages: [
    {
      refId: '1',
      requisiteStageRefIds: [],
      type: 'checkPreconditions',
      name: 'Version is a release',
      preconditions: [
        {
          type: 'expression',
          context: {
            expression: '.parameters.version | tostring | test("^[0-9]+\\\\.[0-9]+\\\\.[0-9]+$")',
            failureMessage: 'A release has three numbers, such as 1.4.0.',
          },
        },
      ],
    },
    {
      refId: '2',
      requisiteStageRefIds: [],
      type: 'evaluateVariables',
      name: 'Name the image',
      variables: [{ key: 'image', value: 'storefront:{{ .parameters.version }}' }],
    },
    {
      refId: '3',
      requisiteStageRefIds: ['1', '2'],
      type: 'manualJudgment',
      name: 'Approve production',
      instructions: 'Is **{{ .vars.image }}** ready for everybody?\n\nLook at the dashboards of staging first.',
      judgmentInputs: [],
      sendNotifications: true,
      notifications: [
        {
          type: 'slack',
          address: pipelineChannel,
          level: 'stage',
          when: ['manualJudgment', 'manualJudgmentContinue', 'manualJudgmentStop'],
        },
      ],
    },
    {
      refId: '4',
      requisiteStageRefIds: ['3'],
      type: 'wait',
      name: 'Watch the first users',
      waitTime: '{{ if .parameters.rollout == "careful" then 15 else 0 end }}',
    },
    {
      refId: '5',
      requisiteStageRefIds: ['4'],
      type: 'slackMessage',
      name: 'Tell everybody',
      channel: pipelineChannel,
      message: '{{ .vars.image }} is live. Approved by {{ .stages["Approve production"].context.judgedByName }}.',
    },
  ],
};
