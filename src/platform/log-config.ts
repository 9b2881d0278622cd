import { choiceSetting } from '#platform/config/setting.ts';

export const logSettings = {
  logLevel: choiceSetting('QUAYSIDE_LOG_LEVEL', {
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    description: 'How much is logged.',
  }),
} as const;
