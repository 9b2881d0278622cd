import { RE2JS } from 're2js';

/** How large a compiled pattern may be: the cost of matching is this times the length of the text. */
const programLimit = 1000;
const lengthLimit = 1000;
/** Longer texts never match a pattern. */
export const patternTextLimit = 20_000;

export interface LinearPattern {
  test(text: string): boolean;
}

/** Compiles a regular expression whose matching time is linear in the text; throws an Error that says what is wrong. */
export function compilePattern(source: string): LinearPattern {
  if (source.length > lengthLimit) throw new Error(`a pattern may have ${lengthLimit} characters`);
  const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
  if (compiled.programSize() > programLimit) throw new Error('the pattern is too large: use smaller repetitions');
  return {
    test: (text) => text.length <= patternTextLimit && compiled.test(text),
  };
}

/** For ajv, which names compiled patterns by their text. */
export function ajvPattern(source: string): LinearPattern & { toString(): string } {
  return { ...compilePattern(source), toString: () => `/${source}/` };
}
ajvPattern.code = 'ajvPattern';
