import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const lookEveryMs = 50;

/**
 * Browsers open connections in advance. Node counts one that never carried a request as busy, so that closing the
 * server would wait for it. Answers what begins to close them, until the server is closed.
 */
export function closeUnusedConnections(server: Server): () => void {
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', (request) => unused.delete(request.socket));
  return () => {
    const close = (): void => {
      for (const socket of unused) socket.destroy();
    };
    close();
    const again = setInterval(close, lookEveryMs);
    again.unref();
    server.once('close', () => clearInterval(again));
  };
}
