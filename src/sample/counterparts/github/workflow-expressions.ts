import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

/** What `${{ … }}` can see: `github`, `inputs`, `secrets`, `env`, `steps` and so on, as plain JSON. */
export type ExpressionContexts = Readonly<Record<string, unknown>>;

/** The status functions of `if:`. */
export interface RunSoFar {
  readonly failed: boolean;
  readonly cancelled: boolean;
}

/** Everything around the expression stays; each `${{ … }}` becomes its value as text. */
export function fillTemplate(template: string, contexts: ExpressionContexts, soFar?: RunSoFar): string {
  let result = '';
  let rest = template;
  for (;;) {
    const start = rest.indexOf('${{');
    if (start < 0) return result + rest;
    const end = expressionEnd(rest, start + 3);
    result += rest.slice(0, start) + evaluate(rest.slice(start + 3, end), contexts, soFar).coerceString();
    rest = rest.slice(end + 2);
  }
}

/** An `if:`. Without a status function of its own it also needs everything before to have succeeded. */
export function isMet(condition: string | undefined, contexts: ExpressionContexts, soFar: RunSoFar): boolean {
  const expression = condition === undefined ? 'success()' : withoutBraces(condition.trim());
  const asksStatus = /\b(success|failure|always|cancelled)\s*\(/i.test(expression);
  if (!asksStatus && (soFar.failed || soFar.cancelled)) return false;
  const value = expression.includes('${{')
    ? new data.StringData(fillTemplate(expression, contexts, soFar))
    : evaluate(expression, contexts, soFar);
  return isTruthy(value);
}

function evaluate(
  expression: string,
  contexts: ExpressionContexts,
  soFar: RunSoFar = { failed: false, cancelled: false },
): data.ExpressionData {
  const functions = statusFunctions(soFar);
  const { tokens } = new Lexer(expression.trim()).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), [...functions.values()]).parse();
  const dictionary = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(parsed, dictionary, functions).evaluate();
}

type StatusFunction = { name: string; minArgs: number; maxArgs: number; call: () => data.ExpressionData };

function statusFunctions({ failed, cancelled }: RunSoFar): Map<string, StatusFunction> {
  const values = { success: !failed && !cancelled, failure: failed && !cancelled, cancelled, always: true };
  const entries = Object.entries(values).map(
    ([name, value]) => [name, { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) }] as const,
  );
  return new Map(entries);
}

/** `}}` inside a text literal does not end the expression; a quote is doubled to stand for itself. */
function expressionEnd(text: string, from: number): number {
  let quoted = false;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === "'") quoted = !quoted;
    else if (!quoted && text.startsWith('}}', index)) return index;
  }
  throw new Error(`The expression is not closed: ${text.slice(from - 3)}`);
}

function withoutBraces(condition: string): string {
  if (!condition.startsWith('${{')) return condition;
  const end = expressionEnd(condition, 3);
  return end === condition.length - 2 ? condition.slice(3, end).trim() : condition;
}

function isTruthy(value: data.ExpressionData): boolean {
  switch (value.kind) {
    case data.Kind.Null:
      return false;
    case data.Kind.Boolean:
      return value.coerceString() === 'true';
    case data.Kind.Number:
      return value.number() !== 0 && !Number.isNaN(value.number());
    case data.Kind.String:
      return value.coerceString() !== '';
    default:
      return true;
  }
}
