/** Text that PostgreSQL can keep: without NUL and with whole characters. What others answer may hold either. */
export function plainText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}

/** What expressions and other systems make may hold what no database keeps. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  return suspicious.test(text)
    ? JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? plainText(inner) : inner))
    : text;
}

/** How JSON writes a NUL and half of a pair. */
const suspicious = /\\u(?:0000|d[89a-f])/;
