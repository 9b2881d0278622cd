/** What became of the expressions of a text. */
export interface Translation {
  readonly text: string;
  /** Expressions that have no counterpart; they stand in the text as they did. */
  readonly untranslated: readonly string[];
}

/** Turns `${…}` of other engines into `{{ jq }}` where it is certain what it means. */
export function translateText(text: string): Translation {
  const untranslated: string[] = [];
  const translated = text.replaceAll(/\$\{((?:[^{}]|\{[^{}]*\})*)\}/g, (whole, inner: string) => {
    const program = translateExpression(inner.trim());
    if (program !== null) return `{{ ${program} }}`;
    untranslated.push(whole);
    return whole;
  });
  return { text: translated, untranslated };
}

/** A whole expression, or null. Handles default values, comparisons and negations of things it knows. */
export function translateExpression(expression: string): string | null {
  const text = expression.trim();
  const elvis = splitOutside(text, '?:');
  if (elvis !== null) return both(elvis, '//');
  for (const [operator, translated] of operators) {
    const sides = splitOutside(text, operator);
    if (sides !== null) return both(sides, translated);
  }
  if (text.startsWith('!')) {
    const inner = translateExpression(text.slice(1));
    return inner === null ? null : `(${inner} | not)`;
  }
  if (text.startsWith('(') && text.endsWith(')')) {
    const inner = translateExpression(text.slice(1, -1));
    return inner === null ? null : `(${inner})`;
  }
  return translateTerm(text);
}

/** Weakest first. */
const operators: readonly (readonly [string, string])[] = [
  [' or ', 'or'],
  ['||', 'or'],
  [' and ', 'and'],
  ['&&', 'and'],
  ['==', '=='],
  ['!=', '!='],
  ['>=', '>='],
  ['<=', '<='],
  ['>', '>'],
  ['<', '<'],
  ['+', '+'],
];

function both([left, right]: readonly [string, string], operator: string): string | null {
  const [first, second] = [translateExpression(left), translateExpression(right)];
  return first === null || second === null ? null : `(${first} ${operator} ${second})`;
}

/** At the last place where the operator stands outside of quotes and brackets. */
function splitOutside(text: string, operator: string): readonly [string, string] | null {
  let quote: string | null = null;
  let depth = 0;
  let at = -1;
  for (let place = 0; place < text.length; place += 1) {
    const char = text[place] ?? '';
    if (quote !== null) quote = char === quote ? null : quote;
    else if (char === "'" || char === '"') quote = char;
    else if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
    else if (depth === 0 && text.startsWith(operator, place) && isWhole(text, place, operator)) at = place;
  }
  return at <= 0 ? null : [text.slice(0, at), text.slice(at + operator.length)];
}

/** `>` is no part of `>=`. */
function isWhole(text: string, place: number, operator: string): boolean {
  return (operator !== '>' && operator !== '<') || text[place + 1] !== '=';
}

const roots: ReadonlyMap<string, string> = new Map([
  ['parameters', '.parameters'],
  ['trigger', '.trigger'],
  ['templateVariables', '.templateVariables'],
  ['parameterValues', '.parameterValues'],
]);

function translateTerm(text: string): string | null {
  const literal = translateLiteral(text);
  if (literal !== null) return literal;
  const call = /^#(\w+)\(\s*(?:'([^']*)'|"([^"]*)")?\s*\)(.*)$/s.exec(text);
  if (call !== null) {
    const [, name = '', single, double, rest = ''] = call;
    return translateCall(name, single ?? double ?? null, rest);
  }
  const path = /^([A-Za-z_]\w*)(.*)$/s.exec(text);
  if (path === null) return null;
  const [, first = '', rest = ''] = path;
  const steps = translateSteps(rest);
  if (steps === null) return null;
  if (first === 'execution') return executionPath(steps);
  return `${roots.get(first) ?? `.vars.${first}`}${steps}`;
}

/** What expressions here know of an execution; its trigger stands beside it. */
const executionFields: ReadonlySet<string> = new Set([
  'id',
  'number',
  'application',
  'name',
  'pipelineConfigId',
  'status',
  'buildTime',
  'startTime',
]);

function executionPath(steps: string): string | null {
  const field = /^(?:\.(\w+)|\["([^"]*)"\])/.exec(steps);
  if (field === null) return null;
  const [whole, plain, quoted] = field;
  const name = plain ?? quoted ?? '';
  if (name === 'trigger') return `.trigger${steps.slice(whole.length)}`;
  return executionFields.has(name) ? `.execution${steps}` : null;
}

function translateLiteral(text: string): string | null {
  if (/^(true|false|null|-?\d+(\.\d+)?)$/.test(text)) return text;
  const quoted = /^'([^']*)'$/.exec(text) ?? /^"([^"\\]*)"$/.exec(text);
  return quoted === null ? null : JSON.stringify(quoted[1]);
}

function translateCall(name: string, argument: string | null, rest: string): string | null {
  if (name === 'currentUser') return rest === '' ? '.user' : null;
  const steps = translateSteps(rest);
  if (name === 'currentStage') return steps === null ? null : `.stage${steps}`;
  if (argument === null) return null;
  const stage = `.stages[${JSON.stringify(argument)}]`;
  if (name === 'stage') return stageMethods.get(rest)?.(stage) ?? (steps === null ? null : `${stage}${steps}`);
  if (rest !== '') return null;
  if (name === 'stageExists') return `(${stage} != null)`;
  return name === 'judgment' || name === 'judgement' ? `${stage}.context.judgmentInput` : null;
}

const stageMethods: ReadonlyMap<string, (stage: string) => string> = new Map([
  ['.hasSucceeded', (stage: string) => `(${stage}.status == "SUCCEEDED")`],
  ['.hasFailed', (stage: string) => `(${stage}.status == "TERMINAL")`],
]);

/** `.a`, `['a']`, `["a"]`, `[0]`, `?.a`; calls of methods have no counterpart. */
function translateSteps(text: string): string | null {
  let left = text;
  let steps = '';
  while (left !== '') {
    const step = /^(?:\??\.([A-Za-z_]\w*)(?!\w*\()|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\])/.exec(left);
    if (step === null) return null;
    const [whole, name, single, double, index] = step;
    if (index !== undefined) steps += `[${index}]`;
    else if (name === undefined) steps += `[${JSON.stringify(single ?? double ?? '')}]`;
    else steps += `.${name}`;
    left = left.slice(whole.length);
  }
  return steps;
}
