import { expect, it } from 'vitest';
import type { Action, Blueprint, Scorecard } from '../../api/wire.ts';
import { mentions, usesOf } from './key-uses.ts';

it('finds a key as a value, a key and a step of a path, and not within other words or in titles', () => {
  expect(mentions({ property: 'cost' }, 'cost')).toBe(true);
  expect(mentions('.properties.cost * 2', 'cost')).toBe(true);
  expect(mentions('.properties["cost"]', 'cost')).toBe(true);
  expect(mentions({ properties: { cost: '1' } }, 'cost')).toBe(true);
  expect(mentions('.properties.costs + .properties.cost_total', 'cost')).toBe(false);
  expect(mentions({ title: 'cost' }, 'cost')).toBe(false);
});

it('tells what names a field, and leaves alone what means another of the same name', () => {
  const blueprint = (identifier: string, rest: object): Blueprint =>
    ({ identifier, title: identifier, relations: {}, schema: { properties: {} }, ...rest }) as unknown as Blueprint;
  const blueprints = [
    blueprint('system', { relations: {} }),
    blueprint('service', {
      relations: { system: { target: 'system' } },
      mirrorProperties: { sysTier: { path: 'system.tier' }, owner: { path: 'system.owner' } },
      calculationProperties: { own: { calculation: '.properties.tier' } },
    }),
    blueprint('team', {
      aggregationProperties: {
        sum: { title: 'Sum', target: 'system', calculationSpec: { property: 'tier' } },
        other: { target: 'service', calculationSpec: { property: 'tier' } },
      },
    }),
  ];
  const scorecards = [
    {
      identifier: 'ready',
      title: 'Ready',
      blueprint: 'system',
      rules: [{ query: { conditions: [{ property: 'tier' }] } }],
    },
  ] as unknown as Scorecard[];
  const actions = [
    {
      identifier: 'set',
      title: 'Set',
      invocationMethod: { blueprintIdentifier: 'system', mapping: { properties: { tier: '1' } } },
    },
    {
      identifier: 'other',
      invocationMethod: { blueprintIdentifier: 'service', mapping: { properties: { tier: '1' } } },
    },
  ] as unknown as Action[];
  const uses = usesOf('system', { kind: 'property', key: 'tier' }, { blueprints, scorecards, actions });
  expect(uses.map(({ kind, identifier, part = '' }) => `${kind} ${identifier} ${part}`.trim())).toEqual([
    'blueprint service mirror.sysTier',
    'blueprint team aggregation.sum',
    'scorecard ready',
    'action set',
  ]);
});
