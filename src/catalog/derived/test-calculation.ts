import type { JqPool } from '#platform/jq/jq-pool.ts';
import type { JsonObject } from '#platform/json.ts';
import type { PropertyType } from '../blueprint-document.ts';
import { fits } from './evaluate-calculations.ts';

export interface Expression {
  readonly calculation: string;
  readonly type: PropertyType;
}

export interface TestedCalculation {
  /** What the expression gives; null when it gives nothing. */
  readonly value: unknown;
  /** Whether that would be the property's value: of its type, and storable. */
  readonly fits: boolean;
  /** Why there is no value, in jq's words. */
  readonly problem: string | null;
}

const deadlineMs = 250;

/** Evaluates an expression once, with the limits of a real one. Never refuses over the expression itself. */
export async function testCalculation(
  jq: Pick<JqPool, 'evaluateBatch' | 'check'>,
  { calculation, type }: Expression,
  input: JsonObject,
): Promise<TestedCalculation> {
  const verdict = await jq.check(calculation);
  if (!verdict.ok) return { value: null, fits: false, problem: verdict.message };
  const [row] = await jq.evaluateBatch([calculation], [input], { deadlineMs });
  const result = row?.[0];
  if (result === undefined) return { value: null, fits: false, problem: null };
  if (!result.ok) return { value: null, fits: false, problem: result.message };
  return { value: result.value ?? null, fits: fits(result.value, type), problem: null };
}
