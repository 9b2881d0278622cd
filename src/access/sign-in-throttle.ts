import type { Clock } from '#platform/clock.ts';
import { problem } from '#platform/problem.ts';

export interface SignInThrottle {
  /**
   * Counts an attempt as failed until `recordSuccess` takes it back, so that many at once are no way around the limit.
   * Refuses with 429 while an address or a person has had too many failures.
   */
  recordAttempt(email: string, ip: string): void;
  recordSuccess(email: string, ip: string): void;
}

const windowMs = 5 * 60_000;
const failuresPerPerson = 10;
const failuresPerAddress = 100;
/** Keys kept at most; the oldest go first, so that guessing names cannot fill the memory. */
const keyLimit = 10_000;

interface Count {
  failures: number;
  readonly since: number;
}

/** Counts failed sign-ins per process: a person's from one address, and an address's over all people. */
export function createSignInThrottle(clock: Clock): SignInThrottle {
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

  const personKey = (email: string, ip: string): string => `${email.toLowerCase()}|${ip}`;
  return {
    recordAttempt(email, ip) {
      assertBelow(personKey(email, ip), failuresPerPerson);
      assertBelow(ip, failuresPerAddress);
      add(personKey(email, ip));
      add(ip);
    },
    recordSuccess(email, ip) {
      counts.delete(personKey(email, ip));
      const address = current(ip);
      if (address !== undefined) address.failures -= 1;
    },
  };
}
