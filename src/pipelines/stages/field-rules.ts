import type { StageConfig } from '../pipeline.ts';
import type { FieldProblem } from './stage-kind.ts';

/** A text that is evaluated when the stage begins may become anything. */
export function hasExpression(value: unknown): boolean {
  return typeof value === 'string' && value.includes('{{');
}

/** Fields that must hold a text. */
export function missingTexts(stage: StageConfig, fields: readonly string[]): readonly FieldProblem[] {
  return fields
    .filter((field) => typeof stage[field] !== 'string' || stage[field] === '')
    .map((field) => ({ field, message: `${field} is needed, as a text.` }));
}

/** A number of at least `least`, or an expression that becomes one. */
export function wrongNumber(stage: StageConfig, field: string, least: number): readonly FieldProblem[] {
  const value = stage[field];
  if (value === undefined || value === null || hasExpression(value)) return [];
  const number = asNumber(value);
  return number !== null && number >= least
    ? []
    : [{ field, message: `${field} must be a number of at least ${least}.` }];
}

/** Numbers come as texts, too: from forms, and from expressions inside a text. */
export function asNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

const longestMs = 10 * 366 * 86_400_000;

/** When a stage that begins now has taken longer than it may; null when it says nothing. */
export function timeoutOf(config: StageConfig, now: Date): string | null {
  const given = asNumber(config['stageTimeoutMs']);
  return given === null || given <= 0 ? null : new Date(now.getTime() + Math.min(given, longestMs)).toISOString();
}
