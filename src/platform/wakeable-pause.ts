export interface WakeablePause {
  /** Ends the pause under way, or the next one before it begins. */
  wake(): void;
  /** What was woken for up to now is about to be looked at. */
  reset(): void;
  wait(milliseconds: number): Promise<void>;
}

/** For loops that look for work: a wake-up that comes while they look is not lost. */
export function createWakeablePause(): WakeablePause {
  let woken = false;
  let end: () => void = () => undefined;
  return {
    wake() {
      woken = true;
      end();
    },
    reset() {
      woken = false;
    },
    async wait(milliseconds) {
      if (woken) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
