import { createHash } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import type { JqResult } from '#platform/jq/jq-result.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import type { PropertyType } from '../blueprint-document.ts';
import { checkStorable } from '../check-storable.ts';
import { asksForTime, type CalculationPlan } from './compile-plan.ts';

/** Values of calculations by key; without those that have none. */
export type CalculatedValues = JsonObject;

export interface Calculator {
  /** One result per input, in order. jq runs while the transaction holds no lock, see `WriteContext.outside`. */
  evaluate(
    ctx: Pick<WriteContext, 'outside' | 'now'>,
    calculations: readonly CalculationPlan[],
    inputs: readonly JsonObject[],
  ): Promise<readonly CalculatedValues[]>;
  /** Outside of any transaction, and not remembered; null where an expression ran out of time or memory. */
  evaluateNow(
    calculations: readonly CalculationPlan[],
    inputs: readonly JsonObject[],
    now: Date,
  ): Promise<readonly (CalculatedValues | null)[]>;
}

const deadlineMs = 250;
/** Characters of inputs and results that are remembered between the two runs of a command. */
const sizeLimit = 16_000_000;
/** Characters of one value as JSON. */
const valueLimit = 100_000;
/** An expression that ran out of time or memory rests for so long, or every write would wait for it. */
const restMs = 60_000;

export function createCalculator(jq: Pick<JqPool, 'evaluateBatch'>, clock: Clock): Calculator {
  const memory = createMemory();
  const resting = new Map<string, number>();

  async function run(work: Work): Promise<void> {
    const now = clock.now().getTime();
    for (const [program, until] of resting) if (until <= now) resting.delete(program);
    const { calculations, inputs } = work;
    const awake = calculations.filter(({ program }) => !resting.has(program));
    const results = await evaluateAll(jq, awake, work);
    inputs.forEach((input, row) => {
      const values: [string, unknown][] = [];
      awake.forEach(({ key, type, program }, column) => {
        const result = results[column]?.[row];
        if (isExhausted(result)) resting.set(program, now + restMs);
        const value = result?.ok === true ? result.value : null;
        if (fits(value, type)) values.push([key, value]);
      });
      memory.keep(memoryKey(work, input), Object.fromEntries(values));
    });
  }

  return {
    async evaluateNow(calculations, inputs, now) {
      const at = clock.now().getTime();
      if (calculations.some(({ program }) => (resting.get(program) ?? 0) > at)) return inputs.map(() => null);
      const results = await evaluateAll(jq, calculations, { inputs, now });
      return inputs.map((_, row) => {
        const found = calculations.map((calculation, column) => [calculation, results[column]?.[row]] as const);
        for (const [{ program }, result] of found) if (isExhausted(result)) resting.set(program, at + restMs);
        if (found.some(([, result]) => isExhausted(result))) return null;
        const values = found.flatMap(([{ key, type }, result]): [string, unknown][] =>
          result?.ok === true && fits(result.value, type) ? [[key, result.value]] : [],
        );
        return Object.fromEntries(values);
      });
    },
    async evaluate(ctx, calculations, inputs) {
      if (calculations.length === 0) return inputs.map(() => ({}));
      const work = { calculations, inputs, now: ctx.now };
      const keys = inputs.map((input) => memoryKey(work, input));
      const missing = inputs.filter((_, index) => memory.find(keys[index] ?? '') === undefined);
      if (missing.length > 0) await ctx.outside(async () => run({ ...work, inputs: missing }));
      return keys.map((key) => memory.find(key) ?? {});
    },
  };
}

interface Work {
  readonly calculations: readonly CalculationPlan[];
  readonly inputs: readonly JsonObject[];
  /** What `now` says in the expressions. */
  readonly now: Date;
}

/** A column of results per calculation. Those that ask for the time are given it beside the entity. */
async function evaluateAll(
  jq: Pick<JqPool, 'evaluateBatch'>,
  calculations: readonly CalculationPlan[],
  { inputs, now }: Pick<Work, 'inputs' | 'now'>,
): Promise<readonly (readonly JqResult[])[]> {
  const columns = new Map<CalculationPlan, readonly JqResult[]>();
  const seconds = now.getTime() / 1000;
  for (const timed of [false, true]) {
    const group = calculations.filter(({ program }) => asksForTime(program) === timed);
    if (group.length === 0) continue;
    const programs = group.map(({ program }) => (timed ? withTime(program) : program));
    const given = timed ? inputs.map((entity) => ({ now: seconds, entity })) : inputs;
    const results = await jq.evaluateBatch(programs, given, { deadlineMs });
    group.forEach((calculation, column) =>
      columns.set(
        calculation,
        results.flatMap((row) => row[column] ?? []),
      ),
    );
  }
  return calculations.map((calculation) => columns.get(calculation) ?? []);
}

function withTime(program: string): string {
  return `.now as $quayside_now | def now: $quayside_now; .entity | (${program}\n)`;
}

function isExhausted(result: JqResult | undefined): boolean {
  return result?.ok === false && (result.reason === 'timeout' || result.reason === 'aborted');
}

function memoryKey({ calculations, now }: Work, input: JsonObject): string {
  const time = calculations.some(({ program }) => asksForTime(program)) ? now.getTime() : 0;
  return createHash('sha256')
    .update(JSON.stringify([calculations, time, input]))
    .digest('base64');
}

/** A value of another type than was promised, or one that cannot be stored, is no value. */
export function fits(value: unknown, type: PropertyType): boolean {
  if (value === null || value === undefined || JSON.stringify(value).length > valueLimit) return false;
  return isOfType(value, type) && checkStorable(value) === null;
}

function isOfType(value: unknown, type: PropertyType): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isJsonObject(value);
  return typeof value === type;
}

/** The newest is always kept, however large. */
function createMemory() {
  const entries = new Map<string, { readonly values: CalculatedValues; readonly size: number }>();
  let size = 0;
  const newest = 2_000;
  return {
    find: (key: string): CalculatedValues | undefined => entries.get(key)?.values,
    keep(key: string, values: CalculatedValues): void {
      size -= entries.get(key)?.size ?? 0;
      entries.delete(key);
      const entry = { values, size: key.length + JSON.stringify(values).length };
      entries.set(key, entry);
      size += entry.size;
      for (const [oldest, { size: freed }] of entries) {
        if (size <= sizeLimit || entries.size <= newest) break;
        entries.delete(oldest);
        size -= freed;
      }
    },
  };
}
