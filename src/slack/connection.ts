import type { SlackTransport } from './slack-http.ts';
import type { SlackLanguage } from './slack-message.ts';

export type SlackMode = 'bot' | 'webhook';

export interface SlackSecrets {
  readonly botToken: string | null;
  /** The current one first; a former one stays valid while it is being replaced. */
  readonly signingSecrets: readonly string[];
  readonly appToken: string | null;
  readonly webhookUrl: string | null;
}

/** What Slack said about a bot token. */
export interface SlackWorkspace {
  readonly teamId: string;
  readonly team: string;
  /** The workspace's own address. */
  readonly url: string;
  readonly botUserId: string;
  readonly botName: string;
  /** Null when Slack did not tell. */
  readonly scopes: readonly string[] | null;
}

/** How an organisation is connected to Slack, with its secrets opened. Never to be answered or logged as it is. */
export interface SlackConnection extends SlackSecrets {
  readonly orgId: string;
  /** Settings of the organisation go before those of the environment. */
  readonly source: 'settings' | 'environment';
  readonly mode: SlackMode;
  readonly botName: string;
  readonly channel: string | null;
  /** Of messages in channels. */
  readonly language: SlackLanguage;
  /** In place of the usual words of the buttons, where a request has none of its own. */
  readonly approveLabel: string | null;
  readonly rejectLabel: string | null;
  readonly apiUrl: string;
  readonly workspace: SlackWorkspace | null;
  readonly checkedAt: Date | null;
  readonly version: number;
}

/** A bot token goes before an incoming webhook: what a bot posts can be found again. Null when neither is set. */
export function transportOf(connection: SlackConnection | null): SlackTransport | null {
  if (connection === null) return null;
  const { mode, botToken: token, webhookUrl: url, apiUrl, channel } = connection;
  if (token !== null && mode === 'bot') {
    return { kind: 'bot', token, apiUrl, channel: channel ?? '', username: ownName(connection) };
  }
  return url === null ? null : { kind: 'webhook', url };
}

/** Whether what people press would arrive: signed, or over a connection of Socket Mode. */
export function hearsClicks({ signingSecrets, appToken }: SlackConnection): boolean {
  return signingSecrets.length > 0 || appToken !== null;
}

/** The name to post under, where the app may take another than its own. */
function ownName({ botName, workspace }: SlackConnection): string | undefined {
  const mayRename = workspace?.scopes?.includes('chat:write.customize') === true;
  return mayRename && botName !== workspace.botName ? botName : undefined;
}

/** Without these, buttons in Slack cannot work. */
const neededScopes = ['chat:write', 'users:read', 'users:read.email'] as const;
/** Each makes something better; without them it is left out or told. */
const usefulScopes = [
  'channels:read',
  'groups:read',
  'channels:history',
  'groups:history',
  'chat:write.public',
  'commands',
  'im:write',
  'links:read',
  'links:write',
  'chat:write.customize',
] as const;

export const appScopes: readonly string[] = [...neededScopes, ...usefulScopes];

export interface MissingScopes {
  readonly needed: readonly string[];
  readonly useful: readonly string[];
}

/** Nothing is missing where Slack did not say what there is. */
export function missingScopes(workspace: SlackWorkspace | null): MissingScopes {
  const scopes = workspace?.scopes ?? null;
  if (scopes === null) return { needed: [], useful: [] };
  const lacking = (wanted: readonly string[]): readonly string[] => wanted.filter((scope) => !scopes.includes(scope));
  return { needed: lacking(neededScopes), useful: lacking(usefulScopes) };
}
