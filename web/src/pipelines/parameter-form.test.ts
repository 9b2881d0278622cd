import { describe, expect, it } from 'vitest';
import { askedOf, firstValues, givenValues, missingOf } from './parameter-form.ts';
import type { Parameter } from './wire.ts';

const parameters: readonly Parameter[] = [
  { name: 'target', default: 'staging' },
  {
    name: 'ticket',
    required: true,
    condition: { parameter: 'target', comparator: '=', comparatorValue: 'production' },
  },
  { name: 'share', default: 10 },
  { name: 'reason', condition: { parameter: 'share', comparator: '>', comparatorValue: '50' } },
];
const names = (values: Readonly<Record<string, string>>): readonly string[] =>
  askedOf(parameters, values).map(({ name }) => name);

describe('what a start asks for', () => {
  it('begins with the defaults, under what a link says', () => {
    expect(firstValues(parameters, undefined)).toEqual({ target: 'staging', ticket: '', share: '10', reason: '' });
    const link = JSON.stringify({ target: 'production', share: 80, other: 'x' });
    expect(firstValues(parameters, link)).toMatchObject({ target: 'production', share: '80' });
    expect(firstValues(parameters, link)).not.toHaveProperty('other');
  });

  it.each(['{', 'null', '7', '"a"'])('does not stumble over the link %s', (link) => {
    expect(firstValues(parameters, link)).toEqual(firstValues(parameters, undefined));
  });

  it('depends on what other parameters say', () => {
    expect(names(firstValues(parameters, undefined))).toEqual(['target', 'share']);
    expect(names({ target: 'production', share: '80' })).toEqual(['target', 'ticket', 'share', 'reason']);
  });

  it('is needed only while it is asked for', () => {
    expect(missingOf(parameters, { target: 'staging', ticket: '' })).toEqual([]);
    expect(missingOf(parameters, { target: 'production', ticket: '' })).toEqual(['ticket']);
    expect(givenValues(parameters, { target: 'staging', ticket: 'T-1', share: '10' })).toEqual({
      target: 'staging',
      share: '10',
    });
  });
});
