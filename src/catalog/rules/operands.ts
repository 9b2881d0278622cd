import { isJsonObject } from '#platform/json.ts';
import { presets, readInstant } from './instant.ts';
import type { Dialect, Operand, Scalar } from './rule.ts';

/** Reads the `value` of a rule (undefined when there is none), or says what it has to be. */
export type OperandReader = (value: unknown, dialect: Dialect) => Operand | string;

const listLimit = 5_000;

function isScalar(value: unknown): value is Scalar {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

export const readNothing: OperandReader = (value) =>
  value === undefined || value === null ? { kind: 'none' } : 'must be left out: the operator takes no value';

export const readEquality: OperandReader = (value, dialect) => {
  if (value === null) return { kind: 'null' };
  if (isScalar(value)) return { kind: 'scalar', value };
  if (Array.isArray(value)) return readList(value, dialect);
  if (isJsonObject(value)) return readRange(value, dialect);
  return 'must be a text, a number, a boolean, null, a list, {from, to} or {preset}';
};

export const readList: OperandReader = (value) => {
  if (!Array.isArray(value)) return 'must be a list of texts, numbers or booleans';
  if (value.length > listLimit) return `may have ${listLimit} items`;
  if (!value.every(isScalar)) return 'may hold only texts, numbers and booleans';
  return { kind: 'list', values: value };
};

/** One identifier or several. */
export const readIdentifiers: OperandReader = (value, dialect) => {
  const list: unknown = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
    return 'must be an identifier or a list of identifiers';
  }
  return readList(list, dialect);
};

export const readText: OperandReader = (value, dialect) => {
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (typeof value === 'number' && dialect === 'scorecard') return { kind: 'text', text: String(value) };
  return 'must be a text';
};

export const readComparand: OperandReader = (value) => {
  if (typeof value === 'number') return { kind: 'number', number: value };
  const instant = typeof value === 'string' ? readInstant(value) : null;
  return instant === null
    ? 'must be a number or a date-time such as 2026-01-31T12:00:00Z'
    : { kind: 'instant', instant };
};

export const readRange: OperandReader = (value) => {
  if (!isJsonObject(value)) return 'must be {from, to} with date-times, or {preset}';
  const { preset, from, to } = value;
  if (preset !== undefined) {
    if (typeof preset === 'string' && presets.includes(preset)) return { kind: 'preset', preset };
    return `names a preset that is not known; use one of ${presets.join(', ')}`;
  }
  const [start, end] = [from, to].map((text) => (typeof text === 'string' ? readInstant(text) : null));
  if (start == null || end == null) return 'must be {from, to} with date-times, or {preset}';
  return { kind: 'range', from: start, to: end };
};
