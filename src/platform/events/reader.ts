import type { Tx } from '../db/handles.ts';
import type { LoggedEvent } from './event.ts';

/** What a reader may do with a batch: read, write its own tables and enqueue jobs, all in the cursor's transaction. */
export interface ReaderContext {
  readonly db: Tx;
  readonly orgId: string;
  readonly now: Date;
  enqueue<Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]): Promise<void>;
}

export interface QueuedJob<Data extends object> {
  readonly data: Data;
  /** Not before this instant. */
  readonly startAfter?: Date | undefined;
  /** Jobs of one group share the handler's `groupConcurrency`, e.g. all calls to one endpoint. */
  readonly group?: string | undefined;
}

/**
 * Takes the events of one organisation in order, in batches. It may run twice on the same events (a crash before
 * the commit, a replay), so twice must equal once.
 */
export interface Reader {
  /** Names the cursor; never reuse a name for another meaning. */
  readonly name: string;
  /** Which events it is handed; all when absent. Passing by the others costs no transaction. */
  readonly concerns?: (event: LoggedEvent) => boolean;
  /** Has a transaction of its own, so that the others do not wait for what it does. */
  readonly takesLong?: boolean;
  readonly handle: (ctx: ReaderContext, events: readonly LoggedEvent[]) => Promise<void>;
}
