import { sql } from 'kysely';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { Log } from '#platform/log.ts';
import type { SlackConnection, SlackMode, SlackSecrets, SlackWorkspace } from './connection.ts';
import type { SlackLanguage } from './slack-message.ts';

interface ConnectionRow {
  readonly org_id: string;
  readonly mode: SlackMode;
  readonly bot_name: string;
  readonly channel: string | null;
  readonly language: SlackLanguage;
  readonly approve_label: string | null;
  readonly reject_label: string | null;
  readonly sealed_secrets: string;
  readonly workspace: SlackWorkspace | null;
  readonly checked_at: Date | null;
  readonly version: number;
}

/** What the settings of the environment say; they serve the first organisation of the installation. */
export interface SlackEnvironment {
  readonly slackBotToken: string | null;
  readonly slackSigningSecret: string | null;
  readonly slackAppToken: string | null;
  readonly slackBotName: string;
  readonly slackChannel: string | null;
  readonly slackWebhookUrl: string | null;
  readonly slackApiUrl: string;
  /** For what organisations save themselves: never the sample's own Slack. */
  readonly savedApiUrl: string;
}

export interface SlackConnections {
  readonly of: (orgId: string) => Promise<SlackConnection | null>;
  readonly all: () => Promise<readonly SlackConnection[]>;
  /** Every one that can verify what Slack sends; a request does not say whose it is. */
  readonly withSigningSecrets: () => Promise<readonly SlackConnection[]>;
}

export interface ConnectionParts {
  readonly db: Db;
  readonly secrets: SecretBox;
  readonly environment: SlackEnvironment;
  readonly log: Log;
}

export function createSlackConnections(parts: ConnectionParts): SlackConnections {
  return {
    async of(orgId) {
      const stored = await storedConnection(parts, parts.db, orgId);
      if (stored !== null) return stored;
      return (await firstOrganisation(parts.db)) === orgId ? environmentConnection(parts.environment, orgId) : null;
    },
    all: async () => everyConnection(parts),
    withSigningSecrets: async () =>
      (await everyConnection(parts)).filter((connection) => connection.signingSecrets.length > 0),
  };
}

async function everyConnection(parts: ConnectionParts): Promise<readonly SlackConnection[]> {
  const found = await sql<ConnectionRow>`select * from slack_connection order by org_id`.execute(parts.db);
  const stored = found.rows.flatMap((row) => openedOrNone(parts, row));
  const orgId = await firstOrganisation(parts.db);
  const isSaved = orgId === null || found.rows.some((row) => row.org_id === orgId);
  const fallback = isSaved ? null : environmentConnection(parts.environment, orgId);
  return fallback === null ? stored : [...stored, fallback];
}

async function firstOrganisation(db: Db): Promise<string | null> {
  const found = await sql<{ id: string }>`select id from organisation order by created_at, id limit 1`.execute(db);
  return found.rows[0]?.id ?? null;
}

export async function storedConnection(
  parts: Pick<ConnectionParts, 'secrets' | 'environment'>,
  db: Db | Tx,
  orgId: string,
): Promise<SlackConnection | null> {
  const found = await sql<ConnectionRow>`select * from slack_connection where org_id = ${orgId}`.execute(db);
  const row = found.rows[0];
  return row === undefined ? null : opened(parts, row);
}

function environmentConnection(environment: SlackEnvironment, orgId: string): SlackConnection | null {
  const { slackBotToken: botToken, slackWebhookUrl: webhookUrl, slackSigningSecret: signingSecret } = environment;
  if (botToken === null && webhookUrl === null) return null;
  return {
    orgId,
    source: 'environment',
    mode: botToken === null ? 'webhook' : 'bot',
    botToken,
    signingSecrets: signingSecret === null ? [] : [signingSecret],
    appToken: environment.slackAppToken,
    webhookUrl,
    botName: environment.slackBotName,
    channel: environment.slackChannel,
    language: 'en',
    approveLabel: null,
    rejectLabel: null,
    apiUrl: environment.slackApiUrl,
    workspace: null,
    checkedAt: null,
    version: 0,
  };
}

function opened({ secrets, environment }: Pick<ConnectionParts, 'secrets' | 'environment'>, row: ConnectionRow) {
  const text = secrets.open(row.sealed_secrets, placeOf(row.org_id));
  return {
    ...(JSON.parse(text) as SlackSecrets),
    orgId: row.org_id,
    source: 'settings',
    mode: row.mode,
    botName: row.bot_name,
    channel: row.channel,
    language: row.language,
    approveLabel: row.approve_label,
    rejectLabel: row.reject_label,
    apiUrl: environment.savedApiUrl,
    workspace: row.workspace,
    checkedAt: row.checked_at,
    version: row.version,
  } as const satisfies SlackConnection;
}

/** One organisation's secrets of another master key are no reason to turn the others' requests away. */
function openedOrNone(parts: ConnectionParts, row: ConnectionRow): readonly SlackConnection[] {
  try {
    return [opened(parts, row)];
  } catch (error) {
    parts.log.error({ event: 'slack-connection-unreadable', org: row.org_id, err: error });
    return [];
  }
}

function placeOf(orgId: string): { readonly orgId: string; readonly name: string } {
  return { orgId, name: 'slack-connection' };
}

export type NewConnection = Omit<SlackConnection, 'orgId' | 'source' | 'apiUrl' | 'version'>;

export async function storeConnection(
  tx: Tx,
  secrets: SecretBox,
  { orgId, now, version }: { readonly orgId: string; readonly now: Date; readonly version: number },
  connection: NewConnection,
): Promise<void> {
  const { botToken, signingSecrets, appToken, webhookUrl } = connection;
  const kept: SlackSecrets = { botToken, signingSecrets, appToken, webhookUrl };
  const sealed = secrets.seal(JSON.stringify(kept), placeOf(orgId));
  const workspace = connection.workspace === null ? null : JSON.stringify(connection.workspace);
  await sql`
    insert into slack_connection (org_id, mode, bot_name, channel, language, approve_label, reject_label, sealed_secrets, workspace, checked_at, version,
                                  updated_at)
    values (${orgId}, ${connection.mode}, ${connection.botName}, ${connection.channel}, ${connection.language},
            ${connection.approveLabel}, ${connection.rejectLabel}, ${sealed},
            ${workspace}::jsonb, ${connection.checkedAt}, ${version}, ${now})
    on conflict (org_id) do update set mode = excluded.mode, bot_name = excluded.bot_name,
      channel = excluded.channel, language = excluded.language, approve_label = excluded.approve_label,
      reject_label = excluded.reject_label, sealed_secrets = excluded.sealed_secrets, workspace = excluded.workspace,
      checked_at = excluded.checked_at, version = excluded.version, updated_at = excluded.updated_at`.execute(tx);
}
