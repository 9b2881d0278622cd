import { integerSetting } from '#platform/config/setting.ts';

export const pipelineSettings = {
  executionRetentionDays: integerSetting('QUAYSIDE_EXECUTION_RETENTION_DAYS', {
    default: 365,
    minimum: 1,
    maximum: 36_500,
    description:
      'How long executions of pipelines are kept after their end. Open ones and the last five of each pipeline stay.',
  }),
} as const;
