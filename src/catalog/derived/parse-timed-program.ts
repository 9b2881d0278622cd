/** A jq expression cut at every `now` in it. */
export interface TimedProgram {
  /** One more than there are instants. */
  readonly parts: readonly string[];
}

/** Each instant doubles what has to be tried. */
const mostInstants = 3;

const words: ReadonlySet<string> = new Set(
  `now if then elif else end and or not true false null fromdate fromdateiso8601 floor ceil round tonumber
  sub gsub split test startswith endswith ascii_downcase`.split(/\s+/),
);
const roundings: ReadonlySet<string> = new Set(['floor', 'ceil', 'round']);
const texts = /"(?:[^"\\]|\\[^(])*"/y;
const lexemes = [
  // Fields: `.a`, `.a.b`, `."a b"`, `.["a"]`, `.a["b"]`.
  /(?:\.[A-Za-z_]\w*|\."(?:[^"\\]|\\[^(])*"|\.?\["(?:[^"\\]|\\[^(])*"\])+\??/y,
  texts,
  /\d+(?:\.\d+)?/y,
  /[A-Za-z_]\w*/y,
  /<=|>=|==|!=|\/\/|[<>+\-*/|();?]/y,
];
const space = /\s*/y;

/**
 * Reads an expression of which it is certain that between two instants, at both of which it gives the same value
 * whichever of its `now` is taken at which, it gives no other. Null for all other expressions.
 *
 * So it is where each `now` enters sums, comparisons and, if it is the only one, roundings: these go one way as time
 * passes. What could turn back (remainders, products with the time, its parts as texts, loops, names for values) is
 * not read at all.
 */
export function parseTimedProgram(program: string): TimedProgram | null {
  const tokens = tokensOf(program);
  if (tokens === null) return null;
  const instants = tokens.filter(({ text }) => text === 'now');
  const rounds = tokens.some(({ text }) => roundings.has(text));
  if (instants.length === 0 || instants.length > (rounds ? 1 : mostInstants)) return null;
  const isSteady = tokens.every(({ text }, index) => followsWell(text, tokens[index + 1]?.text ?? ''));
  if (!isSteady) return null;
  const cuts = instants.map(({ at }) => at);
  const parts = [0, ...cuts.map((at) => at + 'now'.length)].map((from, index) => program.slice(from, cuts[index]));
  return { parts };
}

interface Token {
  readonly text: string;
  readonly at: number;
}

function tokensOf(program: string): readonly Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(program)?.[0] ?? '';
  };
  for (at += take(space).length; at < program.length; at += take(space).length) {
    const text = lexemes.map(take).find((found) => found !== '');
    if (text === undefined || (/^[A-Za-z_]/.test(text) && !words.has(text))) return null;
    tokens.push({ text, at });
    at += text.length;
  }
  return tokens;
}

/** Products and quotients with a constant only; equality with what is no time. */
function followsWell(text: string, next: string): boolean {
  if (text === '*' || text === '/') return /^[\d.]/.test(next);
  if (text === '==' || text === '!=') return /^"|^(?:true|false|null)$/.test(next);
  return true;
}

/** How far ahead one looks, in seconds, the farthest first: a value that stays is looked at again only then. */
const horizons = [604_800, 86_400, 21_600, 3_600, 600, 60] as const;

/**
 * jq over `{now, entity}` that gives for how many seconds from now on none of the values changes; zero where one of
 * them may at any time.
 */
export function steadyFor(programs: readonly TimedProgram[]): string {
  const definitions = programs.map(({ parts }, index) => {
    const names = parts.slice(1).map((_, place) => `$quayside_${place}`);
    const body = parts.map((part, place) => `${part}${names[place] ?? ''}`).join('');
    return `def quayside_p${index}(${names.join('; ')}): $quayside_entity | try first(${body}) catch null;`;
  });
  const steady = programs.map(({ parts }, index) => {
    const calls = choices(parts.length - 1).map((chosen) => `quayside_p${index}(${chosen.join('; ')})`);
    const [first, ...others] = calls;
    return others.map((call) => `(${first} == ${call})`).join(' and ');
  });
  return `.now as $quayside_now | .entity as $quayside_entity | ${definitions.join(' ')}
    first((${horizons.join(', ')}) | . as $quayside_span | ($quayside_now + .) as $quayside_then
      | select(${steady.join(' and ')}) | $quayside_span) // 0`;
}

/** Every way to take some instants now and the others then. */
function choices(count: number): readonly (readonly string[])[] {
  if (count === 0) return [[]];
  return choices(count - 1).flatMap((rest) => ['$quayside_now', '$quayside_then'].map((one) => [one, ...rest]));
}
