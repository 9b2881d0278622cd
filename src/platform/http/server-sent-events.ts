import type { Readable } from 'node:stream';
import type { Reply } from './route.ts';

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
