import type { ReceivedRequest } from './received-request.ts';

/**
 * A way in which the other side misbehaves.
 *
 * - `answer`: this instead of the real answer; nothing is done.
 * - `delay`: the real answer, later. A promise holds the request until the test lets it go.
 * - `reset`: the connection breaks, either before anything is done or after it was done but unanswered.
 * - `silence`: no answer ever, again before or after the effect.
 */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'delay'; readonly until: number | Promise<unknown> }
  | { readonly kind: 'reset'; readonly after: 'receipt' | 'effect' }
  | { readonly kind: 'silence'; readonly after: 'receipt' | 'effect' };

export interface PlannedFault {
  /** How many requests it has hit so far. */
  readonly hits: number;
  remove(): void;
}

export interface Faults {
  /** The next matching requests suffer the fault: `times` of them, or all until it is removed. Older plans go first. */
  add(fault: Fault, options?: { match?: (request: ReceivedRequest) => boolean; times?: number }): PlannedFault;
  clear(): void;
}

export interface FaultPlan extends Faults {
  take(request: ReceivedRequest): Fault | undefined;
}

export function planFaults(): FaultPlan {
  interface Entry {
    readonly fault: Fault;
    readonly match: (request: ReceivedRequest) => boolean;
    left: number;
    hits: number;
  }
  let entries: Entry[] = [];
  return {
    add(fault, { match = () => true, times = Number.POSITIVE_INFINITY } = {}) {
      const entry: Entry = { fault, match, left: times, hits: 0 };
      entries.push(entry);
      return {
        get hits() {
          return entry.hits;
        },
        remove: () => {
          entries = entries.filter((other) => other !== entry);
        },
      };
    },
    clear: () => {
      entries = [];
    },
    take(request) {
      const entry = entries.find((candidate) => candidate.left > 0 && candidate.match(request));
      if (!entry) return undefined;
      entry.left -= 1;
      entry.hits += 1;
      return entry.fault;
    },
  };
}

/** Slack refuses with HTTP 200 and `ok:false`. */
export function slackRefusal(error: string): Fault {
  return { kind: 'answer', status: 200, body: { ok: false, error } };
}

/** HTTP 429 as Slack and GitHub word it: both only promise the `Retry-After` header, in seconds. */
export function rateLimited(retryAfterSeconds: number): Fault {
  return {
    kind: 'answer',
    status: 429,
    headers: { 'retry-after': String(retryAfterSeconds) },
    body: { ok: false, error: 'ratelimited' },
  };
}
