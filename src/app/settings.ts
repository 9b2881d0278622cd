import { addressSetting, choiceSetting, integerSetting, listSetting, textSetting } from '#platform/config/setting.ts';

const maximumPort = 65_535;

/** Every setting of the program. docs/reference/settings.md is generated from here. */
export const settings = {
  host: textSetting('QUAYSIDE_HOST', { default: '127.0.0.1', description: 'Address to listen on.' }),
  port: integerSetting('QUAYSIDE_PORT', {
    default: 3000,
    minimum: 0,
    maximum: maximumPort,
    description: 'Port to listen on; 0 takes any free one.',
  }),
  url: addressSetting('QUAYSIDE_URL', {
    default: null,
    description: 'Public address, used in links and cookies. Default: the address listened on.',
  }),
  dataDirectory: textSetting('QUAYSIDE_DATA_DIR', {
    default: '.quayside',
    description: 'Folder of the embedded database and of generated secrets.',
  }),
  databaseUrl: textSetting('DATABASE_URL', {
    default: null,
    secret: true,
    description: 'Use this PostgreSQL (15 to 18) instead of the embedded one.',
  }),
  sample: choiceSetting('QUAYSIDE_SAMPLE', {
    choices: ['on', 'off'],
    default: null,
    description:
      'Sample workspace with local Slack and GitHub. Default: on with the embedded database and an empty workspace.',
  }),
  adminEmail: textSetting('QUAYSIDE_ADMIN_EMAIL', {
    default: 'admin@example.com',
    description: 'E-mail of the first administrator.',
  }),
  adminPassword: textSetting('QUAYSIDE_ADMIN_PASSWORD', {
    default: null,
    secret: true,
    description: 'Password of the first administrator; generated when unset.',
  }),
  clientId: textSetting('QUAYSIDE_CLIENT_ID', {
    default: null,
    description: 'First API client id; generated when unset.',
  }),
  clientSecret: textSetting('QUAYSIDE_CLIENT_SECRET', {
    default: null,
    secret: true,
    description: 'First API client secret; generated when unset.',
  }),
  secretKey: textSetting('QUAYSIDE_SECRET_KEY', {
    default: null,
    secret: true,
    description: 'Master key of secrets at rest, at least 32 characters; generated into the data folder when unset.',
  }),
  slackBotToken: textSetting('QUAYSIDE_SLACK_BOT_TOKEN', {
    default: null,
    secret: true,
    description: 'Bot token (xoxb-…) of your Slack app.',
  }),
  slackSigningSecret: textSetting('QUAYSIDE_SLACK_SIGNING_SECRET', {
    default: null,
    secret: true,
    description: 'Signing secret of your Slack app.',
  }),
  slackAppToken: textSetting('QUAYSIDE_SLACK_APP_TOKEN', {
    default: null,
    secret: true,
    description: 'App-level token (xapp-…), for Socket Mode.',
  }),
  slackBotName: textSetting('QUAYSIDE_SLACK_BOT_NAME', {
    default: 'Quayside',
    description: 'Name the bot posts under.',
  }),
  slackChannel: textSetting('QUAYSIDE_SLACK_CHANNEL', {
    default: null,
    description: 'Channel for reminders sent with the bot token.',
  }),
  slackWebhookUrl: addressSetting('QUAYSIDE_SLACK_WEBHOOK_URL', {
    default: null,
    description: 'Incoming webhook to post with when there is no bot token.',
  }),
  slackApiUrl: addressSetting('QUAYSIDE_SLACK_API_URL', {
    default: 'https://slack.com/api',
    description: "Address of Slack's API.",
  }),
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
  trustProxy: listSetting('QUAYSIDE_TRUST_PROXY', {
    default: [],
    description: 'Addresses of trusted reverse proxies, comma-separated.',
  }),
  egressAllow: listSetting('QUAYSIDE_EGRESS_ALLOW', {
    default: [],
    description: 'CIDRs or hosts that outgoing calls may reach although private, comma-separated.',
  }),
  metricsPort: integerSetting('QUAYSIDE_METRICS_PORT', {
    default: 9464,
    minimum: 0,
    maximum: maximumPort,
    description: 'Port of /metrics, apart from the public one; 0 turns it off.',
  }),
  logLevel: choiceSetting('QUAYSIDE_LOG_LEVEL', {
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    description: 'How much is logged.',
  }),
  eventRetentionDays: integerSetting('QUAYSIDE_EVENT_RETENTION_DAYS', {
    default: 365,
    minimum: 31,
    maximum: 36_500,
    description: 'How long the event log is kept; older months are dropped whole.',
  }),
} as const;
