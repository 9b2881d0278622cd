import type { Core } from '#platform/core.ts';
import { type Reply, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import type { SlackConnection } from './connection.ts';
import type { SlackConnections } from './connection-store.ts';
import { callbackPath } from './describe-app.ts';
import { parseInteraction } from './parse-interaction.ts';
import { type IntakeParts, receiveInteraction } from './receive-interaction.ts';
import { readSignature, verifyRequest } from './verify-request.ts';

export interface ReceiverParts extends IntakeParts {
  readonly core: Core;
  readonly connections: SlackConnections;
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
        const inbound = parseInteraction(String(headers['content-type'] ?? ''), rawBody);
        const answer = await receiveInteraction(parts, signedFor, inbound);
        return answer === null ? nothing : { status: 200, body: answer };
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
  const request = { timestamp, signature, rawBody, now: core.clock.now() };
  // Whoever sends rubbish costs no look into the database.
  if (readSignature(request) === null) return [];
  const candidates = (await connections.withSigningSecrets()).flatMap((connection) =>
    connection.signingSecrets.map((secret) => ({ secret, connection })),
  );
  return verifyRequest(request, candidates).map(({ connection }) => connection);
}

function isConnectionTest(rawBody: Buffer): boolean {
  const fields = rawBody.length > 1_000 ? null : new URLSearchParams(rawBody.toString('utf8'));
  return fields?.get('ssl_check') === '1' && !fields.has('payload') && !fields.has('command');
}
