import { expect, it } from 'vitest';
import { differences } from './diff-view.tsx';

it('tells documents apart by their leaves and leaves bookkeeping out', () => {
  const before = { title: 'A', updatedAt: '1', properties: { region: 'eu', gone: 1 } };
  const after = { title: 'A', updatedAt: '2', properties: { region: 'us', added: [1] } };
  expect(differences(before, after).map((one) => one.path)).toEqual([
    'properties.region',
    'properties.gone',
    'properties.added',
  ]);
  expect(differences(null, { properties: { region: 'eu' } })).toEqual([
    { path: 'properties.region', before: undefined, after: 'eu' },
  ]);
});
