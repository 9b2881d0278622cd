import { Type } from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { etag, ok, type Reply, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import { checkConnection } from './check-connection.ts';
import { missingScopes, type SlackConnection } from './connection.ts';
import { type SlackConnections, type SlackEnvironment, storedConnection } from './connection-store.ts';
import { callbackPath, describeApp, toYaml } from './describe-app.ts';
import { mergeConnection, removeConnection, saveConnection } from './save-connection.ts';
import type { SlackHttp } from './slack-http.ts';
import { socketState } from './sockets/socket-store.ts';
import { sendTestMessage } from './test-connection.ts';

export interface ConnectionRouteParts {
  readonly core: Core;
  readonly secrets: SecretBox;
  readonly environment: SlackEnvironment;
  readonly connections: SlackConnections;
  readonly http: SlackHttp;
  /** Answered by the sample workspace's own Slack. */
  readonly isEmulated: (apiUrl: string) => boolean;
}

const tag = 'Slack';
const path = '/api/v1/integrations/slack';
const secret = Type.Optional(Type.Union([Type.String({ maxLength: 2_000 }), Type.Null()]));
const label = Type.Optional(Type.Union([Type.String({ maxLength: 30 }), Type.Null()]));
const body = Type.Object(
  {
    mode: Type.Optional(Type.Union([Type.Literal('bot'), Type.Literal('webhook')])),
    botToken: secret,
    signingSecret: secret,
    keepFormerSecret: Type.Optional(Type.Boolean()),
    appToken: secret,
    webhookUrl: secret,
    botName: Type.Optional(Type.String({ minLength: 1, maxLength: 35 })),
    channel: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
    language: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('zh-CN')])),
    approveLabel: label,
    rejectLabel: label,
  },
  { additionalProperties: false },
);

export function connectionRoutes(parts: ConnectionRouteParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path,
      summary: 'How the organisation is connected to Slack, and the manifest of its Slack app',
      tag,
      access: 'known',
      statuses: [403],
      handle: async ({ actor }) => {
        authorize(actor, 'organisation.manage');
        return connectionReply(parts, await parts.connections.of(actor.orgId));
      },
    }),
    route({
      method: 'PUT',
      path,
      summary: 'Connect to Slack, or change the connection; the token is tested first',
      tag,
      access: 'known',
      request: { body },
      statuses: [403, 412, 422, 429, 503],
      handle: async ({ actor, body: input, expectedVersion, execute }) => {
        authorize(actor, 'organisation.manage');
        const before = await storedConnection(parts, parts.core.db, actor.orgId);
        const merged = mergeConnection(before, input);
        const workspace = await checkConnection(parts.http, { ...merged, apiUrl: parts.environment.savedApiUrl });
        const checkedAt = workspace === null ? null : parts.core.clock.now();
        const connection = { ...merged, workspace, checkedAt };
        // What was tested is what is stored: somebody else's save in between is told, not mixed in.
        const version = expectedVersion ?? before?.version ?? 0;
        await execute(saveConnection(parts), { connection, expectedVersion: version });
        return connectionReply(parts, await parts.connections.of(actor.orgId));
      },
    }),
    route({
      method: 'DELETE',
      path,
      summary: 'Forget the Slack connection; settings of the environment take its place',
      tag,
      access: 'known',
      statuses: [403, 404, 412],
      handle: async ({ expectedVersion, execute }) => {
        await execute(removeConnection(parts), { expectedVersion });
        return ok({});
      },
    }),
    route({
      method: 'POST',
      path: `${path}/test`,
      summary: 'Ask Slack whether the connection works and which scopes the token has',
      tag,
      access: 'known',
      statuses: [403, 404, 422, 429, 503],
      handle: async ({ actor }) => {
        authorize(actor, 'organisation.manage');
        const connection = await parts.connections.of(actor.orgId);
        if (connection === null) throw problem('not-found', 'not_found', 'Slack is not connected.');
        const workspace = await checkConnection(parts.http, connection);
        return connectionReply(parts, { ...connection, workspace, checkedAt: parts.core.clock.now() });
      },
    }),
    route({
      method: 'POST',
      path: `${path}/test-message`,
      summary: 'Post a message with a button that tells whether clicks arrive',
      tag,
      access: 'known',
      statuses: [403, 404, 422, 503],
      handle: async ({ actor }) => {
        authorize(actor, 'organisation.manage');
        const connection = await parts.connections.of(actor.orgId);
        if (connection === null) throw problem('not-found', 'not_found', 'Slack is not connected.');
        return ok({ channel: await sendTestMessage(parts.http, connection) });
      },
    }),
  ];
}

async function connectionReply(parts: ConnectionRouteParts, connection: SlackConnection | null): Promise<Reply> {
  const { db, clock } = parts.core;
  const socket = connection?.appToken == null ? null : await socketState(db, connection.orgId, clock.now());
  const name = connection?.botName ?? parts.environment.slackBotName;
  const manifest = describeApp({ name, publicUrl: parts.core.publicUrl });
  return ok(
    {
      connection: connection === null ? null : { ...toldConnection(parts, connection), socket },
      app: {
        requestUrl: `${parts.core.publicUrl}${callbackPath}`,
        scopes: manifest.oauth_config.scopes.bot,
        manifest: written(manifest),
        /** For a server that Slack cannot reach. */
        socketManifest: written(describeApp({ name, publicUrl: parts.core.publicUrl, isSocket: true })),
      },
    },
    etag(connection?.version ?? 0),
  );
}

function written(manifest: object): { readonly json: string; readonly yaml: string } {
  return { json: `${JSON.stringify(manifest, null, 2)}\n`, yaml: toYaml(manifest) };
}

/** Which secrets there are, never what they are. */
function toldConnection(parts: ConnectionRouteParts, connection: SlackConnection): object {
  const { source, mode, botName, channel, language, approveLabel, rejectLabel, workspace, checkedAt, apiUrl } =
    connection;
  return {
    source,
    mode,
    botName,
    channel,
    language,
    approveLabel,
    rejectLabel,
    hasBotToken: connection.botToken !== null,
    signingSecrets: connection.signingSecrets.length,
    hasAppToken: connection.appToken !== null,
    hasWebhookUrl: connection.webhookUrl !== null,
    workspace,
    missingScopes: missingScopes(workspace),
    checkedAt,
    emulated: connection.botToken !== null && parts.isEmulated(apiUrl),
  };
}
