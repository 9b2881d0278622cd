import { Worker } from 'node:worker_threads';
import type { Egress } from '#platform/egress/egress.ts';
import type { KafkaAccess, KafkaMessage } from './kafka-access.ts';
import type { FromThread, ThreadSetup, ToThread } from './kafka-thread.ts';

/** Sends messages to one cluster. */
export interface KafkaSender {
  /** Resolves when the cluster has the message for good; throws otherwise, and then it may have it or not. */
  send(message: KafkaMessage): Promise<void>;
  /** It sends nothing any more. */
  readonly ended: boolean;
  close(): Promise<void>;
}

type Guard = Pick<Egress, 'addressesOf'>;

/** Longer than connecting, signing in and asking may take together: then nothing comes any more. */
const answerMs = 90_000;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Connects when the first message is sent. The thread that speaks to the brokers asks here before it connects to one;
 * when it ends, because an answer made no sense, what waits for it fails and nothing else.
 */
export function createKafkaSender(access: KafkaAccess, guard: Guard): KafkaSender {
  const setup: ThreadSetup = { access };
  const worker = new Worker(new URL('./kafka-worker.ts', import.meta.url), {
    name: 'kafka',
    workerData: setup,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
  });
  worker.unref();
  const waiting = new Map<number, Waiting>();
  let ended: Error | null = null;
  let sent = 0;

  const tell = (message: ToThread): void => worker.postMessage(message);
  const settle = (id: number, error: Error | null): void => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === null) one?.resolve();
    else one?.reject(error);
  };
  const end = (why: Error): void => {
    ended ??= why;
    for (const id of waiting.keys()) settle(id, ended);
  };

  const answer = async (id: number, host: string, port: number): Promise<void> => {
    try {
      tell({ kind: 'addresses', id, addresses: await guard.addressesOf(host, port) });
    } catch (error) {
      tell({ kind: 'refused', id, reason: error instanceof Error ? error.message : String(error) });
    }
  };

  worker.on('message', (told: FromThread) => {
    if (told.kind === 'ask') void answer(told.id, told.host, told.port);
    else settle(told.id, told.kind === 'sent' ? null : new Error(told.reason));
  });
  worker.on('error', (error) => end(new Error(`The broker's answer was not understood: ${messageOf(error)}`)));
  worker.on('exit', () => end(new Error('The connection to Kafka was closed.')));

  return {
    get ended() {
      return ended !== null;
    },
    async send(message) {
      if (ended !== null) throw ended;
      sent += 1;
      const id = sent;
      const late = setTimeout(() => settle(id, new Error('The broker did not answer in time.')), answerMs);
      late.unref();
      try {
        await new Promise<void>((resolve, reject) => {
          waiting.set(id, { resolve, reject });
          tell({ kind: 'send', id, message });
        });
      } finally {
        clearTimeout(late);
      }
    },
    async close() {
      await worker.terminate();
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
