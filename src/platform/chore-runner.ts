import type { Log } from './log.ts';
import type { Chore } from './module.ts';

export interface ChoreRunner {
  start(): void;
  /** Runs each chore once, now. */
  runAll(): Promise<void>;
  stop(): Promise<void>;
}

const millisecondsPerSecond = 1000;

/** Runs chores at their intervals, one run of a chore at a time; a failure is logged and tried at the next interval. */
export function createChoreRunner(chores: readonly Chore[], log: Log): ChoreRunner {
  const timers: NodeJS.Timeout[] = [];
  const running = new Map<string, Promise<void>>();

  async function runOnce(chore: Chore): Promise<void> {
    if (running.has(chore.name)) return;
    const run = chore
      .run()
      .catch((error: unknown) => log.error({ event: 'chore-failed', chore: chore.name, err: error }))
      .finally(() => running.delete(chore.name));
    running.set(chore.name, run);
    await run;
  }

  return {
    start() {
      for (const chore of chores) {
        const timer = setInterval(() => void runOnce(chore), chore.everySeconds * millisecondsPerSecond);
        timer.unref();
        timers.push(timer);
        if (chore.atStart === true) void runOnce(chore);
      }
    },
    async runAll() {
      for (const chore of chores) await runOnce(chore);
    },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running.values());
    },
  };
}
