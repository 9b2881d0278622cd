import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { planFaults } from './faults.ts';
import type { Fault, Faults } from './faults.ts';
import type { ReceivedRequest } from './received-request.ts';

export interface LoopbackServer<Parts> {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly origin: string;
  readonly faults: Faults;
  /** What registering the routes returned. */
  readonly parts: Parts;
  /** Ends open connections too, so it returns at once. */
  close(): Promise<void>;
}

export type Routes<Parts> = (app: FastifyInstance, origin: () => string) => Parts;

const bodyLimit = 10 * 1024 * 1024;

/**
 * Opens an HTTP server that only this machine reaches. Bodies arrive raw, so that signatures can be
 * checked, and every request passes the fault plan.
 *
 * A wanted port that is taken is given up for a free one.
 */
export async function openLoopbackServer<Parts>(
  register: Routes<Parts>,
  wantedPort = 0,
): Promise<LoopbackServer<Parts>> {
  const app = fastify({ logger: false, forceCloseConnections: true, bodyLimit });
  const faults = planFaults();
  const pending = new WeakMap<FastifyRequest, Fault>();
  let origin = '';

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('preHandler', async (request, reply) => {
    if (!isLoopbackName(request.headers.host)) return reply.code(421).send('Only for requests to 127.0.0.1\n');
    const fault = faults.take(receivedRequest(request));
    if (!fault) return;
    pending.set(request, fault);
    await suffer(fault, reply);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const fault = pending.get(request);
    if (fault && 'after' in fault) {
      if (fault.kind === 'reset') reply.raw.socket?.resetAndDestroy();
      else await new Promise(() => {});
    }
    return payload;
  });
  const parts = register(app, () => origin);
  const port = await listen(app, wantedPort);
  origin = `http://127.0.0.1:${port}`;
  return { origin, faults, parts, close: () => app.close() };
}

/** The request in the shape that tests, faults and forwarding share. */
export function receivedRequest(request: FastifyRequest): ReceivedRequest {
  const url = request.raw.url ?? '/';
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return { method: request.method, url, path: pathname, query: searchParams, headers: request.headers, body };
}

async function suffer(fault: Fault, reply: FastifyReply): Promise<unknown> {
  switch (fault.kind) {
    case 'answer': {
      const text = typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body ?? {});
      const type = typeof fault.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
      return reply
        .code(fault.status)
        .headers({ 'content-type': type, ...fault.headers })
        .send(text);
    }
    case 'delay':
      return typeof fault.until === 'number' ? wait(fault.until) : fault.until;
    case 'reset':
    case 'silence':
      if (fault.after === 'effect') return undefined;
      reply.hijack();
      if (fault.kind === 'reset') reply.raw.socket?.resetAndDestroy();
      return undefined;
  }
}

/** A page elsewhere can point a name of its own at 127.0.0.1; the Host header gives it away. */
function isLoopbackName(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}

async function listen(app: FastifyInstance, wantedPort: number): Promise<number> {
  try {
    await app.listen({ host: '127.0.0.1', port: wantedPort });
  } catch (error) {
    if (wantedPort === 0 || !(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
    await app.listen({ host: '127.0.0.1', port: 0 });
  }
  return (app.server.address() as AddressInfo).port;
}
