/**
 * Single-quoted strings are not jq, but existing expressions use them: `'https://x/' + .name`, `.properties.'a-b'`.
 * They become double-quoted ones. An expression in which every single quote already stands inside a string or a
 * comment is left as it is.
 *
 * Two rules are tried in turn. The first looks only at the neighbours of a quote, as the clients' own engine does, so
 * whatever works there means the same here. Where its outcome is not well-formed, quotes are simply paired.
 */
export function tolerateSingleQuotes(program: string): string {
  if (!program.includes("'")) return program;
  if (lexProgram(program, 'stray').wellFormed) return program;
  const byNeighbours = quoteByNeighbours(program);
  if (lexProgram(byNeighbours, 'stray').wellFormed) return byNeighbours;
  const paired = lexProgram(program, 'strings');
  return paired.wellFormed ? paired.text : program;
}

const isBlank = (char: string | undefined): boolean => char !== undefined && /\s/.test(char);

function quoteByNeighbours(program: string): string {
  return program.replaceAll("'", (quote, at: number) => {
    const before = at === 0 ? undefined : program[at - 1];
    const after = program[at + 1];
    const opens = (before === undefined || isBlank(before)) && !isBlank(after) && after !== '"';
    const closes = !isBlank(before) && before !== '"' && (after === undefined || isBlank(after));
    return opens || closes ? '"' : quote;
  });
}

/** Where the reader stands: in a string until its quote, or in code until the parenthesis that ends an interpolation. */
type Place = { readonly in: 'string'; readonly quote: string } | { readonly in: 'code'; depth: number };

// A comment ends at a line feed, unless an odd number of backslashes stands before it.
const CODE = /#(?:\\[^]|[^\\\n])*\\?|["'()]|[^#"'()]+/y;
const STRING = /\\[^]?|["']|[^\\"']+/y;

interface LexedProgram {
  /** The program, in which single-quoted strings are double-quoted when they were to be read as strings. */
  readonly text: string;
  /** No single quote outside strings and comments, and every string ended. */
  readonly wellFormed: boolean;
}

function lexProgram(program: string, singleQuotes: 'stray' | 'strings'): LexedProgram {
  const places: Place[] = [{ in: 'code', depth: 0 }];
  let text = '';
  let stray = false;
  for (let at = 0; at < program.length;) {
    const place = places.at(-1) ?? { in: 'code', depth: 0 };
    const reader = place.in === 'code' ? CODE : STRING;
    reader.lastIndex = at;
    const token = reader.exec(program)?.[0] ?? program.slice(at);
    at += token.length;
    if (place.in === 'string') {
      text += readInString(places, place.quote, token);
    } else if (token === "'" && singleQuotes === 'stray') {
      stray = true;
      text += token;
    } else {
      text += readInCode(places, place, token);
    }
  }
  return { text, wellFormed: !stray && places.length === 1 };
}

function readInCode(places: Place[], place: { depth: number }, token: string): string {
  if (token === '"' || token === "'") {
    places.push({ in: 'string', quote: token });
    return '"';
  }
  if (token === '(') place.depth += 1;
  if (token === ')' && place.depth === 0 && places.length > 1) places.pop();
  else if (token === ')') place.depth -= 1;
  return token;
}

function readInString(places: Place[], quote: string, token: string): string {
  if (token === quote) {
    places.pop();
    return '"';
  }
  if (token === '\\(') places.push({ in: 'code', depth: 0 });
  if (token === '"') return '\\"';
  return token === "\\'" && quote === "'" ? "'" : token;
}
