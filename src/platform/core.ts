import type { Clock } from './clock.ts';
import type { CommandRunner } from './commands/command-runner.ts';
import type { Db } from './db/handles.ts';
import type { Log } from './log.ts';

/** What every module is built with. Anything more (egress, jq, secrets) is asked for by name beside it. */
export interface Core {
  readonly db: Db;
  readonly runner: CommandRunner;
  readonly clock: Clock;
  readonly log: Log;
  /** The installation's public address without a trailing slash, for links. */
  readonly publicUrl: string;
}
