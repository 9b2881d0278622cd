import type { JqOutcome, JqRun } from './jq-run.ts';

/** A run that waits for a thread, and where its outcome goes. */
export interface WaitingRun {
  readonly run: JqRun;
  readonly deadlineMs: number;
  readonly resolve: (outcome: JqOutcome) => void;
  readonly reject: (error: unknown) => void;
  /** It was joined with others and that went wrong. */
  readonly alone?: boolean;
}

/** Characters of inputs that are joined at most: an ordinary run takes a fraction of its deadline. */
const mostChars = 256 * 1024;
const mostRuns = 100;

/**
 * Takes the first run together with all that wait to do the same to other inputs: starting jq costs far more than one
 * input does. Unless that ends with one row for each input, `again` gets every run back to be done alone, so that
 * nobody answers for the input of another.
 */
export function takeJoined(
  waiting: WaitingRun[],
  again: (runs: readonly WaitingRun[]) => void,
): WaitingRun | undefined {
  const first = waiting.shift();
  if (first === undefined || first.alone === true || first.run.rows === undefined) return first;
  const joined = [first, ...takeAlike(first, waiting)];
  if (joined.length === 1) return first;
  const counts = joined.map(({ run }) => run.rows ?? 0);
  return {
    deadlineMs: first.deadlineMs,
    run: {
      program: first.run.program,
      document: `[${joined.map(({ run }) => run.document.slice(1, -1)).join(',')}]`,
      rows: counts.reduce((sum, count) => sum + count, 0),
    },
    resolve(outcome) {
      const outputs = outcome.kind === 'done' ? splitRows(outcome.output, counts) : null;
      if (outputs === null) again(joined.map((each) => ({ ...each, alone: true })));
      else joined.forEach((each, at) => each.resolve({ kind: 'done', output: outputs[at] ?? '[]', spent: false }));
    },
    reject(error) {
      for (const each of joined) each.reject(error);
    },
  };
}

function takeAlike({ run, deadlineMs }: WaitingRun, waiting: WaitingRun[]): readonly WaitingRun[] {
  const taken: WaitingRun[] = [];
  let chars = run.document.length;
  for (let at = 0; at < waiting.length && taken.length < mostRuns - 1;) {
    const other = waiting[at];
    const fits =
      other?.run.program === run.program &&
      other.run.rows !== undefined &&
      other.alone !== true &&
      other.deadlineMs === deadlineMs &&
      chars + other.run.document.length <= mostChars;
    if (!fits) {
      at += 1;
      continue;
    }
    chars += other.run.document.length;
    taken.push(...waiting.splice(at, 1));
  }
  return taken;
}

/** The rows of each run as the text it would have got, or null when they are not as many as there were inputs. */
function splitRows(output: string, counts: readonly number[]): readonly string[] | null {
  let rows: unknown;
  try {
    rows = JSON.parse(output);
  } catch {
    return null;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!Array.isArray(rows) || rows.length !== total) return null;
  let from = 0;
  return counts.map((count) => JSON.stringify((rows as unknown[]).slice(from, (from += count))));
}
