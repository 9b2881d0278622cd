import { expect, it } from 'vitest';
import type { Entity, Session } from '../api/wire.ts';
import { asksForEntity, fillTemplate } from './templates-of-text.ts';

const person = { email: 'ada@example.com', roles: ['Admin'], teams: ['a', 'b'] } as unknown as Session['person'];
const entity = { identifier: 'pay/1', properties: { tier: 1, owner: null } } as unknown as Entity;
const words = { person, entity };

it('fills words of the reader and the entity, encoded where they become part of an address', () => {
  expect(fillTemplate('{{ .user.email }} of {{ .user.teams }}: {{ .entity.properties.tier }}', words)).toBe(
    'ada@example.com of a, b: 1',
  );
  expect(fillTemplate('/x/{{url.identifier}}', words, encodeURIComponent)).toBe('/x/pay%2F1');
  expect(fillTemplate('[{{ .entity.properties.owner }}]', words)).toBe('[]');
});

it('leaves what it does not know', () => {
  expect(fillTemplate('{{.user.email}} {{ .user.roles }}', words)).toBe('{{.user.email}} {{ .user.roles }}');
  const alone = { person, entity: undefined };
  expect(fillTemplate('{{ .entity.title }}', alone)).toBe('{{ .entity.title }}');
  expect(asksForEntity([{ text: '{{ .entity.title }}' }])).toBe(true);
  expect(asksForEntity('{{ .user.email }}')).toBe(false);
});
