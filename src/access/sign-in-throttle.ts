import type { Clock } from '#platform/clock.ts';
import { problem } from '#platform/problem.ts';

export interface SignInThrottle {
  /**
   * Counts an attempt as failed until `recordSuccess` takes it back, so that many at once are no way around the limit.
   * Refuses with 429 while an address or a name has had too many failures.
   */
  recordAttempt(name: string, ip: string): void;
  recordSuccess(name: string, ip: string): void;
}

const windowMs = 5 * 60_000;

export interface FailureLimits {
  /** Of one name from one address. */
  readonly perName: number;
  /** Of one address over all names. */
  readonly perAddress: number;
}

export const limitsOfPeople: FailureLimits = { perName: 10, perAddress: 100 };
/** Secrets of programs are long, and many exchange theirs at the same moment: what runs counts as failed until it is done. */
export const limitsOfPrograms: FailureLimits = { perName: 200, perAddress: 1_000 };

/** Keys kept at most; the oldest go first, so that guessing names cannot fill the memory. */
const keyLimit = 10_000;

interface Count {
  failures: number;
  readonly since: number;
}

/** Counts failed sign-ins per process: a name's from one address, and an address's over all names. */
export function createSignInThrottle(clock: Clock, limits: FailureLimits): SignInThrottle {
  const counts = new Map<string, Count>();

  function current(key: string): Count | undefined {
    const count = counts.get(key);
    if (count !== undefined && clock.now().getTime() - count.since < windowMs) return count;
    counts.delete(key);
    return undefined;
  }

  function add(key: string): void {
    const count = current(key);
    if (count !== undefined) {
      count.failures += 1;
      return;
    }
    const oldest = counts.keys().next();
    if (counts.size >= keyLimit && oldest.done !== true) counts.delete(oldest.value);
    counts.set(key, { failures: 1, since: clock.now().getTime() });
  }

  function assertBelow(key: string, limit: number): void {
    const count = current(key);
    if (count === undefined || count.failures < limit) return;
    const retryAfterSeconds = Math.ceil((count.since + windowMs - clock.now().getTime()) / 1000);
    throw problem('limited', 'too_many_attempts', 'Too many failed attempts. Wait a few minutes and try again.', {
      retryAfterSeconds,
    });
  }

  const nameKey = (name: string, ip: string): string => `${name.toLowerCase()}|${ip}`;
  return {
    recordAttempt(name, ip) {
      assertBelow(nameKey(name, ip), limits.perName);
      assertBelow(ip, limits.perAddress);
      add(nameKey(name, ip));
      add(ip);
    },
    recordSuccess(name, ip) {
      counts.delete(nameKey(name, ip));
      const address = current(ip);
      if (address !== undefined) address.failures -= 1;
    },
  };
}
