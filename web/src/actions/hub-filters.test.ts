import { describe, expect, it } from 'vitest';
import type { Action } from '../api/wire.ts';
import { grouped, narrowed } from './hub-filters.ts';

const action = (identifier: string, rest: Partial<Action> & { operation?: string; blueprint?: string }): Action => ({
  identifier,
  ...rest,
  trigger: {
    type: 'self-service',
    operation: (rest.operation ?? 'CREATE') as Action['trigger']['operation'],
    ...(rest.blueprint === undefined ? {} : { blueprintIdentifier: rest.blueprint }),
  },
  invocationMethod: { type: 'WEBHOOK' },
});

const all = [
  action('scale', { title: 'Scale service', operation: 'DAY-2', blueprint: 'service' }),
  action('access', { title: 'Request access', description: 'To production data' }),
  action('remove', { title: 'Remove service', operation: 'DELETE', blueprint: 'service', publish: false }),
];

describe('the hub', () => {
  it.each([
    [{}, ['scale', 'access', 'remove']],
    [{ q: 'SERVICE scale' }, ['scale']],
    [{ q: 'production' }, ['access']],
    [{ q: 'production scale' }, []],
    [{ group: 'service' }, ['scale', 'remove']],
    [{ group: 'general' }, ['access']],
    [{ operation: 'DELETE' }, ['remove']],
    [{ state: 'draft' }, ['remove']],
    [{ state: 'published', group: 'service' }, ['scale']],
    [{ operation: 'no such operation' }, []],
  ])('narrowed by %j shows %j', (filters, expected) => {
    expect(narrowed(all, filters).map((one) => one.identifier)).toEqual(expected);
  });

  it('groups by blueprint in the order of first appearance', () => {
    expect(grouped(all).map(([group, members]) => [group, members.length])).toEqual([
      ['service', 2],
      ['general', 1],
    ]);
  });
});
