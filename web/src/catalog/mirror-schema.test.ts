import { expect, it } from 'vitest';
import type { Blueprint } from '../api/wire.ts';
import { schemaAt, shownProperties } from './mirror-schema.ts';

const blueprint = (identifier: string, rest: object): Blueprint =>
  ({ identifier, title: identifier, relations: {}, schema: { properties: {} }, ...rest }) as unknown as Blueprint;
const tier = { type: 'string', enum: ['gold'], enumColors: { gold: 'gold' } };
const domain = blueprint('domain', { schema: { properties: { tier, due: { type: 'string', format: 'timer' } } } });
const system = blueprint('system', { relations: { domain: { target: 'domain' } } });
const service = blueprint('service', {
  relations: { system: { target: 'system' }, uses: { target: 'domain', many: true } },
  mirrorProperties: { tier: { title: 'Tier', path: 'system.domain.tier' } },
});
const all = [domain, system, service];

it('shows a mirror as what it comes from, over any number of relations', () => {
  expect(schemaAt('system.domain.tier', service.relations, all)).toEqual(tier);
  expect(schemaAt('system.$updatedAt', service.relations, all)).toEqual({ type: 'string', format: 'date-time' });
  expect(shownProperties(service, all)).toMatchObject([{ key: 'tier', title: 'Tier', schema: tier }]);
});

it('shows a list over a relation to many, and text where a path leads nowhere', () => {
  expect(schemaAt('uses.due', service.relations, all)).toEqual({
    type: 'array',
    items: { type: 'string', format: 'timer' },
  });
  expect(schemaAt('uses.tier', service.relations, all)).toMatchObject({ type: 'array', enumColors: { gold: 'gold' } });
  expect(schemaAt('gone.tier', service.relations, all)).toEqual({ type: 'string' });
});
