import type { KafkaAccess, KafkaMessage } from './kafka-access.ts';

/** What the thread that speaks to Kafka is told. */
export type ToThread =
  | { readonly kind: 'send'; readonly id: number; readonly message: KafkaMessage }
  | { readonly kind: 'addresses'; readonly id: number; readonly addresses: readonly string[] }
  /** The guard does not let a broker be called, and says why. */
  | { readonly kind: 'refused'; readonly id: number; readonly reason: string };

/** What it tells. */
export type FromThread =
  | { readonly kind: 'sent'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
  /** Which addresses of a broker may be connected to. */
  | { readonly kind: 'ask'; readonly id: number; readonly host: string; readonly port: number };

export interface ThreadSetup {
  readonly access: KafkaAccess;
}
