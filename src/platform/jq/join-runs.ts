import { joinedProgram } from './jq-program.ts';
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
/** Of the programs beside the first, until one more is taken; each is at most some 64,000 long. */
const mostProgramChars = 16 * 1024;
const mostRuns = 100;

export interface JoinOptions {
  /** Gets every run of a joined one back to be done alone, so that nobody answers for the input of another. */
  readonly again: (runs: readonly WaitingRun[]) => void;
  /** Whether a program has shown that it takes no time to speak of: only such are joined with others. */
  readonly isQuick: (program: string) => boolean;
}

/**
 * Takes the first run together with others that wait: those that do the same to other inputs, and those of other
 * programs where all of them are known to be quick. Starting jq costs far more than one input or one program does.
 * Unless that ends with one row for each input, every run is done alone.
 */
export function takeJoined(waiting: WaitingRun[], { again, isQuick }: JoinOptions): WaitingRun | undefined {
  const first = waiting.shift();
  if (first === undefined || first.alone === true || first.run.rows === undefined) return first;
  const groups = takeFitting(first, waiting, isQuick);
  const joined = groups.flat();
  if (joined.length === 1) return first;
  return {
    deadlineMs: first.deadlineMs,
    run: joinedRun(groups),
    resolve(outcome) {
      const outputs = outcome.kind === 'done' ? splitRows(outcome.output, groups) : null;
      if (outputs === null) again(joined.map((each) => ({ ...each, alone: true })));
      else joined.forEach((each, at) => each.resolve({ kind: 'done', output: outputs[at] ?? '[]', spent: false }));
    },
    reject(error) {
      for (const each of joined) each.reject(error);
    },
  };
}

/** By program. */
type Groups = readonly (readonly WaitingRun[])[];

function joinedRun(groups: Groups): JqRun {
  const documents = groups.map((group) => `[${group.map(({ run }) => run.document.slice(1, -1)).join(',')}]`);
  const programs = groups.map(([each]) => each?.run.program ?? '');
  const [program, document] = [programs[0] ?? '', documents[0] ?? '[]'];
  if (groups.length === 1) return { program, document, rows: rowsOf(groups[0] ?? []) };
  const expressions = groups.map(([each]) => each?.run.expressions ?? []);
  return { program: joinedProgram(expressions), document: `[${documents.join(',')}]`, joins: programs };
}

function rowsOf(group: readonly WaitingRun[]): number {
  return group.reduce((sum, { run }) => sum + (run.rows ?? 0), 0);
}

function takeFitting(first: WaitingRun, waiting: WaitingRun[], isQuick: JoinOptions['isQuick']): Groups {
  const groups = new Map([[first.run.program, [first]]]);
  const mixes = isQuick(first.run.program);
  let [runs, chars, programChars] = [1, first.run.document.length, 0];
  for (let at = 0; at < waiting.length && runs < mostRuns;) {
    const other = waiting[at];
    const group = groups.get(other?.run.program ?? '');
    const fits =
      other !== undefined &&
      isAlike(first, other) &&
      chars + other.run.document.length <= mostChars &&
      (group !== undefined || (mixes && isQuick(other.run.program) && programChars <= mostProgramChars));
    if (!fits) {
      at += 1;
      continue;
    }
    waiting.splice(at, 1);
    runs += 1;
    chars += other.run.document.length;
    if (group !== undefined) group.push(other);
    else {
      programChars += other.run.program.length;
      groups.set(other.run.program, [other]);
    }
  }
  return [...groups.values()];
}

function isAlike(first: WaitingRun, other: WaitingRun): boolean {
  return other.run.rows !== undefined && other.alone !== true && other.deadlineMs === first.deadlineMs;
}

/** The rows of each run as the text it would have got, or null when they are not as many as there were inputs. */
function splitRows(output: string, groups: Groups): readonly string[] | null {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    return null;
  }
  const lists: unknown = groups.length === 1 ? [answer] : answer;
  if (!Array.isArray(lists) || lists.length !== groups.length) return null;
  const outputs: string[] = [];
  for (const [at, group] of groups.entries()) {
    const rows = (lists as unknown[])[at];
    if (!Array.isArray(rows) || rows.length !== rowsOf(group)) return null;
    let from = 0;
    for (const { run } of group) outputs.push(JSON.stringify((rows as unknown[]).slice(from, (from += run.rows ?? 0))));
  }
  return outputs;
}
