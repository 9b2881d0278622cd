/** Where something stands in a JSON document. */
export type Path = readonly (string | number)[];

type Plain = { readonly [key: string]: unknown };

export const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const part of path) {
    if (Array.isArray(value)) value = value[Number(part)] as unknown;
    else if (isPlain(value) && Object.hasOwn(value, part)) value = value[String(part)];
    else return undefined;
  }
  return value;
}

/** A copy with one value changed; `undefined` takes the key away. Everything else stays the very same. */
export function withValue<Document>(document: Document, path: Path, value: unknown): Document {
  const [part, ...rest] = path;
  if (part === undefined) return value as Document;
  if (Array.isArray(document)) {
    const copy = [...(document as unknown[])];
    if (rest.length === 0 && value === undefined) copy.splice(Number(part), 1);
    else copy[Number(part)] = withValue(copy[Number(part)], rest, value);
    return copy as Document;
  }
  const object: Plain = isPlain(document) ? document : {};
  const key = String(part);
  if (rest.length === 0 && value === undefined) {
    return Object.fromEntries(Object.entries(object).filter(([one]) => one !== key)) as Document;
  }
  const inner = Object.hasOwn(object, key) ? object[key] : undefined;
  if (value === undefined && inner === undefined) return document;
  return { ...object, [key]: withValue(inner, rest, value) } as Document;
}

const givenKeys = (value: Plain): readonly string[] => Object.keys(value).filter((key) => value[key] !== undefined);

/** Equal as JSON, whatever the order of keys. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((one, index) => sameJson(one, right[index]));
  }
  if (!isPlain(left) || !isPlain(right)) return false;
  const keys = givenKeys(left);
  if (keys.length !== givenKeys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && sameJson(valueAt(left, [key]), valueAt(right, [key])));
}

export const pathText = (path: Path): string => path.join('.');
