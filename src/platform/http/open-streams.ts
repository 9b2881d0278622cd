import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { problem } from '../problem.ts';

/** The answers of a server that go on until somebody ends them. */
export interface OpenStreams {
  /**
   * A signal that fires when the client goes away, when the server stops, and soon after `stillHolds` says that who
   * follows may no longer. Refuses with 429 when too many are open.
   */
  open(reply: FastifyReply, follower: string, stillHolds: () => Promise<boolean>): AbortSignal;
  /** Resolves when all connections are free again, or after some seconds. */
  endAll(): Promise<void>;
}

export interface StreamLimits {
  /** Streams at once, in this process and for one follower: each asks the database again and again. */
  readonly inAll: number;
  readonly perFollower: number;
  readonly recheckMs: number;
}

const longestGoodbyeMs = 5_000;
const defaults: StreamLimits = { inAll: 2_000, perFollower: 1_000, recheckMs: 10_000 };

export function createOpenStreams(limits: StreamLimits = defaults): OpenStreams {
  const open = new Map<AbortController, Promise<void>>();
  const byFollower = new Map<string, number>();

  function count(follower: string, change: number): void {
    const next = (byFollower.get(follower) ?? 0) + change;
    if (next <= 0) byFollower.delete(follower);
    else byFollower.set(follower, next);
  }

  return {
    open(reply, follower, stillHolds) {
      if (open.size >= limits.inAll || (byFollower.get(follower) ?? 0) >= limits.perFollower) {
        throw problem('limited', 'too_many_streams', 'Too many streams are open. Close some and try again.', {
          retryAfterSeconds: 10,
        });
      }
      const gone = new AbortController();
      open.set(gone, new Promise((closed) => reply.raw.once('close', () => closed())));
      count(follower, 1);
      const recheck = setInterval(() => void stillHolds().then((holds) => holds || gone.abort()), limits.recheckMs);
      recheck.unref();
      gone.signal.addEventListener('abort', () => {
        clearInterval(recheck);
        open.delete(gone);
        count(follower, -1);
      });
      reply.raw.once('close', () => gone.abort());
      // Whoever left before now will not be told again.
      if (reply.raw.destroyed || reply.request.raw.destroyed) gone.abort();
      return gone.signal;
    },
    async endAll() {
      const closed = Promise.all(open.values());
      for (const gone of open.keys()) gone.abort();
      await Promise.race([closed, sleep(longestGoodbyeMs, undefined, { ref: false })]);
    },
  };
}
