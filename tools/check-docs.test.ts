import { expect, it } from 'vitest';

import { findBrokenPaths } from './check-docs.ts';

const present = new Set(['src/runs/routes.ts', 'docs/guide/start.md', 'README.md']);

function broken(text: string): readonly string[] {
  return findBrokenPaths('docs/guide/start.md', text, (path) => present.has(path));
}

it('accepts paths that exist, placeholders, addresses and fenced blocks', () => {
  const text = [
    'See `src/runs/routes.ts`, `src/<module>/routes.ts`, `src/**/contract.ts`, `npm start` and `GET /v1/runs`.',
    '[home](../../README.md#run), [here](#top), [there](https://example.com/a.md), [root](/README.md)',
    '```',
    'cat `src/gone.ts`',
    '```',
  ].join('\n');
  expect(broken(text)).toEqual([]);
});

it('names a code span and a link that lead nowhere', () => {
  expect(broken('`src/gone.ts:12` and [old](old.md)')).toEqual([
    'docs/guide/start.md: no such path: src/gone.ts',
    'docs/guide/start.md: no such path: docs/guide/old.md',
  ]);
});
