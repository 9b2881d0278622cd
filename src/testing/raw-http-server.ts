import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What a loopback server was asked, in order of arrival. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly remotePort: number;
}

export interface RawHttpServer {
  readonly origin: string;
  /** `address:port`, as an allow list takes it. */
  readonly authority: string;
  readonly port: number;
  readonly seen: readonly SeenRequest[];
  readonly close: () => Promise<void>;
}

/** Starts an HTTP server on a free loopback port that records each request and leaves the answer, broken ones included, to the test. */
export async function startRawHttpServer(
  answer: (request: SeenRequest, response: ServerResponse) => void | Promise<void>,
  options: {
    readonly host?: string;
    readonly port?: number;
    readonly tls?: { readonly cert: string; readonly key: string };
  } = {},
): Promise<RawHttpServer> {
  const seen: SeenRequest[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one: SeenRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        remotePort: request.socket.remotePort ?? 0,
      };
      seen.push(one);
      void Promise.resolve(answer(one, response)).catch((error: unknown) => response.destroy(error as Error));
    });
  };
  const host = options.host ?? '127.0.0.1';
  const server = options.tls === undefined ? createServer(listener) : createTlsServer({ ...options.tls }, listener);
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return {
    origin: `${options.tls === undefined ? 'http' : 'https'}://${authority}`,
    authority,
    port,
    seen,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
