import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createScramServer, type ScramUser } from './scram-server.ts';

export interface TakenMessage {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
}

/** As much of a Kafka broker, over TCP, as a producer needs to hand over messages: one topic partition each. */
export interface KafkaBroker {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  readonly messages: readonly TakenMessage[];
  /** Mechanism and credentials of everybody who signed in, as PLAIN sends them. */
  readonly signedIn: readonly string[];
  /** What the broker says of itself; another address is what a hostile cluster would name. */
  advertise(host: string, port: number): void;
  close(): Promise<void>;
}

const apis = { produce: 0, metadata: 3, saslHandshake: 17, apiVersions: 18, saslAuthenticate: 36 } as const;
/** The versions spoken here: before fields could be added to every structure. */
const spoken = [
  [apis.produce, 7],
  [apis.metadata, 4],
  [apis.apiVersions, 3],
  [apis.saslHandshake, 1],
  [apis.saslAuthenticate, 1],
] as const;

export interface KafkaBrokerOptions {
  readonly port?: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Whom SCRAM lets in; PLAIN lets in everybody. */
  readonly user?: ScramUser;
}

/** What one connection has said so far of who it is. */
interface SigningIn {
  scram: ((message: string) => string) | null;
}

export async function startKafkaBroker({ port = 0, tls, user }: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
  const messages: TakenMessage[] = [];
  const signedIn: string[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    const client: SigningIn = { scram: null };
    let waiting: Buffer = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE(0)) {
        const size = waiting.readInt32BE(0);
        const answer = answerRequest(reader(waiting.subarray(4, 4 + size)), advertised, {
          messages,
          signedIn,
          client,
          user,
        });
        socket.write(Buffer.concat([int32(answer.length), answer]));
        waiting = waiting.subarray(4 + size);
      }
    });
  };
  const server = tls === undefined ? createServer(serve) : createTlsServer({ ...tls }, serve);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const advertised = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  return {
    address: `127.0.0.1:${advertised.port}`,
    messages,
    signedIn,
    advertise: (host, other) => void Object.assign(advertised, { host, port: other }),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Served {
  readonly messages: TakenMessage[];
  readonly signedIn: string[];
  readonly client: SigningIn;
  readonly user: ScramUser | undefined;
}

function answerRequest(
  request: Reader,
  advertised: { readonly host: string; readonly port: number },
  { messages, signedIn, client, user }: Served,
): Buffer {
  const api = request.int16();
  const version = request.int16();
  const correlation = int32(request.int32());
  request.text();
  if (api === apis.apiVersions) return Buffer.concat([correlation, version < 3 ? plainVersions() : versions()]);
  if (api === apis.metadata) {
    const topics = request.list(() => request.text());
    return Buffer.concat([correlation, metadata(topics, advertised)]);
  }
  if (api === apis.saslHandshake) {
    const mechanism = request.text();
    signedIn.push(mechanism);
    if (user !== undefined && mechanism.startsWith('SCRAM')) client.scram = createScramServer(mechanism, user);
    return Buffer.concat([correlation, int16(0), int32(1), text(mechanism)]);
  }
  if (api === apis.saslAuthenticate) {
    const said = request.bytes().toString();
    signedIn.push(said);
    const answer = Buffer.from(client.scram?.(said) ?? '');
    return Buffer.concat([correlation, int16(0), int16(-1), int32(answer.length), answer, int64(0)]);
  }
  request.text();
  request.int16();
  request.int32();
  const topics = request.list(() => {
    const topic = request.text();
    request.list(() => {
      request.int32();
      messages.push(...records(request.bytes()).map((record) => ({ topic, ...record })));
    });
    return topic;
  });
  const taken = topics.map((topic) =>
    Buffer.concat([text(topic), int32(1), int32(0), int16(0), int64(0), int64(-1), int64(0)]),
  );
  return Buffer.concat([correlation, int32(taken.length), ...taken, int32(0)]);
}

/** Who signs in asks in the oldest form. */
function plainVersions(): Buffer {
  const known = spoken.map(([api, version]) => Buffer.concat([int16(api), int16(version), int16(version)]));
  return Buffer.concat([int16(0), int32(known.length), ...known, int32(0)]);
}

function versions(): Buffer {
  const known = spoken.map(([api, version]) => Buffer.concat([int16(api), int16(version), int16(version), noTags]));
  return Buffer.concat([int16(0), Buffer.from([known.length + 1]), ...known, int32(0), noTags]);
}

function metadata(topics: readonly string[], { host, port }: { readonly host: string; readonly port: number }): Buffer {
  const one = Buffer.concat([int32(1), int32(0)]);
  const described = topics.map((topic) =>
    Buffer.concat([int16(0), text(topic), Buffer.from([0]), int32(1), int16(0), int32(0), int32(0), one, one]),
  );
  const broker = Buffer.concat([int32(0), text(host), int32(port), int16(-1)]);
  return Buffer.concat([int32(0), int32(1), broker, text('test'), int32(0), int32(topics.length), ...described]);
}

/** The records of a batch: after 57 bytes of its head their number, then each with lengths in zigzag. */
function records(batch: Buffer): readonly { readonly key: string; readonly value: string }[] {
  const from = reader(batch.subarray(57));
  return Array.from({ length: from.int32() }, () => {
    from.varint();
    from.skip(1);
    from.varint();
    from.varint();
    const key = from.take(from.varint()).toString();
    const value = from.take(from.varint()).toString();
    from.varint();
    return { key, value };
  });
}

type Reader = ReturnType<typeof reader>;

function reader(buffer: Buffer) {
  let at = 0;
  const take = (length: number): Buffer => {
    at += length;
    return buffer.subarray(at - length, at);
  };
  const int32Here = (): number => take(4).readInt32BE(0);
  return {
    take,
    skip: (length: number): void => void take(length),
    int16: (): number => take(2).readInt16BE(0),
    int32: int32Here,
    text: (): string => take(Math.max(0, take(2).readInt16BE(0))).toString(),
    bytes: (): Buffer => take(int32Here()),
    list: <Item>(item: () => Item): Item[] => Array.from({ length: Math.max(0, int32Here()) }, item),
    varint(): number {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = take(1).readUInt8(0);
        value |= (byte & 0x7f) << shift;
        if ((byte & 0x80) === 0) return (value >>> 1) ^ -(value & 1);
      }
    },
  };
}

const noTags = Buffer.from([0]);

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function int64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64BE(BigInt(value));
  return buffer;
}

function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}
