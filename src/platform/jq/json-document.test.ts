import fc from 'fast-check';
import { expect, it } from 'vitest';

import { deeperThan } from './json-depth.ts';
import { jsonDocument } from './json-document.ts';

it('whole Unicode is written as it is, half surrogate pairs become replacement characters', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('\ud800', '\udc00', '😀', 'é\u2028', '\\', '\\u', 'ud800'))),
      (parts) => {
        const text = parts.join('');
        const document = jsonDocument({ [text]: text });
        expect(JSON.parse(document as string)).toEqual({ [text.toWellFormed()]: text.toWellFormed() });
      },
    ),
  );
});

it('depth counts brackets outside strings', () => {
  expect(deeperThan('[{"a":"[[[["},[]]', 2)).toBe(false);
  expect(deeperThan('[{"a":["\\"[["]}]', 2)).toBe(true);
  expect(deeperThan('['.repeat(300) + ']'.repeat(300), 256)).toBe(true);
});
