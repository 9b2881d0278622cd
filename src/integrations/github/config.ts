import { addressSetting, textSetting } from '#platform/config/setting.ts';

export const githubSettings = {
  githubToken: textSetting('QUAYSIDE_GITHUB_TOKEN', {
    default: null,
    secret: true,
    description: 'Token that may dispatch workflows and read their runs.',
  }),
  githubAppId: textSetting('QUAYSIDE_GITHUB_APP_ID', {
    default: null,
    description: 'Id of a GitHub App that is used instead of a token.',
  }),
  githubAppPrivateKey: textSetting('QUAYSIDE_GITHUB_APP_PRIVATE_KEY', {
    default: null,
    secret: true,
    description: "The GitHub App's private key, the whole PEM text; line ends may be written as \\n.",
  }),
  githubAppInstallationId: textSetting('QUAYSIDE_GITHUB_APP_INSTALLATION_ID', {
    default: null,
    description: 'Installation of the GitHub App; looked up for each repository when unset.',
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
