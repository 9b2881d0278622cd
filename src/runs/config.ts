import { integerSetting } from '#platform/config/setting.ts';

const longest = 36_500;

export const runSettings = {
  runRetentionDays: integerSetting('QUAYSIDE_RUN_RETENTION_DAYS', {
    default: 365,
    minimum: 1,
    maximum: longest,
    description: 'How long runs are kept after their end. What the event log tells of them stays as long as that does.',
  }),
  runLogRetentionDays: integerSetting('QUAYSIDE_RUN_LOG_RETENTION_DAYS', {
    default: 90,
    minimum: 1,
    maximum: longest,
    description: 'How long the log lines of runs are kept after the end of the run.',
  }),
} as const;
