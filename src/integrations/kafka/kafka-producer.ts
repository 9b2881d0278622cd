import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Broker, Connection } from '@platformatic/kafka';
import type { Egress } from '#platform/egress/egress.ts';

export interface KafkaAccess {
  /** `host:port`. */
  readonly brokers: readonly string[];
  readonly tls: boolean;
  readonly sasl: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
    readonly username: string;
    readonly password: string;
  } | null;
}

export interface KafkaMessage {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
}

/** Sends messages to one cluster. */
export interface KafkaSender {
  /** Resolves when the cluster has the message for good; throws otherwise, and then it may have it or not. */
  send(message: KafkaMessage): Promise<void>;
  close(): Promise<void>;
}

type Guard = Pick<Egress, 'addressesOf'>;
type Answer = (error: Error | null, connection: Connection) => void;

const connectMs = 5_000;
const requestMs = 15_000;

/**
 * Connects when the first message is sent. Every broker, those that a cluster names itself included, passes the guard
 * and is connected to at an address that was checked.
 */
export async function createKafkaSender(access: KafkaAccess, guard: Guard): Promise<KafkaSender> {
  // Loaded late: most installations never speak to Kafka.
  const ports = new Map<string, number>();
  const { NetworkError, Producer, stringSerializers } = await import('@platformatic/kafka');
  const producer = new Producer({
    clientId: 'quayside',
    bootstrapBrokers: [...access.brokers],
    serializers: stringSerializers,
    autocreateTopics: true,
    acks: -1,
    // The job that sends repeats, and the run says meanwhile why.
    retries: 0,
    connectTimeout: connectMs,
    requestTimeout: requestMs,
    timeout: requestMs,
    ...(access.tls ? { tls: { lookup: guardedLookup(guard, ports) }, tlsServerName: true } : {}),
    ...(access.sasl === null ? {} : { sasl: { ...access.sasl } }),
  });
  const { connections } = producer as unknown as { connections: { get: (broker: Broker, done: Answer) => unknown } };
  const connect = connections.get.bind(connections);
  connections.get = (broker, done) => {
    ports.set(broker.host, broker.port);
    guard.addressesOf(broker.host, broker.port).then(
      // A certificate is checked against the name, whose look-up is guarded; without one the checked address is pinned.
      ([address = broker.host]) => void connect({ port: broker.port, host: access.tls ? broker.host : address }, done),
      (cause: unknown) =>
        done(new NetworkError('The broker may not be called.', { cause: cause as Error }), undefined as never),
    );
    return undefined;
  };
  return {
    async send({ topic, key, value }) {
      await producer.send({ messages: [{ topic, key, value }] });
    },
    async close() {
      await producer.close(true);
    },
  };
}

/** Answers a socket's question for a name with addresses that were checked, so that there is no second look-up. */
function guardedLookup(guard: Guard, ports: ReadonlyMap<string, number>): LookupFunction {
  return (
    host,
    options,
    answer: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
  ): void => {
    guard.addressesOf(host, ports.get(host) ?? 0).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
        if (options.all === true) answer(null, found);
        else answer(null, found[0]?.address ?? '', found[0]?.family);
      },
      (error: unknown) => answer(error as Error, ''),
    );
  };
}
