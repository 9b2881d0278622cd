import { addressSetting, textSetting } from '#platform/config/setting.ts';

export const slackSettings = {
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
} as const;
