import { addressSetting, textSetting } from '#platform/config/setting.ts';

export const gitlabSettings = {
  gitlabUrl: addressSetting('QUAYSIDE_GITLAB_URL', {
    default: 'https://gitlab.com',
    description: 'Address of GitLab.',
  }),
  gitlabToken: textSetting('QUAYSIDE_GITLAB_TOKEN', {
    default: null,
    secret: true,
    description:
      'Access token that may read pipelines, to follow them; without a trigger token it also starts them (scope api).',
  }),
  gitlabTriggerToken: textSetting('QUAYSIDE_GITLAB_TRIGGER_TOKEN', {
    default: null,
    secret: true,
    description: 'Pipeline trigger token that starts pipelines.',
  }),
} as const;
