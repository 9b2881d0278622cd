import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { tolerateSingleQuotes } from './jq-dialect.ts';

describe('single-quoted strings', () => {
  it.each([
    ["'https://x/' + .foo", '"https://x/" + .foo'],
    ["'a' + .foo + '-1' + '.' + .foo + ')test(' + 'end'", '"a" + .foo + "-1" + "." + .foo + ")test(" + "end"'],
    ["if .a == 'x' then 'y' else 'z' end", 'if .a == "x" then "y" else "z" end'],
    ["''", '""'],
    ["'it's fine' + .x", '"it\'s fine" + .x'],
    ["'Hello \\(.name)'", '"Hello \\(.name)"'],
    ["'a' 'b'", '"a" "b"'],
  ])('by their neighbours: %s', (program, expected) => {
    expect(tolerateSingleQuotes(program)).toBe(expected);
  });

  it.each([
    [".properties.'a-b'", '.properties."a-b"'],
    [".properties.'a-b'.c", '.properties."a-b".c'],
    ["test('x')", 'test("x")'],
    ["['a', 'b']", '["a", "b"]'],
    ["[ 'a', 'b' ]", '[ "a", "b" ]'],
    ["'Hello ' + .name", '"Hello " + .name'],
    [".a + ' ' + .b", '.a + " " + .b'],
    ["{a:'x'}", '{a:"x"}'],
    ['\'say "hi"\'', '"say \\"hi\\""'],
    ["test('it\\'s')", 'test("it\'s")'],
    ["f('\\(.a | g('x'))')", 'f("\\(.a | g("x"))")'],
  ])('paired where that rule leaves the text broken: %s', (program, expected) => {
    expect(tolerateSingleQuotes(program)).toBe(expected);
  });

  it.each([
    '"https://\'url." + .foo',
    '"it \'s" + .x',
    '" \'quoted\' "',
    '"\\(.a | "it \'s")"',
    ".a # it 's a comment",
    ".a # it 's \\\n still one ' \n + 1",
    '"escaped \\" \' "',
  ])('a quote inside a string or a comment stays: %s', (program) => {
    expect(tolerateSingleQuotes(program)).toBe(program);
  });

  it('a mixed text changes only outside its strings', () => {
    expect(tolerateSingleQuotes("\"https://'url.\" + 'test.' + .foo")).toBe('"https://\'url." + "test." + .foo');
  });

  it.each(["'open", "a'", "f('x"])('text that cannot be repaired is left for the compiler to refuse: %s', (program) => {
    expect(tolerateSingleQuotes(program)).toBe(program);
  });

  it('programs without a single quote never change', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const program = text.replaceAll("'", '');
        expect(tolerateSingleQuotes(program)).toBe(program);
      }),
    );
  });

  it('any text may stand in a double-quoted string', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const program = `${JSON.stringify(text)} + .a`;
        expect(tolerateSingleQuotes(program)).toBe(program);
      }),
    );
  });

  it('takes time in proportion to the text', () => {
    const program = "('".repeat(16_000);
    const started = performance.now();
    tolerateSingleQuotes(program);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
