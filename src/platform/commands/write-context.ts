import type { Tx } from '../db/handles.ts';
import type { NewEvent } from '../events/event.ts';
import type { Actor, Origin } from './actor.ts';

/** What a command works with. Only the runner makes one, inside the transaction it opened. */
export interface WriteContext {
  readonly db: Tx;
  readonly actor: Actor;
  readonly origin: Origin;
  readonly now: Date;
  readonly requestId: string | null;
  /** Announces a change; written to the log as the last statement of the transaction. */
  emit(event: NewEvent): void;
  /**
   * Slow work whose outcome is remembered somewhere: done with the transaction rolled back, after which the command
   * starts over at the same instant. A command that keeps coming back for more has it done in place.
   */
  outside(work: () => Promise<void>): Promise<void>;
}

/** A verb: authorise, load and lock, decide, store, emit. It has no effect outside PostgreSQL, so it may be retried. */
export type Command<Input, Result> = (ctx: WriteContext, input: Input) => Promise<Result>;
