const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Waits after each failed attempt; after the last one a delivery is dead. About eight hours in all. */
const schedule = [second, 5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 4 * hour];
const longestAsked = hour;
const gone = 410;

export interface FailedAttempt {
  /** How many attempts were made, this one included. */
  readonly attempts: number;
  /** The answer's status, or null when there was none. */
  readonly status: number | null;
  /** What the other side asked for, in milliseconds. */
  readonly retryAfterMs: number | null;
}

/**
 * When to try again, in milliseconds; null when it is given up. `chance` between 0 and 1 spreads the retries of many
 * over up to a fifth more time, so that an endpoint that comes back is not met by all at once.
 */
export function nextAttemptIn(failed: FailedAttempt, chance: number): number | null {
  if (failed.status === gone) return null;
  const planned = schedule[failed.attempts - 1];
  if (planned === undefined) return null;
  return Math.round(Math.max(planned, Math.min(failed.retryAfterMs ?? 0, longestAsked)) * (1 + chance / 5));
}

/** Answers that are about this one message, and would be the same the next time. */
const refusals: ReadonlySet<number> = new Set([400, gone, 413, 415, 422]);
const longestOfStreams = 5 * minute;

/**
 * A stream is one long row, of which nothing may be left out: it waits for an endpoint that is away as long as it
 * takes, and looks for it every five minutes. Only what the endpoint refuses to take is given up as elsewhere.
 */
export function nextStreamAttemptIn(failed: FailedAttempt, chance: number): number | null {
  if (failed.status !== null && refusals.has(failed.status)) {
    return nextAttemptIn({ ...failed, status: null }, chance);
  }
  const planned = Math.min(schedule[failed.attempts - 1] ?? longestOfStreams, longestOfStreams);
  return Math.round(Math.max(planned, Math.min(failed.retryAfterMs ?? 0, longestAsked)) * (1 + chance / 5));
}

/** `Retry-After` in seconds or as a date. */
export function parseRetryAfter(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * second;
  const until = Date.parse(header);
  return Number.isNaN(until) ? null : Math.max(0, until - now.getTime());
}
