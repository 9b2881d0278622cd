import { describe, expect, it } from 'vitest';

import { findBreaches, markdownTable } from './check-boundaries.ts';

function breaches(files: Readonly<Record<string, string>>): readonly string[] {
  return findBreaches(Object.entries(files).map(([path, text]) => ({ path, text })));
}

describe('findBreaches', () => {
  it('lets modules import what the table says, and tests anything', () => {
    expect(
      breaches({
        'src/scorecards/save-scorecard.ts': `import { a } from '#catalog/queries.ts';\nimport { b } from './store.ts';`,
        'src/catalog/queries.ts': `import type { Db } from '#platform/db/handles.ts';`,
        'src/catalog/queries.test.ts': `import { app } from '#testing/build-app.ts';`,
        'src/app/modules.ts': `import { catalog } from '#catalog/module.ts';`,
        'src/history/list-audits.ts': `import { runs } from '#runs/run-queries.ts';`,
        'web/src/runs/run-page.tsx': `import type { Run } from '../../../src/runs/contract.ts';`,
      }),
    ).toEqual([]);
  });

  it.each([
    ['src/catalog/queries.ts', '#scorecards/queries.ts', 'catalog may not import src/scorecards/queries.ts'],
    ['src/platform/log.ts', '#catalog/queries.ts', 'platform may not import'],
    ['src/access/queries.ts', '#catalog/queries.ts', 'access may not import'],
    ['src/integrations/github/jobs.ts', '#actions/queries.ts', 'integrations may not import'],
    ['src/history/queries.ts', '#runs/store.ts', 'history may not import'],
    ['src/scorecards/queries.ts', '#catalog/entity-store.ts', 'is private to catalog'],
    ['src/slack/reactions.ts', '../runs/jobs.ts', 'is private to runs'],
    ['src/catalog/queries.ts', '#testing/build-app.ts', 'only tests may import'],
    ['web/src/runs/api.ts', '../../../src/runs/queries.ts', 'web may not import'],
    ['web/src/runs/api.ts', '../../../src/platform/log.ts', 'web may not import'],
  ])('refuses %s importing %s', (from, to, said) => {
    expect(breaches({ [from]: `import { a } from '${to}';` })).toEqual([expect.stringContaining(said)]);
  });

  it('sees a re-export and a dynamic import, too', () => {
    expect(breaches({ 'src/catalog/queries.ts': `export { a } from '#runs/queries.ts';` })).toHaveLength(1);
    expect(breaches({ 'src/catalog/queries.ts': `await import('#runs/queries.ts');` })).toHaveLength(1);
  });

  it('finds modules that know each other in a circle', () => {
    expect(
      breaches({
        'src/slack/reactions.ts': `import { a } from '#sample/view.ts';`,
        'src/sample/view.ts': `import { b } from '#slack/client.ts';`,
      }),
    ).toEqual(['modules in a circle: slack → sample → slack']);
  });

  it.each(['src/catalog/utils.ts', 'src/platform/http/http-helpers.ts', 'src/catalog/index.ts'])(
    'refuses the name %s',
    (path) => {
      expect(breaches({ [path]: '' })).toEqual([expect.stringContaining('says nothing')]);
    },
  );

  it.each(['src/catalog/blueprint.ts', 'src/runs/thing.test.ts'])('refuses %s as outside the vocabulary', (path) => {
    expect(breaches({ [path]: '' })).toEqual([expect.stringContaining('neither <verb>-<noun>.ts')]);
  });

  it('refuses a module that nobody planned', () => {
    expect(breaches({ 'src/surprise/routes.ts': '' })).toEqual([expect.stringContaining('"surprise" is not in')]);
  });

  it('refuses the current time outside of the clock', () => {
    expect(breaches({ 'src/runs/start-run.ts': 'const at = new Date();' })).toEqual([expect.stringContaining('Clock')]);
    expect(breaches({ 'src/platform/clock.ts': 'const at = new Date();' })).toEqual([]);
  });
});

describe('markdownTable', () => {
  it('has a row per module', () => {
    expect(markdownTable()).toContain('| scorecards | platform, access, catalog, approvals |');
  });
});
