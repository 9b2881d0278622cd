import { describe, expect, it } from 'vitest';
import type { UserInputs } from '../api/wire.ts';
import { readCompact, readFormLink, readLinkTarget } from './form-link.ts';

const inputs: UserInputs = {
  properties: {
    name: { type: 'string' },
    count: { type: 'number' },
    key: { type: 'string', encryption: 'aes256-gcm' },
  },
};

describe('inputs in an address', () => {
  it('are read, as far as the form has them and they are no secrets', () => {
    expect(readFormLink('{"name":"a","count":3,"key":"x","other":1}', inputs)).toEqual({ name: 'a', count: 3 });
    expect(readFormLink("~(name~'a*20b~count~3)", inputs)).toEqual({ name: 'a b', count: 3 });
  });

  it('may name the entity', () => {
    expect(readLinkTarget("~(name~'a~*24targetEntity~'checkout)")).toBe('checkout');
    expect(readLinkTarget('{"$targetEntity":7}')).toBeUndefined();
  });

  it.each([undefined, '', '[]', '7', '{', '~', '~(', "~(name~'a", '~(name', 'x'.repeat(20_001), '~('.repeat(5_000)])(
    'that cannot be read are none: %j',
    (text) => {
      expect(readFormLink(text, inputs)).toEqual({});
    },
  );

  it.each([
    ["~'text", 'text'],
    ["~'a!*7e**4f60", 'a$~\u4f60'],
    ['~true', true],
    ['~null', null],
    ['~-1.5', -1.5],
    ["~(~'a~'b~3)", ['a', 'b', 3]],
    ['~(~)', []],
    ['~()', []],
    ["~(a~(b~'c)~d~(~1~2))", { a: { b: 'c' }, d: [1, 2] }],
  ])('%s', (text, value) => {
    expect(readCompact(text)).toEqual(value);
  });
});
