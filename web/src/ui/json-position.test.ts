import { describe, expect, it } from 'vitest';
import { rangeInText } from './json-position.ts';

const text = `{
  "title": "Scale",
  "trigger": {
    "userInputs": { "properties": { "a\\"b": { "type": "string" } } },
    "order": ["one", { "two": 2 }]
  }
}`;

const at = (...path: (string | number)[]): string => {
  const { from, to } = rangeInText(text, path);
  return text.slice(from, to);
};

describe('the place of a value in JSON text', () => {
  it('is its key', () => {
    expect(at('title')).toBe('"title"');
    expect(at('trigger', 'userInputs', 'properties', 'a"b', 'type')).toBe('"type"');
  });

  it('is the element in a list', () => {
    expect(at('trigger', 'order', 0)).toBe('"one"');
    expect(at('trigger', 'order', 1, 'two')).toBe('"two"');
  });

  it('is the last part that exists', () => {
    expect(at('trigger', 'operation')).toBe('"trigger"');
    expect(at('nothing')).toBe('{');
  });

  it('is somewhere within broken or empty text', () => {
    for (const broken of ['', '{', '{"a":', '[1,', 'nonsense']) {
      const { from, to } = rangeInText(broken, ['a', 'b']);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeGreaterThanOrEqual(from);
    }
  });
});
