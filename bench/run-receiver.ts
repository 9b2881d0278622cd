import { once } from 'node:events';
import { createServer } from 'node:http';

/** A backend that takes the webhooks of runs and remembers when each came. */
export interface RunReceiver {
  readonly authority: string;
  /** Instants of `performance.now()` by the run's id, one for each time it was called. */
  readonly calls: ReadonlyMap<string, readonly number[]>;
  close(): void;
}

export async function startRunReceiver(): Promise<RunReceiver> {
  const calls = new Map<string, number[]>();
  const server = createServer((request, response) => {
    const at = performance.now();
    const id = String(request.headers['run_id']);
    calls.set(id, [...(calls.get(id) ?? []), at]);
    request.resume();
    request.on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  return {
    authority: `127.0.0.1:${port}`,
    calls,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
