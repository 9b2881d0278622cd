import type { ServerResponse } from 'node:http';

const listeners = new Set<ServerResponse>();
let number = 100;

export function announce(action: string, resourceType: string, context: object): void {
  number += 1;
  for (const response of listeners) {
    response.write(
      `id: ${number}\nevent: change\ndata: ${JSON.stringify({ number, at: new Date().toISOString(), action, resourceType, context })}\n\n`,
    );
  }
}

export function listen(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': hello\n\n');
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}
