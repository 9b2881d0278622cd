import { appScopes } from './connection.ts';

export const callbackPath = '/notifications/callbacks/slack';

export interface AppDescription {
  readonly name: string;
  readonly publicUrl: string;
  /** For a server that Slack cannot reach: the same, without addresses. */
  readonly isSocket?: boolean;
}

/** The manifest of the Slack app for this installation, as Slack takes it. */
export function describeApp({ name, publicUrl, isSocket = false }: AppDescription) {
  const requestUrl = `${publicUrl}${callbackPath}`;
  const domain = unfurlDomain(publicUrl);
  return {
    display_information: {
      name,
      description: 'Approve, reject and be reminded where you work.',
      background_color: '#0b3a42',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: name, always_online: false },
      slash_commands: [
        {
          command: '/quayside',
          ...(isSocket ? {} : { url: requestUrl }),
          description: 'Search the catalog, or run an action',
          usage_hint: '<words> | run <action>',
          should_escape: false,
        },
      ],
      ...(domain === null ? {} : { unfurl_domains: [domain] }),
    },
    oauth_config: { scopes: { bot: appScopes } },
    settings: {
      // The second address is asked what to offer in selects of forms.
      interactivity: {
        is_enabled: true,
        ...(isSocket ? {} : { request_url: requestUrl, message_menu_options_url: requestUrl }),
      },
      event_subscriptions: {
        ...(isSocket ? {} : { request_url: requestUrl }),
        bot_events: ['app_home_opened', 'link_shared'],
      },
      org_deploy_enabled: false,
      socket_mode_enabled: isSocket,
      token_rotation_enabled: false,
    },
  };
}

/** Slack tells of links to domains it can know; not of addresses and of names of one network. */
function unfurlDomain(publicUrl: string): string | null {
  const hostname = URL.parse(publicUrl)?.hostname ?? '';
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/i.test(hostname) ? hostname : null;
}

/** YAML of plain objects, lists and scalars; every text is quoted, which YAML reads as JSON does. */
export function toYaml(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => (isScalar(item) ? ` ${JSON.stringify(item)}\n` : asItem(item, indent)));
    return items.map((item) => `${indent}-${item}`).join('');
  }
  return Object.entries(value as Readonly<Record<string, unknown>>)
    .map(([key, item]) =>
      !isScalar(item)
        ? `${indent}${key}:\n${toYaml(item, `${indent}  `)}`
        : `${indent}${key}: ${JSON.stringify(item)}\n`,
    )
    .join('');
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** The first key stands beside the dash, the others below it. */
function asItem(value: unknown, indent: string): string {
  return toYaml(value, `${indent}  `).replace(/^ +/, ' ');
}
