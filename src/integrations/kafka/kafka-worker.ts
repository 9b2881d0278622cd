import type { LookupAddress } from 'node:dns';
import type { LookupFunction, Socket } from 'node:net';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type Broker, type Connection, NetworkError, Producer, stringSerializers } from '@platformatic/kafka';
import type { KafkaAccess } from './kafka-access.ts';
import type { FromThread, ThreadSetup, ToThread } from './kafka-thread.ts';

/**
 * Speaks to one cluster, in a thread of its own: what a broker answers is read by a client library that throws where
 * nobody can catch it, and then this thread ends instead of the program.
 */
const connectMs = 5_000;
const requestMs = 15_000;
/** Of one answer, which begins with the number of its question: no broker has more to say. */
const leastAnswerBytes = 4;
const mostAnswerBytes = 16 * 1024 * 1024;
const nonsense = 'The broker does not answer as Kafka does, or with more than is accepted.';
const { access } = workerData as ThreadSetup;
const port = portOf();

/** Why the guard does not let a broker be called. */
class Refused extends Error {}

const asked = new Map<number, { resolve(addresses: readonly string[]): void; reject(why: Error): void }>();
let questions = 0;
/** Said instead of whatever the library makes of it. */
let isNonsense = false;
let producer = createProducer(access);

port.on('message', (told: ToThread) => {
  if (told.kind === 'send') void send(told);
  else if (told.kind === 'addresses') asked.get(told.id)?.resolve(told.addresses);
  else asked.get(told.id)?.reject(new Refused(told.reason));
  if (told.kind !== 'send') asked.delete(told.id);
});

function portOf(): MessagePort {
  if (parentPort === null) throw new Error('kafka-worker runs in a worker thread');
  return parentPort;
}

function tell(message: FromThread): void {
  port.postMessage(message);
}

async function send({ id, message }: ToThread & { readonly kind: 'send' }): Promise<void> {
  isNonsense = false;
  const used = producer;
  try {
    await used.send({ messages: [message] });
    tell({ kind: 'sent', id });
  } catch (error) {
    tell({ kind: 'failed', id, reason: isNonsense ? nonsense : reasonOf(error) });
    if (producer !== used) return;
    // What it knows of the cluster may be wrong.
    producer = createProducer(access);
    await used.close(true).catch(() => undefined);
  }
}

async function addressesOf(host: string, brokerPort: number): Promise<readonly string[]> {
  questions += 1;
  const id = questions;
  return new Promise((resolve, reject) => {
    asked.set(id, { resolve, reject });
    tell({ kind: 'ask', id, host, port: brokerPort });
  });
}

type Done = (error: Error | null, connection: Connection) => void;

/** The library's pool of connections, as far as it is needed to come before it. */
interface Pool {
  get: (broker: Broker, done: Done) => unknown;
  on: (event: 'connecting', listener: (told: { readonly connection: Connection }) => void) => unknown;
}

/**
 * Every broker, those that a cluster names itself included, passes the guard and is connected to at an address that was
 * checked.
 */
function createProducer({ brokers, tls, sasl }: KafkaAccess): Producer<string, string, string, string> {
  const ports = new Map<string, number>();
  const made = new Producer({
    clientId: 'quayside',
    bootstrapBrokers: [...brokers],
    serializers: stringSerializers,
    autocreateTopics: true,
    acks: -1,
    // The job that sends repeats, and the run says meanwhile why.
    retries: 0,
    connectTimeout: connectMs,
    requestTimeout: requestMs,
    timeout: requestMs,
    ...(tls ? { tls: { lookup: guardedLookup(ports) }, tlsServerName: true } : {}),
    ...(sasl === null ? {} : { sasl: { ...sasl } }),
  });
  const { connections } = made as unknown as { connections: Pool };
  const connect = connections.get.bind(connections);
  let begun: Connection | undefined;
  connections.on('connecting', ({ connection }) => (begun = connection));
  connections.get = (broker, done) => {
    ports.set(broker.host, broker.port);
    addressesOf(broker.host, broker.port).then(
      // A certificate is checked against the name, whose look-up is guarded; without one the checked address is pinned.
      ([address = broker.host]) => {
        connect({ port: broker.port, host: tls ? broker.host : address } as Broker, done);
        if (begun !== undefined) boundAnswers(begun.socket);
        begun = undefined;
      },
      (cause: unknown) =>
        done(new NetworkError('The broker may not be called.', { cause: cause as Error }), undefined as never),
    );
    return undefined;
  };
  return made;
}

/** The length that a broker announces is believed by the library, which waits for it and keeps what came so far. */
function boundAnswers(socket: Socket): void {
  const head = Buffer.alloc(4);
  let filled = 0;
  let left = 0;
  socket.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length;) {
      if (left > 0) {
        const taken = Math.min(left, chunk.length - at);
        left -= taken;
        at += taken;
        continue;
      }
      head[filled] = chunk[at] ?? 0;
      filled = (filled + 1) % head.length;
      at += 1;
      if (filled > 0) continue;
      left = head.readInt32BE(0);
      if (left >= leastAnswerBytes && left <= mostAnswerBytes) continue;
      isNonsense = true;
      socket.destroy();
      return;
    }
  });
}

/** Answers a socket's question for a name with addresses that were checked, so that there is no second look-up. */
function guardedLookup(ports: ReadonlyMap<string, number>): LookupFunction {
  return (
    host,
    options,
    answer: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
  ): void => {
    addressesOf(host, ports.get(host) ?? 0).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
        if (options.all === true) answer(null, found);
        else answer(null, found[0]?.address ?? '', found[0]?.family);
      },
      (error: unknown) => answer(error as Error, ''),
    );
  };
}

/** Errors are wrapped in errors, several of them when several brokers failed: the innermost says what happened. */
function reasonOf(error: unknown): string {
  let current = error;
  for (let depth = 0; depth < 8; depth += 1) {
    const next: unknown =
      current instanceof AggregateError ? current.errors[0] : current instanceof Error ? current.cause : undefined;
    if (next === undefined) break;
    current = next;
  }
  if (!(current instanceof Error)) return String(current);
  const code = 'code' in current && typeof current.code === 'string' ? current.code : '';
  return code === '' || current instanceof Refused || current.message.includes(code)
    ? current.message
    : `${current.message} (${code})`;
}
