import { isJsonObject } from '../json.ts';
import { jsonDocument } from './json-document.ts';
import { jqFailure, type JqResult } from './jq-result.ts';

/** The steps of an expression that is nothing but a path, such as `.run.id`, `.entity.properties["x"]` or `."a-b"[0]`. */
export type JqPath = readonly (string | number)[];

const STEP = /\.([A-Za-z_][A-Za-z0-9_]*)|\."([^"\\]*)"|\.?\["([^"\\]*)"\]|\.?\[(0|-?[1-9][0-9]{0,8})\]/y;
// Text that jq would read otherwise than JavaScript does.
const UNSAFE = /[\p{Cc}\p{Surrogate}]/u;

/** Undefined for everything that is not a plain path, also for paths in a spelling that is left to jq. */
export function parseJqPath(expression: string): JqPath | undefined {
  const text = expression.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '');
  if (!text.startsWith('.') || UNSAFE.test(text)) return undefined;
  if (text === '.') return [];
  const steps: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const found = STEP.exec(text);
    if (!found) return undefined;
    const index = found[4];
    steps.push(index === undefined ? (found[1] ?? found[2] ?? found[3] ?? '') : Number(index));
  }
  return steps;
}

/** Undefined: this input needs jq itself (it is not plain JSON data on the way, or not whole Unicode). */
export function followJqPath(path: JqPath, input: unknown): JqResult | undefined {
  let at = jsonOrNull(input);
  for (const step of path) {
    if (at === null) continue;
    if (!isPlain(at)) return undefined;
    if (Array.isArray(at) && typeof step === 'number') at = jsonOrNull(at.at(step));
    else if (isJsonObject(at) && typeof step === 'string') at = Object.hasOwn(at, step) ? jsonOrNull(at[step]) : null;
    else return jqFailure('runtime', `Cannot index ${jqType(at)} with ${quoteStep(step)}`);
  }
  return copyJson(at);
}

/** What JSON would carry in this place: nothing for undefined, functions and symbols, null where a number has no digits. */
function jsonOrNull(value: unknown): unknown {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return null;
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

/** What JSON.stringify would write as it is. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return ['string', 'number', 'boolean'].includes(typeof value);
  if (Array.isArray(value)) return !('toJSON' in value);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && typeof Reflect.get(value, 'toJSON') !== 'function';
}

function jqType(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function quoteStep(step: string | number): string {
  return typeof step === 'number' ? `number (${step})` : `string (${JSON.stringify(step)})`;
}

/** A copy, so that whoever changes the result leaves the input alone. */
function copyJson(value: unknown): JqResult | undefined {
  if (value === null || typeof value === 'boolean') return { ok: true, value };
  if (typeof value === 'string') return { ok: true, value: value.toWellFormed() };
  if (typeof value === 'number') return { ok: true, value: Object.is(value, -0) ? 0 : value };
  const text = jsonDocument(value);
  return typeof text === 'string' ? { ok: true, value: JSON.parse(text) } : text;
}
