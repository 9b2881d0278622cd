/**
 * What stands before every expression. It hides what would reach outside the one value an expression is given
 * (environment, further inputs, standard error, the end of the program), and fills in what the 1.8 build lacks or
 * does otherwise than 1.7, on which existing expressions were written.
 */
const prelude = [
  'def env: {};',
  'def input: error("No more inputs");',
  'def inputs: empty;',
  'def input_filename: null;',
  'def input_line_number: 0;',
  'def debug: .;',
  'def debug(m): (m | empty), .;',
  'def stderr: .;',
  'def halt: error("halt is not available");',
  'def halt_error: error("halt_error is not available");',
  'def halt_error(c): error("halt_error is not available");',
  'def get_search_list: [];',
  'def toarray: if type == "array" then . else [.] end;',
  'def ltrimstr($x): if type == "string" and ($x | type) == "string" and startswith($x) then .[($x | length):] else . end;',
  'def rtrimstr($x): if type == "string" and ($x | type) == "string" and endswith($x) then .[:length - ($x | length)] else . end;',
  'def leaf_paths: paths(scalars);',
  'def dateadd(u; n): . + n;',
  'def datesub(u; n): . - n;',
  'def date: todate;',
].map((definition) => ({ definition, name: /^def (\w+)/.exec(definition)?.[1] ?? '' }));

/** Only what an expression may name: reading all of it is a sixth of what a short run takes. */
function preludeOf(expressions: readonly string[]): string {
  return prelude
    .filter(({ name }) => expressions.some((expression) => expression.includes(name)))
    .map(({ definition }) => definition)
    .join(' ');
}

/**
 * Compiles the expression alone and runs nothing. Standing last and without parentheses, text that is not a whole
 * expression by itself (`.a) | (.b`, an open string, a lone definition) cannot compile.
 */
export function checkingProgram(expression: string): string {
  return `${preludeOf([expression])} empty | {} as $ENV |\n${expression}`;
}

/**
 * Over an array of inputs: for each input one row, in it one box per expression. A box is `[value]`, `[]` when the
 * expression is empty, or `{"e": message}`. Only for expressions that compile alone. Two line feeds end an expression
 * because a comment's trailing backslash continues it over the first.
 */
export function batchProgram(expressions: readonly string[]): string {
  return `${preludeOf(expressions)} {} as $ENV | ${rowsProgram(expressions)}`;
}

/** Several of the above at once, over an array of their inputs: one array of rows for each. */
export function joinedProgram(programs: readonly (readonly string[])[]): string {
  const parts = programs.map((expressions, at) => `(.[${at}] | ${rowsProgram(expressions)})`);
  return `${preludeOf(programs.flat())} {} as $ENV | [${parts.join(',')}]`;
}

function rowsProgram(expressions: readonly string[]): string {
  const boxes = expressions.map((expression) => `(try [first((${expression}\n\n))] catch {e: .})`);
  return `map([${boxes.join(',')}])`;
}

/** jq's report about an expression wrapped by `checkingProgram`, cut to its first finding, with the expression's own line. */
export function compileMessage(report: string): string {
  const found = /^jq: error: (.*?) at <top-level>, line (\d+), column (\d+)/s.exec(report);
  if (!found) return (report.split('\n')[0] ?? '').replace(/^jq: error: /, '') || 'it does not compile';
  const [, what = '', line = '', column = ''] = found;
  return `${what.replaceAll('INVALID_CHARACTER', 'character')} (line ${Number(line) - 1}, column ${column})`;
}
