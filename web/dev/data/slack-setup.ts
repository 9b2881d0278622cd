const scopes = ['chat:write', 'users:read', 'users:read.email', 'channels:read'];
const requestUrl = 'https://portal.example.com/notifications/callbacks/slack';

/** A connected Slack that lacks a scope, and the manifest of its app. */
export const slackSetup = {
  connection: {
    source: 'settings',
    mode: 'bot',
    botName: 'Quayside',
    channel: '#deployments',
    language: 'en',
    hasBotToken: true,
    signingSecrets: 1,
    hasAppToken: false,
    hasWebhookUrl: false,
    workspace: { teamId: 'T000000001', team: 'Harbour', url: 'https://harbour.slack.com/', botName: 'quayside' },
    missingScopes: { needed: ['users:read.email'], useful: ['channels:history'] },
    checkedAt: new Date(Date.now() - 7_200_000).toISOString(),
    emulated: false,
  },
  app: {
    requestUrl,
    scopes,
    manifest: {
      json: JSON.stringify({ settings: { interactivity: { is_enabled: true, request_url: requestUrl } } }, null, 2),
      yaml: `settings:\n  interactivity:\n    is_enabled: true\n    request_url: "${requestUrl}"\n`,
    },
  },
};
