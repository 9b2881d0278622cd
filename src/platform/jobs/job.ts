/** Work outside a transaction: the only place where the network is used. It may run twice. */
export interface JobHandler<Data extends object = object> {
  readonly queue: string;
  /** Seconds after which a run of the job counts as lost and is tried again, even if its process still lives. */
  readonly expireSeconds?: number;
  /** Tries after the first; a job that owns its own retry rows sets 0. */
  readonly retryLimit?: number;
  /** How many may run at once in this process. */
  readonly concurrency?: number;
  /** How many of one group may run at once in this process, so that a slow one leaves room for the others. */
  readonly groupConcurrency?: number;
  readonly run: (data: Data) => Promise<void>;
}

/** Keeps handlers of different data in one list; the queue's name is what ties data to its handler. */
export function jobHandler<Data extends object>(handler: JobHandler<Data>): JobHandler {
  return handler as unknown as JobHandler;
}
