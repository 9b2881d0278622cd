import { expect, it } from 'vitest';
import { asksForEntity, filled, type TemplateWords } from './render-templates.ts';

const words = {
  user: { email: 'ada@example.com', teams: ['a', 'b'] },
  entity: { identifier: 'checkout', properties: { tier: 1, cost: null } },
} as unknown as TemplateWords;
const nobody: TemplateWords = { ...words, entity: null };

it('fills texts, and leaves a value that stands alone as it is', () => {
  const given = {
    text: 'Hello {{ .user.email }}: {{ .entity.properties.tier }}',
    list: ['{{ .user.teams }}', '{{ .entity.properties.tier }}', '{{url.identifier}}'],
    other: 3,
  };
  expect(filled(given, words)).toEqual({
    text: 'Hello ada@example.com: 1',
    list: [['a', 'b'], 1, 'checkout'],
    other: 3,
  });
});

it('finds nothing where there is nothing, nothing inherited, and no other braces', () => {
  expect(filled('{{ .entity.properties.cost }}', words)).toBe('');
  expect(filled('{{ .entity.properties.constructor }}', words)).toBe('');
  expect(filled('{{.user.email}} {{ name }}', words)).toBe('{{.user.email}} {{ name }}');
});

it('asks for an entity where one is needed and none is known', () => {
  expect(asksForEntity({ value: '{{ .user.email }}' })).toBe(false);
  expect(filled('{{ .user.email }}', nobody)).toBe('ada@example.com');
  expect(() => filled(['{{ url.identifier }}'], nobody)).toThrow('choose which one');
});
