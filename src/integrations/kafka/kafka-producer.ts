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
export class KafkaThread implements KafkaSender {
  readonly #worker: Worker;
  readonly #guard: Guard;
  readonly #waiting = new Map<number, Waiting>();
  #ended: Error | null = null;
  #sent = 0;

  constructor(access: KafkaAccess, guard: Guard) {
    const setup: ThreadSetup = { access };
    this.#guard = guard;
    this.#worker = new Worker(new URL('./kafka-worker.ts', import.meta.url), {
      name: 'kafka',
      workerData: setup,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
    });
    this.#worker.unref();
    this.#worker.on('message', (told: FromThread) => this.#hear(told));
    this.#worker.on('error', (error) => this.#end(`The broker's answer was not understood: ${messageOf(error)}`));
    this.#worker.on('exit', () => this.#end('The connection to Kafka was closed.'));
  }

  get ended(): boolean {
    return this.#ended !== null;
  }

  async send(message: KafkaMessage): Promise<void> {
    if (this.#ended !== null) throw this.#ended;
    this.#sent += 1;
    const id = this.#sent;
    const late = setTimeout(() => this.#settle(id, new Error('The broker did not answer in time.')), answerMs);
    late.unref();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#tell({ kind: 'send', id, message });
      });
    } finally {
      clearTimeout(late);
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #tell(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #hear(told: FromThread): void {
    if (told.kind === 'ask') void this.#answer(told);
    else this.#settle(told.id, told.kind === 'sent' ? null : new Error(told.reason));
  }

  /** Which addresses the guard lets be called. */
  async #answer({ id, host, port }: FromThread & { readonly kind: 'ask' }): Promise<void> {
    try {
      this.#tell({ kind: 'addresses', id, addresses: await this.#guard.addressesOf(host, port) });
    } catch (error) {
      this.#tell({ kind: 'refused', id, reason: messageOf(error) });
    }
  }

  #settle(id: number, error: Error | null): void {
    const one = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === null) one?.resolve();
    else one?.reject(error);
  }

  #end(why: string): void {
    this.#ended ??= new Error(why);
    for (const id of this.#waiting.keys()) this.#settle(id, this.#ended);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
