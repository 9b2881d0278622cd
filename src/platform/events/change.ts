import { isJsonObject, jsonEqual } from '../json.ts';
import type { Document } from './event.ts';

/**
 * What to put back into `after` to get `before`: a list of paths with their old value, or a path alone where
 * there was nothing. Depth is two keys (`properties.region`), the grain at which people read a change.
 */
export type Change = readonly ChangeItem[];
type ChangeItem = readonly [path: readonly string[], old: unknown] | readonly [path: readonly string[]];

const grain = 2;

export function changeBetween(before: Document | null, after: Document | null): Change {
  if (before === null) return [];
  if (after === null) return [[[], before]];
  return compare(before, after, []);
}

function compare(before: Document, after: Document, path: readonly string[]): ChangeItem[] {
  const items: ChangeItem[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = own(before, key);
    const now = own(after, key);
    if (jsonEqual(old, now)) continue;
    const here = [...path, key];
    if (here.length < grain && isJsonObject(old) && isJsonObject(now)) items.push(...compare(old, now, here));
    else if (old === undefined) items.push([here]);
    else items.push([here, old]);
  }
  return items;
}

/** Properties may be called `constructor` or `toString`, which every object answers to. */
function own(document: Document, key: string): unknown {
  return Object.hasOwn(document, key) ? document[key] : undefined;
}

/** The document as it was, or null when the event created it. */
export function documentBefore(action: string, after: Document | null, changed: Change): Document | null {
  if (action === 'CREATE') return null;
  if (after === null) {
    const whole = changed[0]?.[1];
    return isJsonObject(whole) ? whole : null;
  }
  const document: Record<string, unknown> = { ...after };
  // What was copied may be written to; every event is read by many, so one copy of each part has to do.
  const parts = new Map<string, Record<string, unknown>>();
  for (const item of changed) {
    const [key, inner] = item[0];
    if (key === undefined) continue;
    const old = item.length === 2 ? item[1] : undefined;
    if (inner === undefined) put(document, key, old);
    else {
      const child = own(document, key);
      const part = parts.get(key) ?? { ...(isJsonObject(child) ? child : {}) };
      parts.set(key, part);
      put(part, inner, old);
      put(document, key, part);
    }
  }
  return document;
}

/** Assigning to `__proto__` would change what the object is. */
function put(document: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined) delete document[key];
  else if (key !== '__proto__') document[key] = value;
  else Object.defineProperty(document, key, { value, writable: true, enumerable: true, configurable: true });
}
