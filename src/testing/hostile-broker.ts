import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Speaks TCP and little of Kafka: whatever is asked is answered as the test says, with the number of the question. */
export async function startHostileBroker(
  answerTo: (number: number) => Buffer,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (asked: Buffer) => socket.write(answerTo(asked.length < 12 ? 0 : asked.readInt32BE(8))));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One answer as Kafka frames it: length, number of the question, body. */
export function framed(number: number, body: Buffer): Buffer {
  const frame = Buffer.alloc(8);
  frame.writeInt32BE(4 + body.length, 0);
  frame.writeInt32BE(number, 4);
  return Buffer.concat([frame, body]);
}
