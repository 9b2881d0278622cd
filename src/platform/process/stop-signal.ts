/**
 * One Ctrl-C reaches a program up to three times: from the terminal, from npm and from the parent that started it
 * under the right Node (bin/prelude.js). Those are one wish to stop; only a later one means "now, whatever is open".
 * The parent's death arrives here as SIGTERM, too.
 */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const SAME_WISH_MS = 1500;
const EXIT_CODES: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

export interface StopSource {
  on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  exit(code: number): void;
}

export interface StopHandlers {
  /** Called once, with the first signal. */
  readonly stop: (signal: StopSignal) => void;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  readonly source?: StopSource;
}

/** Calls `stop` on the first signal; a further one more than a second and a half later ends the process at once. */
export function onStopSignal({ stop, now = () => performance.now(), source = process }: StopHandlers): void {
  let first: number | undefined;
  const receive = (signal: StopSignal): void => {
    if (first === undefined) {
      first = now();
      stop(signal);
      return;
    }
    if (now() - first > SAME_WISH_MS) source.exit(EXIT_CODES[signal]);
  };
  for (const signal of SIGNALS) source.on(signal, receive);
}
