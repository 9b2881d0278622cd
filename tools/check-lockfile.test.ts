import { expect, it } from 'vitest';

import { findGaps } from './check-lockfile.ts';

const integrity = 'sha512-a';

it('finds a dependency at the top, nested, and beside a nested package', () => {
  const packages = {
    '': { dependencies: { a: '1' } },
    'node_modules/a': { dependencies: { '@s/b': '1', c: '1' }, integrity },
    'node_modules/a/node_modules/@s/b': { dependencies: { c: '1', d: '1' }, integrity },
    'node_modules/a/node_modules/c': { integrity },
    'node_modules/d': { integrity },
  };
  expect(findGaps({ packages })).toEqual([]);
});

it('names an optional package of another platform that npm left out', () => {
  const packages = {
    '': { dependencies: { a: '1' } },
    'node_modules/a': { optionalDependencies: { 'a-darwin-arm64': '1' }, integrity },
    'node_modules/e/node_modules/a-darwin-arm64': { integrity },
  };
  expect(findGaps({ packages })).toEqual(['node_modules/a wants a-darwin-arm64, which is not in the lockfile']);
});

it('names a package without a checksum', () => {
  expect(findGaps({ packages: { '': {}, 'node_modules/a': {} } })).toEqual(['node_modules/a has no checksum']);
});
