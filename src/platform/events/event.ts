import type { Actor, Origin } from '../commands/actor.ts';
import type { Change } from './change.ts';

/** A timer that expires changes nothing; Port's clients know it by a word of its own. */
export type EventAction = 'CREATE' | 'UPDATE' | 'DELETE' | 'TIMER_EXPIRED';

/** Where a change happened: plain identifiers, some of them filterable in the audit log. */
export interface EventContext {
  readonly blueprint?: string | undefined;
  readonly entity?: string | undefined;
  readonly run?: string | undefined;
  readonly [key: string]: unknown;
}

export type Document = { readonly [key: string]: unknown };

/** What a command announces. `before` and `after` are whole documents; the log keeps `after` and what changed. */
export interface NewEvent {
  /** Past tense, `noun.verb`: `entity.updated`, `run.log-added`. */
  readonly kind: string;
  readonly resource: string;
  readonly action: EventAction;
  /** One text per thing; the order of its events is promised to readers. */
  readonly subject: string;
  readonly context: EventContext;
  readonly before: Document | null;
  readonly after: Document | null;
  /** Of the request that asked for it, where one transaction answers several. */
  readonly requestId?: string | null;
}

/** One row of the log as readers see it. */
export interface LoggedEvent extends NewEvent {
  readonly orgId: string;
  /** Gap-free per organisation, in commit order. */
  readonly number: number;
  /** `event_` and 16 characters; also the stable id of what is delivered because of it. */
  readonly id: string;
  readonly at: Date;
  readonly actor: Actor;
  readonly origin: Origin;
  readonly requestId: string | null;
  readonly status: 'SUCCESS' | 'FAILURE';
  readonly message: string | null;
  readonly changed: Change;
}
