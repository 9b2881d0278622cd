import type { Follower } from './commands/follower.ts';
import type { Reader } from './events/reader.ts';
import type { Route } from './http/route.ts';
import type { JobHandler } from './jobs/job.ts';

/** What a module hands to the composition root. */
export interface Module {
  readonly name: string;
  readonly routes?: readonly Route[];
  readonly readers?: readonly Reader[];
  readonly followers?: readonly Follower[];
  readonly jobs?: readonly JobHandler[];
  /** Work at fixed intervals, e.g. dropping what expired; safe to run in several processes at once. */
  readonly chores?: readonly Chore[];
}

export interface Chore {
  readonly name: string;
  readonly everySeconds: number;
  /** Also as soon as the program works: what became due meanwhile need not wait for the first interval. */
  readonly atStart?: boolean;
  readonly run: () => Promise<void>;
}
