import type { Readable } from 'node:stream';
import type { Reply, RouteRequest } from './route.ts';

/** A stream of server-sent events: never cached, never held back by a proxy. */
export function serverSentEvents(stream: Readable): Reply {
  return {
    status: 200,
    body: stream,
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      // Kept open after the stream, a connection would hold up a server that stops until it is called idle.
      connection: 'close',
    },
  };
}

/** One event as text; `id` is where a client that reconnects goes on. */
export function eventText(event: string, data: object, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Milliseconds a client waits before it connects again. */
export function retryText(milliseconds: number): string {
  return `retry: ${milliseconds}\n\n`;
}

/** A comment that clients ignore and proxies see: the connection is alive. */
export const heartbeatText = ': still here\n\n';
const heartbeatMs = 15_000;
/** How often a quiet stream looks whether one is due. */
export const heartbeatCheckMs = 5_000;

export interface Heartbeat {
  /** Something was sent, so nothing is due for a while. */
  sent(): void;
  /** True when a heartbeat is due; it then counts as sent. */
  due(): boolean;
}

export function createHeartbeat(): Heartbeat {
  let quietSince = performance.now();
  const sent = (): void => {
    quietSince = performance.now();
  };
  return {
    sent,
    due() {
      if (performance.now() - quietSince <= heartbeatMs) return false;
      sent();
      return true;
    },
  };
}

/** Where a stream that broke off goes on: the last number that the client got, or 0. */
export function lastEventId(headers: RouteRequest<null, never, never, never>['headers']): number {
  const number = Number(headers['last-event-id']);
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}
