import { expect, it } from 'vitest';
import { staleKeys } from './live.ts';

it('renews what a change touches and nothing else', () => {
  const change = { number: 1, action: 'UPDATE' as const, resourceType: 'run-log', context: { run: 'r_1' } };
  expect(staleKeys(change)).toEqual([['run', 'r_1']]);
  expect(staleKeys({ ...change, resourceType: 'something-new' })).toEqual([]);
  expect(
    staleKeys({ ...change, resourceType: 'entity', context: { blueprint: 'service', entity: 'checkout' } }),
  ).toContainEqual(['entity', 'service', 'checkout']);
});
