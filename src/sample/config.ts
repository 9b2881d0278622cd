import { choiceSetting } from '#platform/config/setting.ts';

export const sampleSettings = {
  sample: choiceSetting('QUAYSIDE_SAMPLE', {
    choices: ['on', 'off'],
    default: null,
    description:
      'Sample workspace with local Slack and GitHub. Default: on with the embedded database and an empty workspace.',
  }),
} as const;
