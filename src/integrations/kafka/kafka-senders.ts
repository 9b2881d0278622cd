import type { Egress } from '#platform/egress/egress.ts';
import type { Connection } from '../connections/connection-store.ts';
import type { KafkaOf } from './kafka-backend.ts';
import type { KafkaAccess } from './kafka-access.ts';
import { type KafkaSender, KafkaThread } from './kafka-producer.ts';

/** The clusters of organisations; one sender for each, until it ends or the connection changes. */
export interface KafkaSenders {
  readonly of: KafkaOf;
  close(): Promise<void>;
}

export interface KafkaSenderParts {
  readonly egress: Egress;
  readonly connectionOf: (orgId: string) => Promise<Connection | null>;
  /** For organisations without a connection of their own. */
  readonly installation: KafkaAccess | null;
}

export function createKafkaSenders({ egress, connectionOf, installation }: KafkaSenderParts): KafkaSenders {
  const senders = new Map<string, { readonly version: string; readonly sender: KafkaSender }>();

  async function drop(place: string): Promise<void> {
    const known = senders.get(place);
    senders.delete(place);
    // Whatever it was doing failed or is no longer wanted.
    await known?.sender.close().catch(() => undefined);
  }

  async function senderFor(place: string, version: string, access: KafkaAccess): Promise<KafkaSender> {
    const known = senders.get(place);
    if (known?.version === version && !known.sender.ended) return known.sender;
    await drop(place);
    const sender = new KafkaThread(access, egress);
    senders.set(place, { version, sender });
    return sender;
  }

  return {
    async of(orgId) {
      const own = await connectionOf(orgId);
      const access = own === null ? installation : accessOf(own);
      if (access === null) return null;
      const place = own === null ? '' : orgId;
      return async (message) => {
        const sender = await senderFor(place, own?.version ?? '', access);
        await sender.send(message);
      };
    },
    async close() {
      await Promise.all([...senders.keys()].map(drop));
    },
  };
}

function accessOf({ settings, secrets }: Connection): KafkaAccess {
  const { brokers, tls, saslMechanism } = settings as {
    readonly brokers: readonly string[];
    readonly tls?: boolean;
    readonly saslMechanism?: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  };
  const { username, password } = secrets;
  const sasl =
    saslMechanism === undefined || username === undefined || password === undefined
      ? null
      : { mechanism: saslMechanism, username, password };
  return { brokers, tls: tls ?? true, sasl };
}
