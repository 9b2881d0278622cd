import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Tx } from '#platform/db/handles.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { type Reply, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import type { SlackConnection } from './connection.ts';
import type { SlackConnections } from './connection-store.ts';
import { callbackPath } from './describe-app.ts';
import type { Interaction } from './interaction.ts';
import { storeInteraction } from './interaction-store.ts';
import { interactionQueue, type InteractionJob } from './jobs.ts';
import { type Inbound, parseInteraction } from './parse-interaction.ts';
import { verifyRequest } from './verify-request.ts';

export interface ReceiverParts {
  readonly core: Core;
  readonly secrets: SecretBox;
  readonly connections: SlackConnections;
  readonly enqueue: <Data extends object>(tx: Tx, queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
  /** Says that jobs of a queue were committed. */
  readonly wake: (queue: string) => void;
}

/** A message of ours with its blocks, as a form, takes 120 kB at most. */
const bodyLimit = 262_144;

/**
 * Takes clicks, commands and events from Slack. What is signed is kept and answered at once; the work is a job's,
 * since Slack waits three seconds and shows people an error after them.
 */
export function receiverRoutes(parts: ReceiverParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: callbackPath,
      summary: 'Receive clicks, commands and events from Slack',
      tag: 'Inbound hooks',
      access: 'anyone',
      rawBody: true,
      bodyLimit,
      statuses: [400, 401, 413],
      handle: async ({ headers, rawBody }) => {
        const signedFor = await connectionsOf(parts, headers, rawBody);
        if (signedFor.length === 0) {
          // Slack's test of the connection carries no secret, asks for nothing and is answered without one.
          if (isConnectionTest(rawBody)) return nothing;
          throw problem('unauthenticated', 'signature_mismatch', 'The signature of this request does not hold.');
        }
        return take(parts, signedFor, parseInteraction(String(headers['content-type'] ?? ''), rawBody));
      },
    }),
  ];
}

const nothing: Reply = { status: 200, body: Buffer.alloc(0) };

async function connectionsOf(
  { core, connections }: ReceiverParts,
  headers: Readonly<Record<string, unknown>>,
  rawBody: Buffer,
): Promise<readonly SlackConnection[]> {
  const timestamp = headers['x-slack-request-timestamp'];
  const signature = headers['x-slack-signature'];
  const candidates = (await connections.withSigningSecrets()).flatMap((connection) =>
    connection.signingSecrets.map((secret) => ({ secret, connection })),
  );
  const signed = verifyRequest({ timestamp, signature, rawBody, now: core.clock.now() }, candidates);
  return signed.map(({ connection }) => connection);
}

function isConnectionTest(rawBody: Buffer): boolean {
  const fields = rawBody.length > 1_000 ? null : new URLSearchParams(rawBody.toString('utf8'));
  return fields?.get('ssl_check') === '1' && !fields.has('payload') && !fields.has('command');
}

async function take(parts: ReceiverParts, signedFor: readonly SlackConnection[], inbound: Inbound): Promise<Reply> {
  if (inbound.kind === 'challenge') return { status: 200, body: { challenge: inbound.challenge } };
  if (inbound.kind === 'nothing') return nothing;
  const { interaction } = inbound;
  const connection = connectionFor(signedFor, interaction);
  if (connection === undefined) {
    throw problem('unauthenticated', 'wrong_workspace', 'This workspace is not connected here.');
  }
  await keep(parts, connection.orgId, interaction);
  return nothing;
}

/** Organisations may share an app, so the workspace decides; one that was not asked for its workspace yet, may fit. */
function connectionFor(signedFor: readonly SlackConnection[], { teamId }: Interaction): SlackConnection | undefined {
  return (
    signedFor.find(({ workspace }) => workspace?.teamId === teamId) ??
    signedFor.find(({ workspace }) => workspace === null)
  );
}

async function keep(
  { core, secrets, ...parts }: ReceiverParts,
  orgId: string,
  interaction: Interaction,
): Promise<void> {
  const isNew = await core.db.transaction().execute(async (tx) => {
    if (!(await storeInteraction(tx, secrets, { orgId, now: core.clock.now() }, interaction))) return false;
    await parts.enqueue<InteractionJob>(tx, interactionQueue, [{ data: { orgId, id: interaction.id } }]);
    return true;
  });
  if (isNew) parts.wake(interactionQueue);
}
