import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { closeUnusedConnections } from './close-unused-connections.ts';

test('a connection that never carried a request does not hold up the end; one that waits for its answer gets it', async () => {
  let finish = (): void => undefined;
  const server = createServer((_, response) => {
    finish = () => response.end('done');
  });
  const close = closeUnusedConnections(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const unused = connect(port, '127.0.0.1');
  const busy = fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  await Promise.all([once(unused, 'connect'), once(server, 'request')]);
  close();
  await once(unused.resume(), 'close');
  const ended = once(server.close(), 'close');
  finish();
  expect(await (await busy).text()).toBe('done');
  await ended;
});
