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
  let document: Document = after;
  for (const item of changed) document = withValue(document, item[0], item.length === 2 ? item[1] : undefined);
  return document;
}

function withValue(document: Document, path: readonly string[], value: unknown): Document {
  const [key, ...rest] = path;
  if (key === undefined) return document;
  const copy: Record<string, unknown> = Object.assign(Object.create(null) as object, document);
  const child = copy[key];
  if (rest.length > 0) copy[key] = withValue(isJsonObject(child) ? child : {}, rest, value);
  else if (value === undefined) delete copy[key];
  else copy[key] = value;
  return { ...copy };
}
