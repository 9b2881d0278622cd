import type { WebSocket } from 'ws';
import type { Core } from '#platform/core.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import type { SlackConnection } from '../connection.ts';
import { type Inbound, parseEnvelope } from '../parse-interaction.ts';
import { slackErrorMessage } from '../slack-errors.ts';
import { callFailure, type SlackHttp } from '../slack-http.ts';
import { callSlack, textOf } from '../web-api-client.ts';
import type { OpenSocket } from './create-socket-opener.ts';

export interface SocketParts {
  readonly core: Core;
  readonly http: SlackHttp;
  readonly openSocket: OpenSocket;
  /** As the request URL takes it; answers what Slack is told at once, or null. */
  readonly receive: (connection: SlackConnection, inbound: Inbound) => Promise<object | null>;
  /** Slack pings every few seconds: a connection that was silent for so long is dead. */
  readonly silenceMs?: number;
}

export interface SlackSocket {
  /** Settles when the connection is over, with why in words, or null when it was closed here or Slack wants a new one. */
  readonly closed: Promise<string | null>;
  close(): void;
}

const usualSilenceMs = 60_000;

/** Opens one connection to Slack. Throws a problem that says why it cannot be. */
export async function openSlackSocket(parts: SocketParts, connection: SlackConnection): Promise<SlackSocket> {
  const { appToken: token, apiUrl } = connection;
  if (token === null) throw new Problem('invalid', 'no_app_token', 'There is no app-level token.');
  const answer = await callSlack(parts.http, { token, apiUrl }, 'apps.connections.open');
  if (!answer.ok) {
    throw new Problem('unavailable', 'slack_refused', answer.reason ?? slackErrorMessage(answer.error));
  }
  const socket = await parts.openSocket(textOf(answer.json['url']));
  const { ready, ...followed } = follow(parts, connection, socket);
  try {
    await ready;
  } catch (error) {
    socket.terminate();
    throw new Problem('unavailable', 'slack_unreachable', `Slack did not connect: ${callFailure(error).reason}.`);
  }
  return followed;
}

/** Ready when Slack says hello; before it, nothing is delivered. */
function follow(
  parts: SocketParts,
  connection: SlackConnection,
  socket: WebSocket,
): SlackSocket & { readonly ready: Promise<void> } {
  const over = Promise.withResolvers<string | null>();
  const hello = Promise.withResolvers<void>();
  let watch: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(watch);
    watch = setTimeout(() => socket.terminate(), parts.silenceMs ?? usualSilenceMs);
    watch.unref();
  };
  const end = (reason: string | null, error?: Error): void => {
    clearTimeout(watch);
    hello.reject(error ?? new Error('closed'));
    over.resolve(reason);
  };
  heard();
  socket.on('ping', heard);
  socket.on('error', (error) => end(`The connection failed: ${callFailure(error).reason}.`, error));
  socket.on('close', () => end('The connection was lost.'));
  socket.on('message', (data: Buffer) => {
    heard();
    const envelope = jsonOf(data);
    if (envelope?.['type'] === 'hello') hello.resolve();
    if (envelope?.['type'] === 'disconnect') {
      // What is on its way is still answered; Slack closes the connection itself.
      end(envelope['reason'] === 'link_disabled' ? 'Socket Mode is off in the Slack app’s settings.' : null);
      return;
    }
    if (envelope === null || typeof envelope['envelope_id'] !== 'string') return;
    void take(parts, connection, { socket, envelope, id: envelope['envelope_id'] }).catch((error: unknown) => {
      // Not acknowledged: Slack brings it again.
      parts.core.log.error({ event: 'slack-envelope-failed', org: connection.orgId, err: error });
    });
  });
  return {
    ready: hello.promise,
    closed: over.promise,
    close: () => {
      end(null);
      socket.close();
    },
  };
}

interface Envelope {
  readonly socket: WebSocket;
  readonly envelope: JsonObject;
  readonly id: string;
}

async function take(
  parts: SocketParts,
  connection: SlackConnection,
  { socket, envelope, id }: Envelope,
): Promise<void> {
  const payload = isJsonObject(envelope['payload']) ? envelope['payload'] : {};
  let answer: object | null = null;
  try {
    answer = await parts.receive(connection, parseEnvelope(textOf(envelope['type']), payload));
  } catch (error) {
    // What cannot be read, or is another workspace's, would be no better the next time.
    if (!(error instanceof Problem)) throw error;
    parts.core.log.warn({ event: 'slack-envelope-refused', org: connection.orgId, code: error.code });
  }
  const mayAnswer = answer !== null && envelope['accepts_response_payload'] === true;
  socket.send(JSON.stringify({ envelope_id: id, ...(mayAnswer ? { payload: answer } : {}) }));
}

function jsonOf(data: Buffer): JsonObject | null {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
