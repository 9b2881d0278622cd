import { appScopes } from './connection.ts';

export const callbackPath = '/notifications/callbacks/slack';

/** The manifest of the Slack app for this installation, as Slack takes it. */
export function describeApp({ name, publicUrl }: { readonly name: string; readonly publicUrl: string }) {
  const requestUrl = `${publicUrl}${callbackPath}`;
  return {
    display_information: {
      name,
      description: 'Approve, reject and be reminded where you work.',
      background_color: '#0b3a42',
    },
    features: {
      bot_user: { display_name: name, always_online: false },
    },
    oauth_config: { scopes: { bot: appScopes } },
    settings: {
      interactivity: { is_enabled: true, request_url: requestUrl },
      org_deploy_enabled: false,
      socket_mode_enabled: false,
      token_rotation_enabled: false,
    },
  };
}

/** YAML of plain objects, lists and scalars; every text is quoted, which YAML reads as JSON does. */
export function toYaml(value: unknown, indent = ''): string {
  if (Array.isArray(value)) return value.map((item) => `${indent}- ${JSON.stringify(item)}\n`).join('');
  return Object.entries(value as Readonly<Record<string, unknown>>)
    .map(([key, item]) =>
      typeof item === 'object' && item !== null
        ? `${indent}${key}:\n${toYaml(item, `${indent}  `)}`
        : `${indent}${key}: ${JSON.stringify(item)}\n`,
    )
    .join('');
}
