import type { Action } from '../../src/api/wire.ts';

/** Steps, an input that comes and goes, and a secret. */
export const openWindow: Action = {
  identifier: 'open_window',
  title: 'Open a maintenance window',
  icon: 'Calendar',
  description: 'Silences alerts of a service while it is worked on.',
  trigger: {
    type: 'self-service',
    operation: 'DAY-2',
    blueprintIdentifier: 'service',
    userInputs: {
      properties: {
        stage: { type: 'string', title: 'Stage', enum: ['staging', 'production'] },
        change: {
          type: 'string',
          title: 'Change ticket',
          description: 'Needed for production.',
          visible: { jqQuery: '.form.stage == "production"' },
        },
        hours: { type: 'number', title: 'Hours', default: 2, minimum: 1, maximum: 24 },
        token: { type: 'string', title: 'Pager token', encryption: 'aes256-gcm' },
      },
      required: ['stage', 'change', 'token'],
      steps: [
        { title: 'Where', order: ['stage', 'change'] },
        { title: 'How long', order: ['hours', 'token'] },
      ],
    },
  },
  invocationMethod: { type: 'WEBHOOK', url: 'https://pager.example.com/windows' },
};
