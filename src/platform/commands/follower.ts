import type { NewEvent } from '../events/event.ts';
import type { WriteContext } from './write-context.ts';

/**
 * Keeps in step, within the transaction of a command, what another module has to show of its change; for what must be
 * right in the next request. Everything else belongs into a reader. It may announce changes of its own.
 */
export interface Follower {
  readonly kinds: ReadonlySet<string>;
  /** Told once for each command, of the events of these kinds. */
  readonly follow: (ctx: WriteContext, events: readonly NewEvent[]) => Promise<void>;
}
