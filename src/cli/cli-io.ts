import { setTimeout as wait } from 'node:timers/promises';

/** What a command may touch besides the network. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One line for the person watching. */
  readonly out: (line: string) => void;
  /** One line about what went wrong. */
  readonly error: (line: string) => void;
  /** Aborted when the person presses Ctrl-C. */
  readonly signal: AbortSignal;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** The terminal: lines go to standard output and standard error, waits end early when the signal fires. */
export function terminalIo(env: CliIo['env'], signal: AbortSignal): CliIo {
  return {
    env,
    signal,
    out: (line) => process.stdout.write(`${line}\n`),
    error: (line) => process.stderr.write(`${line}\n`),
    sleep: (milliseconds) => wait(milliseconds, undefined, { signal }).catch(() => undefined),
  };
}

/** Exit codes: done, tried and failed, or not tried because the settings or arguments are wrong. */
export const exitCodes = { done: 0, failed: 1, misused: 2 } as const;
