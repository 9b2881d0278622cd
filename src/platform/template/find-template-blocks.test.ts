import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { findTemplateBlocks } from './find-template-blocks.ts';

function expressions(text: string): readonly string[] | string {
  const found = findTemplateBlocks(text);
  return found.ok ? found.spans.map(({ start, end }) => text.slice(start, end)) : found.message;
}

describe('the blocks of a text', () => {
  it.each<[string, string[]]>([
    ['no block', []],
    ['{ "a": { "b": 1 } }', []],
    ['{{.foo}}', ['.foo']],
    ['a {{ .b }} c {{.d}}{{.e}}', [' .b ', '.d', '.e']],
    ['{{ "{{" + .foo }}', [' "{{" + .foo ']],
    ["{{ '}}' + .foo }}", [" '}}' + .foo "]],
    ['"{{.foo}}"', ['.foo']],
    ["'{{.foo}}'", ['.foo']],
    ['{{ "a\\"}}" }}', [' "a\\"}}" ']],
    ['{{ .a | test("\\\\") }}', [' .a | test("\\\\") ']],
    ["it's {{ .a }} and it's {{ .b }}", [' .a ', ' .b ']],
    ['\\{{ .a }}', [' .a ']],
  ])('%s', (text, blocks) => {
    expect(expressions(text)).toEqual(blocks);
  });

  it.each<[string, string[]]>([
    ['{{{a: 1}}}', ['{a: 1}']],
    ['{{ {a: 1}}}', [' {a: 1}']],
    ['{{{a: 1} }}', ['{a: 1} ']],
    ['{{ {a: {b: 1}} }}', [' {a: {b: 1}} ']],
    ['{{ {a: {b: 1}} | .a.b }} and {{ .c }}', [' {a: {b: 1}} | .a.b ', ' .c ']],
    ['{{{a: {b: {c: 1}}}}}', ['{a: {b: {c: 1}}}']],
    ['{"a":{{.foo}}}', ['.foo']],
    ['{{.foo}}}', ['.foo']],
    ['{{{}}', ['{']],
    ['{{ .a # { \n }}', [' .a # { \n ']],
    ['{{ "\\(if .a then "{" else "x" end)" }} {{ .b }}', [' "\\(if .a then "{" else "x" end)" ', ' .b ']],
  ])('braces of the expression itself: %s', (text, blocks) => {
    expect(expressions(text)).toEqual(blocks);
  });

  it.each([
    ['prefix{{.foo}postfix', 'Found opening double braces in index 6 without closing double braces'],
    ['prefix{.foo}}postfix', 'Found closing double braces in index 11 without opening double braces'],
    ['prefix{{ .foo {{ }}postfix', 'Found double braces in index 14 inside other one in index 6'],
    ['prefix{{ .foo }} }}postfix', 'Found closing double braces in index 17 without opening double braces'],
    ['prefix{{ "{{" + .foo }} }}postfix', 'Found closing double braces in index 24 without opening double braces'],
    ["prefix{{ '{{' + .foo }} }}postfix", 'Found closing double braces in index 24 without opening double braces'],
    ['{{{{', 'Found double braces in index 2 inside other one in index 0'],
    ['{{', 'Found opening double braces in index 0 without closing double braces'],
    ['{{ "a }}', 'Found opening double braces in index 0 without closing double braces'],
    ['}}', 'Found closing double braces in index 0 without opening double braces'],
  ])('unbalanced: %s', (text, message) => {
    expect(expressions(text)).toBe(message);
  });

  it('any text is read, and every block lies between double braces', () => {
    const piece = fc.constantFrom('{', '}', '{{', '}}', '"', "'", '\\', ' ', 'a', '.b', '#', '\n');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        const found = findTemplateBlocks(text);
        let done = 0;
        for (const { start, end } of found.ok ? found.spans : []) {
          expect(start - 2).toBeGreaterThanOrEqual(done);
          expect(end).toBeGreaterThanOrEqual(start);
          expect([text.slice(start - 2, start), text.slice(end, end + 2)]).toEqual(['{{', '}}']);
          done = end + 2;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
