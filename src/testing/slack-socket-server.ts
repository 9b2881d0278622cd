import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { isJsonObject, type JsonObject } from '#platform/json.ts';

/** Slack's side of Socket Mode on loopback; other methods of the Web API go on to `apiUrl`. */
export interface SlackSocketServer {
  /** For QUAYSIDE_SLACK_API_URL. */
  readonly apiUrl: string;
  readonly host: string;
  readonly appToken: string;
  readonly open: ReadonlySet<WebSocket>;
  /** How often somebody asked where to connect. */
  readonly asked: () => number;
  /** What Slack answers to that instead, until it is set to null. */
  refuse(answer: object | null): void;
  /** Brings an envelope to one of the connections; resolves with the acknowledgement. */
  deliver(envelope: JsonObject, socket?: WebSocket): Promise<JsonObject>;
  /** Says goodbye as Slack does, on all connections or one. */
  announceEnd(reason: string, socket?: WebSocket): void;
  /** Resolves when so many connections are open. */
  connected(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function startSlackSocketServer(apiUrl: string): Promise<SlackSocketServer> {
  const appToken = `xapp-1-${randomBytes(8).toString('hex')}`;
  const open = new Set<WebSocket>();
  const acks = new Map<string, (ack: JsonObject) => void>();
  const waiting = new Set<() => void>();
  let refusal: object | null = null;
  let asked = 0;
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const send = (answer: object): void => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      };
      if (request.url?.endsWith('/apps.connections.open') === true) {
        asked += 1;
        const isKnown = request.headers.authorization === `Bearer ${appToken}`;
        send(
          refusal ??
            (isKnown ? { ok: true, url: `ws://${host}/link/?ticket=1` } : { ok: false, error: 'invalid_auth' }),
        );
        return;
      }
      const { authorization = '', 'content-type': contentType = '' } = request.headers;
      const target = `${apiUrl.replace(/\/$/, '')}/${(request.url ?? '').split('/').at(-1) ?? ''}`;
      void fetch(target, {
        method: 'POST',
        headers: { authorization, 'content-type': contentType },
        body: Buffer.concat(chunks),
      }).then(async (answer) => {
        const scopes = answer.headers.get('x-oauth-scopes') ?? '';
        response.writeHead(answer.status, { 'content-type': 'application/json', 'x-oauth-scopes': scopes });
        response.end(await answer.text());
      });
    });
  });
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const ack: unknown = JSON.parse(data.toString('utf8'));
      if (isJsonObject(ack)) acks.get(String(ack['envelope_id']))?.(ack);
    });
    socket.on('close', () => {
      open.delete(socket);
      for (const wake of waiting) wake();
    });
    socket.send(JSON.stringify({ type: 'hello', num_connections: open.size + 1 }));
    open.add(socket);
    for (const wake of waiting) wake();
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    apiUrl: `http://${host}/api`,
    host,
    appToken,
    open,
    asked: () => asked,
    refuse: (answer) => {
      refusal = answer;
    },
    deliver: async (envelope, socket = [...open].at(-1)) =>
      new Promise((resolve) => {
        const id = randomBytes(8).toString('hex');
        acks.set(id, resolve);
        socket?.send(JSON.stringify({ envelope_id: id, accepts_response_payload: false, ...envelope }));
      }),
    announceEnd: (reason, socket) => {
      for (const one of socket === undefined ? open : [socket])
        one.send(JSON.stringify({ type: 'disconnect', reason }));
    },
    connected: async (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (open.size !== count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: async () => {
      for (const socket of open) socket.terminate();
      sockets.close();
      http.closeAllConnections();
      await new Promise((resolve) => {
        http.close(resolve);
      });
    },
  };
}
