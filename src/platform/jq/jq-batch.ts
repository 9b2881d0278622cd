import { jsonDocument } from './json-document.ts';
import { batchProgram } from './jq-program.ts';
import { jqFailure, type JqFailure, type JqResult } from './jq-result.ts';
import type { JqOutcome, JqRun } from './jq-run.ts';

/** Bounds of one run, so that an ordinary one takes a fraction of its deadline and never holds a thread for long. */
const MAX_CELLS = 1500;
const MAX_INPUT_CHARS = 256 * 1024;
const MAX_PROGRAM_CHARS = 64 * 1024;
/** An expression that broke this many runs of its own is not tried on the remaining inputs. */
const MAX_STRIKES = 3;
/** After this many stopped runs the rest of the request is given up: whoever wrote it must not hold the threads. */
const MAX_STOPPED_RUNS = 20;
/** Every failed run may cost a deadline and a new thread, so few and quick steps lead to a single input. */
const SPLIT = 8;

export interface BatchRequest {
  /** Each compiles alone. */
  readonly expressions: readonly string[];
  readonly inputs: readonly unknown[];
  readonly maxInputChars: number;
  /** Runs of this request that may be under way at once. */
  readonly lanes: number;
  readonly run: (run: JqRun) => Promise<JqOutcome>;
  readonly receive: (input: number, expression: number, result: JqResult) => void;
}

interface Chunk {
  readonly expressions: readonly number[];
  readonly inputs: readonly { readonly at: number; readonly text: string }[];
}

/**
 * Evaluates every expression over every input, many at once. When a run dies or its answer has the wrong shape, its
 * expressions run one by one, then over ever fewer inputs, until what breaks it stands alone.
 */
export async function runBatch(request: BatchRequest): Promise<void> {
  const chunks = cutChunks(request);
  const broken: Chunk[] = [];
  const strikes = new Map<number, Strikes>();
  let failed = false;
  let stoppedRuns = 0;

  async function lane(): Promise<void> {
    for (;;) {
      const taken = failed ? undefined : (broken.pop() ?? chunks.next().value);
      if (!taken) return;
      const chunk = { ...taken, expressions: withoutStruck(request, taken, strikes) };
      if (chunk.expressions.length === 0) continue;
      if (stoppedRuns >= MAX_STOPPED_RUNS) {
        fail(request, chunk, GIVEN_UP);
        continue;
      }
      const outcome = await request.run(runOf(request, chunk));
      if (outcome.kind === 'timeout' || outcome.kind === 'aborted') stoppedRuns += 1;
      const rows = outcome.kind === 'done' ? readRows(outcome.output, chunk) : undefined;
      if (rows) deliver(request, chunk, rows);
      else if (isSingle(chunk)) strike(request, chunk, outcome, strikes);
      else broken.push(...split(chunk));
    }
  }

  const lanes = Array.from({ length: request.lanes }, lane);
  try {
    await Promise.all(lanes);
  } catch (error) {
    failed = true;
    throw error;
  }
}

const GIVEN_UP = jqFailure('timeout', 'it was given up, because other expressions evaluated with it took too long');

interface Strikes {
  readonly count: number;
  readonly failure: JqFailure;
}

/** Fails the expressions that have broken enough, and returns the others. */
function withoutStruck(request: BatchRequest, chunk: Chunk, strikes: ReadonlyMap<number, Strikes>): number[] {
  return chunk.expressions.filter((expression) => {
    const struck = strikes.get(expression);
    if (!struck || struck.count < MAX_STRIKES) return true;
    fail(request, { ...chunk, expressions: [expression] }, struck.failure);
    return false;
  });
}

function strike(request: BatchRequest, chunk: Chunk, outcome: JqOutcome, strikes: Map<number, Strikes>): void {
  const failure = failureOf(outcome);
  for (const expression of chunk.expressions) {
    if (failure.reason !== 'runtime')
      strikes.set(expression, { count: (strikes.get(expression)?.count ?? 0) + 1, failure });
  }
  fail(request, chunk, failure);
}

function isSingle(chunk: Chunk): boolean {
  return chunk.expressions.length === 1 && chunk.inputs.length === 1;
}

/** Into its expressions, and a single expression into parts of its inputs; reversed, because the last is taken next. */
function split(chunk: Chunk): Chunk[] {
  if (chunk.expressions.length > 1)
    return chunk.expressions.map((at) => ({ ...chunk, expressions: [at] })).toReversed();
  const size = Math.ceil(chunk.inputs.length / SPLIT);
  const parts: Chunk[] = [];
  for (let from = 0; from < chunk.inputs.length; from += size) {
    parts.push({ ...chunk, inputs: chunk.inputs.slice(from, from + size) });
  }
  return parts.toReversed();
}

function* cutChunks(request: BatchRequest): Generator<Chunk, undefined> {
  for (const expressions of cutExpressions(request.expressions)) {
    let inputs: Chunk['inputs'][number][] = [];
    let chars = 0;
    for (const [at, input] of request.inputs.entries()) {
      const text = documentWithin(input, request.maxInputChars);
      if (typeof text !== 'string') {
        fail(request, { expressions, inputs: [{ at, text: '' }] }, text);
        continue;
      }
      const full = chars + text.length > MAX_INPUT_CHARS || (inputs.length + 1) * expressions.length > MAX_CELLS;
      if (inputs.length > 0 && full) {
        yield { expressions, inputs };
        inputs = [];
        chars = 0;
      }
      inputs.push({ at, text });
      chars += text.length;
    }
    if (inputs.length > 0) yield { expressions, inputs };
  }
  return undefined;
}

function cutExpressions(expressions: readonly string[]): number[][] {
  const groups: number[][] = [];
  let chars = Infinity;
  for (const [at, expression] of expressions.entries()) {
    chars += expression.length + 32;
    if (chars > MAX_PROGRAM_CHARS) {
      groups.push([]);
      chars = expression.length + 32;
    }
    groups.at(-1)?.push(at);
  }
  return groups;
}

function documentWithin(input: unknown, maxChars: number): string | JqFailure {
  const text = jsonDocument(input);
  if (typeof text !== 'string' || text.length <= maxChars) return text;
  return jqFailure('too-large', `the input is larger than ${maxChars} characters of JSON`);
}

function runOf(request: BatchRequest, chunk: Chunk): JqRun {
  const expressions = chunk.expressions.map((at) => request.expressions[at] ?? 'empty');
  return {
    program: batchProgram(expressions),
    expressions,
    document: `[${chunk.inputs.map(({ text }) => text).join(',')}]`,
    rows: chunk.inputs.length,
  };
}

/** Rows of boxes, or undefined when the answer is not exactly one row per input with one box per expression. */
function readRows(output: string, chunk: Chunk): unknown[][] | undefined {
  let rows: unknown;
  try {
    rows = JSON.parse(output);
  } catch {
    return undefined;
  }
  if (!Array.isArray(rows) || rows.length !== chunk.inputs.length) return undefined;
  return rows.every((row) => Array.isArray(row) && row.length === chunk.expressions.length) ? rows : undefined;
}

function deliver(request: BatchRequest, chunk: Chunk, rows: readonly (readonly unknown[])[]): void {
  for (const [row, { at }] of chunk.inputs.entries()) {
    for (const [column, expression] of chunk.expressions.entries()) {
      request.receive(at, expression, openBox(rows[row]?.[column]));
    }
  }
}

function openBox(box: unknown): JqResult {
  // More than one value can only stand in a box by a quirk of `?//`; the first output counts.
  if (Array.isArray(box)) return { ok: true, value: box[0] as unknown };
  const raised: unknown = (box as { readonly e: unknown }).e;
  return jqFailure('runtime', (typeof raised === 'string' ? raised : JSON.stringify(raised)).slice(0, 1000));
}

function fail(request: BatchRequest, chunk: Chunk, failure: JqFailure): void {
  for (const { at } of chunk.inputs)
    for (const expression of chunk.expressions) request.receive(at, expression, failure);
}

function failureOf(outcome: JqOutcome): JqFailure {
  switch (outcome.kind) {
    case 'timeout':
    case 'too-large':
    case 'aborted':
      return jqFailure(outcome.kind, outcome.report);
    case 'compile':
      return jqFailure('compile', 'it does not compile inside parentheses');
    case 'failed':
    case 'done':
      return jqFailure('runtime', 'it does not end with a result');
  }
}
