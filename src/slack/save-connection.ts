import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import { checkVersion } from '#catalog/check-version.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { problem } from '#platform/problem.ts';
import type { SlackConnection, SlackMode } from './connection.ts';
import { type NewConnection, type SlackEnvironment, storeConnection, storedConnection } from './connection-store.ts';
import type { SlackLanguage } from './slack-message.ts';

/** What is left out stays as it is; null takes it away. */
export interface ConnectionInput {
  readonly mode?: SlackMode | undefined;
  readonly botToken?: string | null | undefined;
  readonly signingSecret?: string | null | undefined;
  /** The secret so far stays valid beside a new one. */
  readonly keepFormerSecret?: boolean | undefined;
  readonly appToken?: string | null | undefined;
  readonly webhookUrl?: string | null | undefined;
  readonly botName?: string | undefined;
  readonly channel?: string | null | undefined;
  readonly language?: SlackLanguage | undefined;
  readonly approveLabel?: string | null | undefined;
  readonly rejectLabel?: string | null | undefined;
}

const mostSecrets = 3;

/** The connection as it would be with this input, checked for what can be told without asking Slack. */
export function mergeConnection(stored: SlackConnection | null, input: ConnectionInput): NewConnection {
  const before = stored ?? unconnected;
  const merged = {
    botToken: trimmed(input.botToken, before.botToken),
    signingSecrets: signingSecretsOf(before.signingSecrets, input),
    appToken: trimmed(input.appToken, before.appToken),
    webhookUrl: trimmed(input.webhookUrl, before.webhookUrl),
    botName: trimmed(input.botName, before.botName) ?? before.botName,
    channel: trimmed(input.channel, before.channel),
    language: input.language ?? before.language,
    approveLabel: trimmed(input.approveLabel, before.approveLabel),
    rejectLabel: trimmed(input.rejectLabel, before.rejectLabel),
    workspace: null,
    checkedAt: null,
  };
  const usual = merged.botToken === null ? 'webhook' : 'bot';
  const connection: NewConnection = { ...merged, mode: input.mode ?? stored?.mode ?? usual };
  assertUsable(connection);
  return connection;
}

const unconnected: Omit<NewConnection, 'mode'> = {
  botToken: null,
  signingSecrets: [],
  appToken: null,
  webhookUrl: null,
  botName: 'Quayside',
  channel: null,
  language: 'en',
  approveLabel: null,
  rejectLabel: null,
  workspace: null,
  checkedAt: null,
};

function trimmed(given: string | null | undefined, before: string | null): string | null {
  if (given === undefined) return before;
  return given?.trim() || null;
}

function signingSecretsOf(before: readonly string[], input: ConnectionInput): readonly string[] {
  if (input.signingSecret === undefined) return before;
  const given = input.signingSecret?.trim() ?? '';
  if (given === '') return [];
  const former = input.keepFormerSecret === true ? before.filter((secret) => secret !== given) : [];
  return [given, ...former].slice(0, mostSecrets);
}

function assertUsable({ mode, botToken, appToken, signingSecrets, webhookUrl }: NewConnection): void {
  if (botToken !== null && !/^xox[abep][-.][\w.-]{8,500}$/.test(botToken)) {
    throw unusable('botToken', 'A bot token begins with xoxb-. It stands under OAuth & Permissions of your Slack app.');
  }
  if (appToken !== null && !/^xapp-[\w-]{8,500}$/.test(appToken)) {
    throw unusable('appToken', 'An app-level token begins with xapp-. It stands under Basic Information.');
  }
  if (signingSecrets.some((secret) => !/^[\x21-\x7e]{8,200}$/.test(secret))) {
    throw unusable('signingSecret', 'This is no signing secret: copy it from Basic Information, App Credentials.');
  }
  if (webhookUrl !== null && !/^https?:$/.test(URL.parse(webhookUrl)?.protocol ?? '')) {
    throw unusable('webhookUrl', 'The address of an incoming webhook begins with https://.');
  }
  if (mode === 'bot' && botToken === null) {
    throw unusable('botToken', 'Posting as a bot needs a bot token; or choose the incoming webhook.');
  }
  if (mode === 'webhook' && webhookUrl === null) {
    throw unusable('webhookUrl', 'Posting by an incoming webhook needs its address; or choose the bot.');
  }
}

function unusable(field: string, message: string): Error {
  return problem('invalid', 'invalid_request', message, { field });
}

export interface SaveParts {
  readonly secrets: SecretBox;
  readonly environment: SlackEnvironment;
}

export function saveConnection(parts: SaveParts) {
  return async function saveConnectionCommand(
    ctx: WriteContext,
    input: { readonly connection: NewConnection; readonly expectedVersion: number | null },
  ): Promise<void> {
    authorize(ctx.actor, 'organisation.manage');
    const before = await lockConnection(ctx, parts);
    checkVersion('Slack connection', before?.version ?? 0, input.expectedVersion);
    const version = (before?.version ?? 0) + 1;
    await storeConnection(ctx.db, parts.secrets, { orgId: ctx.actor.orgId, now: ctx.now, version }, input.connection);
    emitConnection(ctx, before, input.connection);
  };
}

export function removeConnection(parts: SaveParts) {
  return async function removeConnectionCommand(
    ctx: WriteContext,
    { expectedVersion }: { readonly expectedVersion: number | null },
  ): Promise<void> {
    authorize(ctx.actor, 'organisation.manage');
    const before = await lockConnection(ctx, parts);
    if (before === null) {
      throw problem('not-found', 'not_found', 'No Slack connection is saved here.', { resource: 'Slack connection' });
    }
    checkVersion('Slack connection', before.version, expectedVersion);
    await sql`delete from slack_connection where org_id = ${ctx.actor.orgId}`.execute(ctx.db);
    emitConnection(ctx, before, null);
  };
}

/** The organisation's row is the lock: the connection may not exist yet. */
async function lockConnection(ctx: WriteContext, parts: SaveParts): Promise<SlackConnection | null> {
  await sql`select 1 from organisation where id = ${ctx.actor.orgId} for update`.execute(ctx.db);
  return storedConnection(parts, ctx.db, ctx.actor.orgId);
}

function emitConnection(ctx: WriteContext, before: NewConnection | null, after: NewConnection | null): void {
  const action = before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE';
  ctx.emit({
    kind: after === null ? 'slack.disconnected' : 'slack.connected',
    resource: 'integration',
    action,
    subject: 'integration:slack',
    context: { integration: 'slack' },
    before: before && told(before),
    after: after && told(after),
  });
}

/** Which secrets there are, never what they are. */
function told(connection: NewConnection): Readonly<Record<string, unknown>> {
  const { mode, botName, channel, language, approveLabel, rejectLabel, workspace } = connection;
  return {
    mode,
    botName,
    channel,
    language,
    approveLabel,
    rejectLabel,
    workspace: workspace?.team ?? null,
    botToken: connection.botToken !== null,
    signingSecrets: connection.signingSecrets.length,
    appToken: connection.appToken !== null,
    webhookUrl: connection.webhookUrl !== null,
  };
}
