/** `{{ expression }}` inside a text; start and end enclose the expression without its braces. */
export interface TemplateSpan {
  readonly start: number;
  readonly end: number;
}

export type FoundSpans =
  | { readonly ok: true; readonly spans: readonly TemplateSpan[] }
  | { readonly ok: false; readonly message: string };

/**
 * Inside a block, quotes (single or double) hide braces and a backslash hides the character after it. Braces that
 * belong to an object in the expression may touch or double those of the block: `{{{a: 1}}}`, `{{ {a: {b: 1}} }}`.
 * Where counting them leads nowhere, for instance because one stands in a comment, the first `}}` ends a block.
 */
export function findTemplateBlocks(text: string): FoundSpans {
  if (!text.includes('{{') && !text.includes('}}')) return { ok: true, spans: [] };
  const counted = scan(text, true);
  return counted.ok ? counted : scan(text, false);
}

interface Cursor {
  readonly text: string;
  at: number;
  /** Where the expression of the open block starts. */
  open: number | undefined;
  quote: string | undefined;
  /** Braces of the expression itself that are still open. */
  depth: number;
  /** The last brace that belongs to the expression, which therefore is no half of a closing pair. */
  own: number;
}

function scan(text: string, countBraces: boolean): FoundSpans {
  const cursor: Cursor = { text, at: 0, open: undefined, quote: undefined, depth: 0, own: -1 };
  const spans: TemplateSpan[] = [];
  for (; cursor.at < text.length; cursor.at += 1) {
    const char = text[cursor.at];
    if (cursor.open !== undefined && char === '\\') cursor.at += 1;
    else if (cursor.open !== undefined && (char === '"' || char === "'")) toggleQuote(cursor, char);
    else if (cursor.quote !== undefined) continue;
    else if (char === '{') {
      const message = readOpening(cursor, countBraces);
      if (message !== undefined) return { ok: false, message };
    } else if (char === '}') {
      const found = readClosing(cursor);
      if (typeof found === 'string') return { ok: false, message: found };
      if (found) spans.push(found);
    }
  }
  if (cursor.open === undefined) return { ok: true, spans };
  return {
    ok: false,
    message: `Found opening double braces in index ${cursor.open - 2} without closing double braces`,
  };
}

function toggleQuote(cursor: Cursor, char: string): void {
  if (cursor.quote === undefined) cursor.quote = char;
  else if (cursor.quote === char) cursor.quote = undefined;
}

function readOpening(cursor: Cursor, countBraces: boolean): string | undefined {
  const { text, at, open } = cursor;
  if (text[at - 1] !== '{') {
    if (open !== undefined && countBraces) cursor.depth += 1;
    return undefined;
  }
  if (open !== undefined) return `Found double braces in index ${at - 1} inside other one in index ${open - 2}`;
  cursor.open = at + 1;
  if (text[at + 1] === '{') {
    // Three in a row: the third one is the expression's own.
    cursor.at += 1;
    if (countBraces) cursor.depth = 1;
  }
  return undefined;
}

function readClosing(cursor: Cursor): TemplateSpan | string | undefined {
  const { text, at, open } = cursor;
  if (open !== undefined && cursor.depth > 0) {
    cursor.depth -= 1;
    cursor.own = at;
    return undefined;
  }
  if (text[at - 1] !== '}' || cursor.own === at - 1) return undefined;
  if (open === undefined) return `Found closing double braces in index ${at - 1} without opening double braces`;
  cursor.open = undefined;
  // Three in a row after a whole expression: the third one is text.
  if (text[at + 1] === '}') cursor.at += 1;
  return { start: open, end: at - 1 };
}
