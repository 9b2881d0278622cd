import { isPlain } from '../actions/editor/paths.ts';

type Plain = Readonly<Record<string, unknown>>;

/** What stands where a description of an interface refers to something. */
export type Resolved =
  | { readonly kind: 'here'; readonly value: unknown; readonly name: string }
  /** In another file or on another site: it is not fetched. */
  | { readonly kind: 'elsewhere'; readonly ref: string }
  /** Nothing is there, or it leads back to itself. */
  | { readonly kind: 'lost'; readonly ref: string };

const mostSteps = 50;

/** Follows references within the document until there is none; what is said beside one stands above what it names. */
export function resolveRef(document: Plain, value: unknown): Resolved {
  let at = value;
  let name = '';
  const beside: Plain[] = [];
  for (let step = 0; step <= mostSteps; step += 1) {
    const ref = isPlain(at) && Object.hasOwn(at, '$ref') ? at['$ref'] : undefined;
    if (typeof ref !== 'string') return { kind: 'here', value: merged(at, beside), name };
    if (!ref.startsWith('#')) return { kind: 'elsewhere', ref };
    const { $ref: _, ...rest } = at as Plain;
    beside.push(rest);
    const found = pointedAt(document, ref);
    if (found === undefined) return { kind: 'lost', ref };
    ({ value: at, name } = found);
    if (step === mostSteps) return { kind: 'lost', ref };
  }
  return { kind: 'here', value: at, name };
}

function merged(value: unknown, beside: readonly Plain[]): unknown {
  if (!isPlain(value)) return value;
  return Object.assign({}, value, ...beside.toReversed()) as Plain;
}

/** RFC 6901, as the fragment of an address. */
function pointedAt(document: Plain, ref: string): { readonly value: unknown; readonly name: string } | undefined {
  let at: unknown = document;
  let name = '';
  for (const step of ref.slice(1).split('/').slice(1)) {
    name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
    if ((!isPlain(at) && !Array.isArray(at)) || !Object.hasOwn(at, name)) return undefined;
    at = (at as Plain)[name];
  }
  return { value: at, name };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
