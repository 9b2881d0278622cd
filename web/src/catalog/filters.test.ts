import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blueprints } from '../../dev/data/catalog.ts';
import { csvField } from './csv.ts';
import { readFilters, rulesOf, writeFilters } from './filters.ts';

const service = blueprints.find((one) => one.identifier === 'service');
if (service === undefined) throw new Error('the sample has no service blueprint');

it('reads back from the address what it wrote there', () => {
  const filters = fc.dictionary(
    fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
    fc.array(fc.string(), { minLength: 1 }),
  );
  fc.assert(
    fc.property(filters, (given) => {
      expect(readFilters(writeFilters(given))).toEqual({ ...given });
    }),
  );
});

it('drops a filter without values', () => {
  expect(writeFilters({ tier: [], health: ['Down'] })).toBe('health:Down');
});

it('asks the server for properties and teams, and keeps levels for itself', () => {
  const filters = { tier: ['1', '2'], public: ['true'], $team: ['web'], 'level:ProductionReadiness': ['Gold'] };
  expect(rulesOf(filters, service)).toEqual([
    { property: 'tier', operator: 'in', value: ['1', '2'] },
    { property: 'public', operator: '=', value: true },
    { property: '$team', operator: 'containsAny', value: ['web'] },
  ]);
});

it.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['=1+1', "'=1+1"],
  [-3, '-3'],
  [null, ''],
])('writes %j into a CSV as %s', (value, expected) => {
  expect(csvField(value)).toBe(expected);
});
