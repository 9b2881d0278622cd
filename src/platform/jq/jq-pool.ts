import { setImmediate } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { runBatch } from './jq-batch.ts';
import { createJqChecker, type PreparedProgram } from './jq-checker.ts';
import { followJqPath } from './jq-path.ts';
import { jqFailure, type JqFailureReason, type JqResult, type JqVerdict } from './jq-result.ts';
import { JqThreads } from './jq-threads.ts';

export interface JqPoolSettings {
  /** Threads at most; none runs before the first expression that needs one. */
  readonly size: number;
  /** Processor time of one run, in milliseconds. */
  readonly deadlineMs: number;
  /** Size of one result as JSON. */
  readonly maxOutputBytes: number;
  /** Size of one input as JSON; 4 Mi characters unless told. */
  readonly maxInputChars?: number;
  /** Runs that may wait for a thread; 1000 unless told. */
  readonly maxWaiting?: number;
  /** A thread without work for this long is ended; 30 s unless told. */
  readonly idleMs?: number;
  /** Also run plain paths such as `.a.b` in jq, which is otherwise spared the trip. */
  readonly alwaysJq?: boolean;
  readonly log?: Pick<Log, 'warn'>;
}

export interface JqOptions {
  /** Instead of the pool's own. */
  readonly deadlineMs?: number;
}

/** The methods reject with the problem `unavailable` when the pool is overloaded or closed, never over an expression. */
export interface JqPool {
  /** The first output of the program, `value: undefined` when it has none. */
  evaluate(program: string, input: unknown, options?: JqOptions): Promise<JqResult>;
  /** `results[i][p]` is program `p` over input `i`; what one program or input breaks is its own result alone. */
  evaluateBatch(programs: readonly string[], inputs: readonly unknown[], options?: JqOptions): Promise<JqResult[][]>;
  /** Compiles and does not run: for editors, and for refusing a definition when it is saved. */
  check(program: string): Promise<JqVerdict>;
  stats(): { readonly threads: number; readonly waiting: number };
  close(): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;
/** Paths are followed on the caller's own thread, which must not be held for long. */
const PATHS_AT_ONCE = 2000;

export function createJqPool(settings: JqPoolSettings): JqPool {
  const threads = new JqThreads({
    size: settings.size,
    maxOutputBytes: settings.maxOutputBytes,
    maxOutputDepth: 256,
    maxHeapBytes: 96 * MEBIBYTE,
    spentHeapBytes: 64 * MEBIBYTE,
    maxWaiting: settings.maxWaiting ?? 1000,
    idleMs: settings.idleMs ?? 30_000,
  });
  const checker = createJqChecker((run) => threads.run(run, settings.deadlineMs), {
    paths: settings.alwaysJq !== true,
  });

  async function evaluateBatch(
    programs: readonly string[],
    inputs: readonly unknown[],
    { deadlineMs = settings.deadlineMs }: JqOptions = {},
  ): Promise<JqResult[][]> {
    const distinct = [...new Set(programs)];
    const prepared = await checker.prepareAll(distinct, settings.size);
    const columns = await answerWithoutJq(prepared, inputs);
    const left = [...columns.keys()].filter((at) => columns[at] === undefined);
    const answers = left.map((): JqResult[] => []);
    // On a busy machine a deadline may strike while an expression is still being compiled.
    const stopped = new Set(prepared.flatMap((one) => (one.ok ? [] : [one.reason])).filter(isStop));
    await runBatch({
      expressions: left.map((at) => expressionOf(prepared[at])),
      inputs,
      maxInputChars: settings.maxInputChars ?? 4 * MEBIBYTE,
      lanes: settings.size,
      run: (run) => threads.run(run, deadlineMs),
      receive: (input, expression, result) => {
        const answer = answers[expression];
        if (answer) answer[input] = result;
        if (!result.ok && isStop(result.reason)) stopped.add(result.reason);
      },
    });
    if (stopped.size > 0) {
      const counts = { programs: distinct.length, inputs: inputs.length };
      settings.log?.warn({ reasons: [...stopped], deadlineMs, ...counts }, 'jq expressions were stopped');
    }
    for (const [at, column] of left.entries()) columns[column] = answers[at];
    const byProgram = new Map(distinct.map((program, at) => [program, columns[at]]));
    return inputs.map((_, row) => programs.map((program) => byProgram.get(program)?.[row] ?? UNANSWERED));
  }

  return {
    evaluateBatch,
    evaluate: async (program, input, options) =>
      (await evaluateBatch([program], [input], options))[0]?.[0] ?? UNANSWERED,
    check: async (program) => {
      const prepared = await checker.prepare(program);
      return prepared.ok ? { ok: true } : { ok: false, message: prepared.message };
    },
    stats: () => threads.stats(),
    close: () => threads.close(),
  };
}

function isStop(reason: JqFailureReason): reason is 'timeout' | 'aborted' {
  return reason === 'timeout' || reason === 'aborted';
}

const UNANSWERED = jqFailure('aborted', 'it was not evaluated');

/** A column of results per program, undefined where jq is needed. */
async function answerWithoutJq(
  prepared: readonly PreparedProgram[],
  inputs: readonly unknown[],
): Promise<(JqResult[] | undefined)[]> {
  const columns: (JqResult[] | undefined)[] = [];
  for (const program of prepared) {
    if (!program.ok) {
      const failure = jqFailure(program.reason, program.message);
      columns.push(inputs.map(() => failure));
      continue;
    }
    let column: JqResult[] | undefined = program.path ? [] : undefined;
    for (const [at, input] of inputs.entries()) {
      const result = program.path && column ? followJqPath(program.path, input) : undefined;
      if (!result) {
        column = undefined;
        break;
      }
      column?.push(result);
      if (at % PATHS_AT_ONCE === PATHS_AT_ONCE - 1) await setImmediate();
    }
    columns.push(column);
  }
  return columns;
}

function expressionOf(program: PreparedProgram | undefined): string {
  return program?.ok ? program.expression : 'empty';
}
