import type { JqOutcome, JqRun } from './jq-run.ts';

/** Far below the deadline of a run, and far above what an ordinary one takes on a busy machine. */
const quickMs = 50;
const mostRemembered = 2_000;

export interface QuickPrograms {
  readonly isQuick: (program: string) => boolean;
  readonly note: (run: JqRun, outcome: JqOutcome, milliseconds: number) => void;
}

/**
 * Remembers programs whose last run took no time to speak of. After a joined run that did, each has to show it anew by
 * itself, and one that had to be stopped then is not quick again: it held up others once.
 */
export function createQuickPrograms(): QuickPrograms {
  const quick = new Set<string>();
  const stopped = new Set<string>();
  return {
    isQuick: (program) => quick.has(program),
    note(run, outcome, milliseconds) {
      const programs = run.joins ?? (run.rows === undefined ? [] : [run.program]);
      const alone = programs.length === 1;
      const isQuick = outcome.kind === 'done' && milliseconds < quickMs;
      for (const program of programs) {
        quick.delete(program);
        if (alone && (outcome.kind === 'timeout' || outcome.kind === 'aborted')) stopped.add(program);
        if (isQuick && !stopped.has(program)) quick.add(program);
      }
      for (const set of [quick, stopped]) forgetOldest(set);
    },
  };
}

function forgetOldest(set: Set<string>): void {
  for (const oldest of set) {
    if (set.size <= mostRemembered) return;
    set.delete(oldest);
  }
}
