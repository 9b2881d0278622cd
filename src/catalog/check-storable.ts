import { isJsonObject } from '#platform/json.ts';

const depthLimit = 64;
const keyLimit = 10_000;

/** Why PostgreSQL or we could not keep a JSON value as it is, or null when it can be kept. */
export function checkStorable(value: unknown): string | null {
  return fault(value, 0, { keys: 0 });
}

function fault(value: unknown, depth: number, seen: { keys: number }): string | null {
  if (typeof value === 'string') return textFault(value);
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'holds a number that is out of range';
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= depthLimit) return `is nested more than ${depthLimit} levels deep`;
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = fault(item, depth + 1, seen);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isJsonObject(value)) return null;
  for (const [key, item] of Object.entries(value)) {
    seen.keys += 1;
    if (seen.keys > keyLimit) return `has more than ${keyLimit} keys`;
    const found = textFault(key) ?? fault(item, depth + 1, seen);
    if (found !== null) return found;
  }
  return null;
}

function textFault(text: string): string | null {
  if (text.includes('\u0000')) return 'holds a NUL character';
  return text.isWellFormed() ? null : 'holds half of a surrogate pair';
}
