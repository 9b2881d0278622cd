import { readFileSync } from 'node:fs';

/** A JSON body of the guides, with some of its texts replaced by those of this test. */
export function readSeed(name: string, replacements: Readonly<Record<string, string>> = {}): Record<string, unknown> {
  const text = readFileSync(new URL(`data/${name}.json`, import.meta.url), 'utf8');
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'string' && Object.hasOwn(replacements, value) ? replacements[value] : value,
  ) as Record<string, unknown>;
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The same document with every instant replaced by one word, so that two recordings can be compared. */
export function withoutInstants(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
    typeof item === 'string' && instant.test(item) ? '(instant)' : item,
  );
}
