import { addressSetting, textSetting } from '#platform/config/setting.ts';

export const githubSettings = {
  githubToken: textSetting('QUAYSIDE_GITHUB_TOKEN', {
    default: null,
    secret: true,
    description: 'Token that may dispatch workflows and read their runs.',
  }),
  githubApiUrl: addressSetting('QUAYSIDE_GITHUB_API_URL', {
    default: 'https://api.github.com',
    description: "Address of GitHub's API.",
  }),
  githubWebhookSecret: textSetting('QUAYSIDE_GITHUB_WEBHOOK_SECRET', {
    default: null,
    secret: true,
    description: 'Secret of the webhook that GitHub sends workflow results with.',
  }),
} as const;
