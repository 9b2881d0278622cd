import { isJsonObject } from '../json.ts';
import { problem } from '../problem.ts';

/** What JSON can escape and PostgreSQL cannot keep: NUL and halves of surrogate pairs. */
const suspiciousEscape = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** Refuses a parsed body with text that no column can hold; bodies without a suspicious escape are not walked. */
export function assertStorableText(raw: string, body: unknown): void {
  if (!suspiciousEscape.test(raw)) return;
  const fault = faultIn(body);
  if (fault !== null) throw problem('invalid', 'invalid_request', `The body ${fault}.`);
}

const depthLimit = 100;
/** The characters of JSON's structure, by their codes: the walk is over every byte that arrives. */
const marks = { quote: 0x22, backslash: 0x5c, openList: 0x5b, closeList: 0x5d, openObject: 0x7b, closeObject: 0x7d };

/** Refuses JSON that is nested so deep that walking it would overflow the stack. */
export function assertShallow(text: string): void {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === marks.quote) inText = !inText;
    else if (inText) index += code === marks.backslash ? 1 : 0;
    else if (code === marks.openList || code === marks.openObject) depth += 1;
    else if (code === marks.closeList || code === marks.closeObject) depth -= 1;
    if (depth > depthLimit) {
      throw problem('invalid', 'invalid_request', `The body is nested more than ${depthLimit} levels deep.`);
    }
  }
}

/** The same for path and query, where only NUL can get through decoding. */
export function assertStorableUrl(url: string): void {
  if (url.includes('%00')) throw problem('invalid', 'invalid_request', 'The address holds a NUL character.');
}

function faultIn(value: unknown): string | null {
  if (typeof value === 'string') {
    if (value.includes('\u0000')) return 'holds a NUL character';
    return value.isWellFormed() ? null : 'holds half of a surrogate pair';
  }
  const parts = isJsonObject(value) ? Object.entries(value).flat() : Array.isArray(value) ? (value as unknown[]) : [];
  for (const part of parts) {
    const fault = faultIn(part);
    if (fault !== null) return fault;
  }
  return null;
}
