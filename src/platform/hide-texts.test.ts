import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hideTexts } from './hide-texts.ts';

test('a text is hidden as it is, as JSON and addresses write it, in keys, and cut off at the end', () => {
  const secret = 'open "sesame"/now';
  expect(hideTexts({ [`a ${secret}`]: [`${secret}!`, JSON.stringify({ secret })] }, [secret])).toEqual({
    'a …': ['…!', '{"secret":"…"}'],
  });
  expect(hideTexts(`https://example.com/?q=${encodeURIComponent(secret)}`, [secret])).toBe('https://example.com/?q=…');
  expect(hideTexts('It answered: open "ses', [secret])).toBe('It answered: …');
});

test('short texts stay, and what has no secret in it stays as it is', () => {
  expect(hideTexts('a cat', ['cat'])).toBe('a cat');
  expect(hideTexts({ number: 1, list: [null, true] }, ['secret'])).toEqual({ number: 1, list: [null, true] });
});

test('no hidden text is left, whatever stands around it and whichever of two holds the other', () => {
  const secrets = fc.uniqueArray(fc.stringMatching(/^[a-z]{4,8}$/), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(secrets, fc.array(fc.nat(2)), fc.string(), (texts, order, other) => {
      const told = order.map((index) => texts[index] ?? other).join('');
      const shown = String(hideTexts(told, texts));
      for (const text of texts) expect(shown).not.toContain(text);
    }),
  );
});
