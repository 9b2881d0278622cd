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

/** Where a stream that broke off goes on: the last number that the client got, or 0. */
export function lastEventId(headers: RouteRequest<null, never, never, never>['headers']): number {
  const number = Number(headers['last-event-id']);
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}
