import type { SlackTransport } from './slack-http.ts';

export interface SlackSettings {
  readonly slackBotToken: string | null;
  readonly slackChannel: string | null;
  readonly slackWebhookUrl: string | null;
  readonly slackApiUrl: string;
}

/** A bot token goes before an incoming webhook: what a bot posts can be found again. Null when neither is set. */
export function chooseTransport(settings: SlackSettings): SlackTransport | null {
  const { slackBotToken: token, slackWebhookUrl: url, slackApiUrl: apiUrl } = settings;
  if (token !== null) return { kind: 'bot', token, apiUrl, channel: settings.slackChannel ?? '' };
  return url === null ? null : { kind: 'webhook', url };
}
