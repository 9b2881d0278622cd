import { tolerateSingleQuotes } from './jq-dialect.ts';
import { parseJqPath, type JqPath } from './jq-path.ts';
import { checkingProgram, compileMessage } from './jq-program.ts';
import type { JqOutcome, JqRun } from './jq-run.ts';

const MAX_PROGRAM_CHARS = 32_000;
const MAX_CACHED_PROGRAMS = 1000;
const MAX_CACHED_CHARS = 1024 * 1024;

/** A program made ready: the text that jq gets, and its path when it is nothing but one. */
export type PreparedProgram =
  | { readonly ok: true; readonly expression: string; readonly path: JqPath | undefined }
  | { readonly ok: false; readonly reason: 'compile' | 'timeout' | 'aborted'; readonly message: string };

export interface JqChecker {
  prepare(program: string): Promise<PreparedProgram>;
  /** At most `lanes` at once, so that a long list does not fill the line of waiting runs by itself. */
  prepareAll(programs: readonly string[], lanes: number): Promise<PreparedProgram[]>;
}

/** Compiles every program alone before it is joined with others, and remembers the verdicts of the last ones used. */
export function createJqChecker(run: (run: JqRun) => Promise<JqOutcome>, { paths }: { paths: boolean }): JqChecker {
  const cached = new Map<string, PreparedProgram>();
  let cachedChars = 0;

  function remember(program: string, prepared: PreparedProgram): void {
    if (!cached.has(program)) cachedChars += program.length;
    cached.set(program, prepared);
    for (const oldest of cached.keys()) {
      if (cached.size <= MAX_CACHED_PROGRAMS && cachedChars <= MAX_CACHED_CHARS) return;
      cached.delete(oldest);
      cachedChars -= oldest.length;
    }
  }

  async function prepare(program: string): Promise<PreparedProgram> {
    const known = cached.get(program);
    if (known) {
      cached.delete(program);
      cached.set(program, known);
      return known;
    }
    const refused = refuseText(program);
    if (refused) return { ok: false, reason: 'compile', message: refused };
    const expression = tolerateSingleQuotes(program);
    const path = paths ? parseJqPath(expression) : undefined;
    const prepared = path ? { ok: true as const, expression, path } : await compile(expression);
    // Running out of time or memory may be the machine's fault, so it is tried again.
    if (prepared.ok || prepared.reason === 'compile') remember(program, prepared);
    return prepared;
  }

  async function compile(expression: string): Promise<PreparedProgram> {
    const outcome = await run({ program: checkingProgram(expression), document: 'null' });
    switch (outcome.kind) {
      case 'done':
        return { ok: true, expression, path: undefined };
      case 'timeout':
      case 'aborted':
        return { ok: false, reason: outcome.kind, message: outcome.report };
      case 'compile':
        return { ok: false, reason: 'compile', message: compileMessage(outcome.report) };
      case 'failed':
      case 'too-large':
        return { ok: false, reason: 'compile', message: 'it is not an expression' };
    }
  }

  async function prepareAll(programs: readonly string[], lanes: number): Promise<PreparedProgram[]> {
    const prepared: PreparedProgram[] = [];
    const left = programs.entries();
    const lane = async (): Promise<void> => {
      for (const [at, program] of left) prepared[at] = await prepare(program);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return prepared;
  }

  return { prepare, prepareAll };
}

function refuseText(program: string): string | undefined {
  if (program.length > MAX_PROGRAM_CHARS) return `it is longer than ${MAX_PROGRAM_CHARS} characters`;
  // jq would read the program only up to here.
  if (program.includes('\0')) return 'it contains a NUL character';
  if (program.trim() === '') return 'it is empty';
  return undefined;
}
