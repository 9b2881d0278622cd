import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { describeJqFailure } from './jq-failure.ts';
import { jqFailure } from './jq-result.ts';

describe('a failure told without values', () => {
  it.each([
    ['Cannot index number with string ("password")', 'a value of type number cannot be indexed by a string'],
    ['Cannot iterate over null (null)', 'a value of type null cannot be iterated over'],
    ['string ("s3cret") and number (1) cannot be added', 'string and number cannot be added'],
    ['string ("s3cret") cannot be parsed as a number', 'a value of type string cannot be parsed as a number'],
    ['boolean (true) has no keys', 'a value of type boolean has no keys'],
    ['whatever an expression raised', 'it fails while running'],
  ])('%s', (message, told) => {
    expect(describeJqFailure(jqFailure('runtime', message))).toBe(told);
  });

  it('never repeats what an expression raised or what jq quoted', () => {
    const secret = fc.stringMatching(/^[A-Z0-9]{6,20}$/);
    const shape = fc.constantFrom(
      (s: string) => s,
      (s: string) => `string ("${s}") and string ("${s}") cannot be ${s}`,
      (s: string) => `Cannot index string with string ("${s}")`,
      (s: string) => `Cannot index ${s} with number`,
      (s: string) => `string (") and number (${s}") and number (1) cannot be added`,
      (s: string) => `Cannot iterate over string ("${s}")`,
    );
    fc.assert(
      fc.property(secret, shape, (value, of) => {
        expect(describeJqFailure(jqFailure('runtime', of(value)))).not.toContain(value);
      }),
    );
  });

  it('keeps what the compiler says about the expression itself', () => {
    expect(describeJqFailure(jqFailure('compile', 'syntax error (line 1, column 4)'))).toContain('column 4');
  });
});
