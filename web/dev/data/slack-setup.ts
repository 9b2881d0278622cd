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
    approveLabel: null,
    rejectLabel: null,
    socket: null,
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
    socketManifest: {
      json: JSON.stringify({ settings: { socket_mode_enabled: true } }, null, 2),
      yaml: 'settings:\n  socket_mode_enabled: true\n',
    },
  },
};

/** One channel the app may post in, and one it was not invited to. */
export const slackChannels = [
  { id: 'C1', name: 'deployments', isPrivate: false, isMember: true, canPost: true },
  { id: 'C2', name: 'incidents', isPrivate: true, isMember: false, canPost: false },
];

export const failedMessages = [
  {
    approvalId: 'apr_1',
    place: 'incidents',
    kind: 'card',
    title: 'Deploy checkout 2.0.1 to production',
    approvalState: 'open',
    state: 'undeliverable',
    code: 'not_in_channel',
    error:
      'The Slack app is not in this channel. Invite it there: /invite followed by @ and the app’s name. (channel incidents, not_in_channel)',
    tries: 3,
    requestedAt: new Date(Date.now() - 1_800_000).toISOString(),
  },
];

const account = { teamId: 'T000000001', workspace: 'Harbour', state: 'linked', removedBy: null } as const;
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

/** One by address, one by a link, and one that was removed. */
export const slackAccounts = [
  {
    ...account,
    slackUserId: 'U01HARBOUR1',
    slackName: 'Harbour Admin',
    person: { id: 'usr_admin', name: 'Harbour Admin', email: 'admin@example.com' },
    proof: 'email',
    since: daysAgo(40),
  },
  {
    ...account,
    slackUserId: 'U02CHECKOUT',
    slackName: 'checkout-lead',
    person: { id: 'usr_lead', name: 'Payments Lead', email: 'lead@example.com' },
    proof: 'sign-in',
    since: daysAgo(3),
  },
  {
    ...account,
    slackUserId: 'U03FORMERLY',
    slackName: 'night-shift',
    person: { id: 'usr_night', name: 'Night Shift', email: null },
    state: 'removed',
    proof: null,
    since: daysAgo(1),
    removedBy: { id: 'usr_admin', name: 'Harbour Admin' },
  },
];

/** Of one approval, a card that was refused and a reminder of which nobody knows. */
export const undelivered = (approval: string) => ({
  messages:
    approval === 'apr_run'
      ? [
          {
            id: 'first',
            kind: 'card',
            to: { as: 'channel', name: 'incidents' },
            state: 'undeliverable',
            code: 'not_in_channel',
            error:
              'The Slack app is not in this channel. Invite it there: /invite followed by @ and the app’s name. (channel incidents, not_in_channel)',
            since: daysAgo(0.02),
          },
          {
            id: 'second',
            kind: 'reminder-1',
            to: { as: 'person', name: 'Payments Lead' },
            state: 'unknown',
            code: null,
            error: 'Slack did not answer, so nobody knows whether the message was posted. (no answer in time)',
            since: daysAgo(0.01),
          },
        ]
      : [],
  mayResend: true,
});
