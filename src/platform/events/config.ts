import { integerSetting } from '#platform/config/setting.ts';

export const eventSettings = {
  eventRetentionDays: integerSetting('QUAYSIDE_EVENT_RETENTION_DAYS', {
    default: 365,
    minimum: 31,
    maximum: 36_500,
    description: 'How long the event log is kept; older months are dropped whole.',
  }),
} as const;
