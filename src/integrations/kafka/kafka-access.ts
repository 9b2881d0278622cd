/** How to reach one cluster. */
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
