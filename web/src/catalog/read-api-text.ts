import { isPlain } from '../actions/editor/paths.ts';

/** What the text of an `open-api` or `async-api` property turned out to be. */
export type ApiText =
  | { readonly kind: 'document'; readonly value: Readonly<Record<string, unknown>> }
  /** JSON or YAML of something else. */
  | { readonly kind: 'other' }
  | { readonly kind: 'broken'; readonly line: number | undefined }
  | { readonly kind: 'long' };

/** Characters of YAML that are read, which takes the browser about a second; more is shown as text. */
export const LONGEST = 500_000;
/** Aliases, and how often what one stands for may be repeated. */
const MOST_ALIASES = 100;

export const isApiDescription = (value: object): boolean =>
  'openapi' in value || 'swagger' in value || 'asyncapi' in value;

const named = (value: unknown): ApiText =>
  isPlain(value) && isApiDescription(value) ? { kind: 'document', value } : { kind: 'other' };

/** Where a property holds the address of its description instead of the description. */
export function addressOf(text: string): URL | undefined {
  const trimmed = text.trim();
  return /^https?:\/\/\S+$/i.test(trimmed) && URL.canParse(trimmed) ? new URL(trimmed) : undefined;
}

/** Text as JSON or else as YAML; what reads YAML comes only when it is needed. */
export async function readApiText(text: string): Promise<ApiText> {
  try {
    return named(JSON.parse(text));
  } catch {
    return readYaml(text);
  }
}

async function readYaml(text: string): Promise<ApiText> {
  if (text.length > LONGEST) return { kind: 'long' };
  const { Alias, LineCounter, parseDocument, visit } = await import('yaml');
  const lineCounter = new LineCounter();
  try {
    // Looking for keys that stand twice takes time that grows with the square of their number. Of many documents,
    // which only a level of the log makes a mistake, the first counts.
    const document = parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'silent',
      merge: true,
    });
    const [wrong] = document.errors;
    if (wrong !== undefined) return { kind: 'broken', line: lineCounter.linePos(wrong.pos[0]).line };
    let aliases = 0;
    visit(document, (_, node) => {
      if (node instanceof Alias) aliases += 1;
      return aliases > MOST_ALIASES ? visit.BREAK : undefined;
    });
    if (aliases > MOST_ALIASES) return { kind: 'long' };
    return named(document.toJS({ maxAliasCount: MOST_ALIASES }));
  } catch {
    // Nested deeper than can be read, or growing through its aliases.
    return { kind: 'broken', line: undefined };
  }
}
