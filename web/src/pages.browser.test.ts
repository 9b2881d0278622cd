import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { findChromium } from '../../src/testing/chromium.ts';
import { changeLook, goWithin, type Look, openPages, settled, type Pages } from '../dev/open-pages.ts';

const executablePath = findChromium(process.env);

const paths = [
  '/',
  '/catalog',
  '/catalog/service',
  '/catalog/service?open=checkout',
  `/catalog/service?sort=-tier&cols=-lifecycle&filter=${encodeURIComponent('[["tier","isNotEmpty"]]')}`,
  `/catalog/service?view=view_tiers&picked=${encodeURIComponent('["checkout","invoicing"]')}&bulk=delete`,
  `/catalog/service?group=level:ProductionReadiness&build=form&filter=${encodeURIComponent(
    '{"combinator":"or","rules":[{"property":"tier","operator":"isNotEmpty"},{"combinator":"and","rules":[{"property":"public","operator":"=","value":true}]}]}',
  )}`,
  '/catalog/service?new=1',
  '/catalog/service/checkout',
  '/catalog/service/checkout?edit=1',
  '/catalog/service/checkout?delete=1',
  '/catalog/service/checkout?tab=related',
  '/catalog/service/checkout?tab=related&view=graph&levels=2',
  '/catalog/service/checkout?tab=history',
  '/catalog/service/checkout?tab=history&at=2020-01-01T00:00:00.000Z',
  '/catalog/service/invoicing?tab=scorecards',
  '/catalog/service/checkout?tab=runs',
  '/catalog/service/checkout?tab=Cockpit',
  '/pages',
  '/pages?new=1',
  '/pages/overview',
  `/pages/overview?off=live&filter=${encodeURIComponent('[["tier","isNotEmpty"]]')}`,
  '/pages/overview?edit=1',
  '/pages/overview?edit=1&widget=pie',
  '/pages/overview?edit=1&widget=line',
  '/pages/overview?edit=1&widget=table',
  '/pages/overview?edit=1&view=json',
  '/pages/empty',
  '/pages/serviceEntity?edit=1&group=Cockpit&identifier=checkout',
  '/pages/no-such-page',
  '/data-model',
  '/data-model?view=list',
  '/data-model?open=service',
  '/data-model/new',
  '/data-model/blueprints/service',
  '/data-model/blueprints/service?item=property.tier',
  '/data-model/blueprints/service?item=relation.dependsOn',
  '/data-model/blueprints/service?tab=settings',
  '/data-model/blueprints/service?tab=json',
  '/data-model/blueprints/service?tab=permissions',
  '/data-model/blueprints/service?delete=1',
  '/self-service',
  '/self-service?action=request_access',
  '/self-service?action=open_window&entity=checkout',
  '/self-service?group=service&operation=DAY-2',
  '/self-service/new',
  '/self-service/new?tab=form',
  '/self-service/new?tab=backend&view=json',
  '/self-service/new?from=scale_service',
  '/self-service/scale_service/edit',
  '/self-service/scale_service/edit?tab=form&input=environment',
  '/self-service/request_access/edit?tab=form&input=service',
  '/self-service/send_scorecard_reminder/edit?tab=backend',
  '/self-service/request_access/edit?tab=permissions',
  '/self-service/no-such-action/edit',
  '/runs/r_z0nJYJv0wCm2ASTR',
  '/runs/r_QOz6WoOB1Q2lmhZZ?tab=entities',
  '/scorecards',
  '/scorecards/service/ProductionReadiness',
  '/scorecards/service/ProductionReadiness?open=exemptions',
  '/scorecards/service/ProductionReadiness?open=reminder',
  '/pipelines',
  '/pipelines?start=pipeline_deploy',
  '/pipelines?view=executions&show=failed&since=week',
  '/pipelines/new',
  '/pipelines/pipeline_deploy',
  '/pipelines/pipeline_deploy?tab=revisions',
  '/pipelines/pipeline_deploy/edit',
  '/pipelines/pipeline_deploy/edit?stage=4',
  '/pipelines/pipeline_deploy/edit?view=settings',
  '/pipelines/pipeline_deploy/edit?view=json',
  '/applications/checkout',
  '/applications/checkout?view=config',
  '/applications/checkout?view=settings',
  '/executions/execution_3',
  '/executions/execution_2',
  '/executions/no-such-execution',
  '/slack',
  '/approvals',
  '/approvals?open=apr_stage',
  '/approvals?view=pending&open=apr_own',
  '/approvals?view=decided&open=apr_done',
  '/approvals/apr_run',
  '/runs/r_W6nYt4cJq8RbX0pS',
  '/approvals/no-such-approval',
  '/deliveries',
  '/audit',
  '/audit?tab=runs',
  '/settings/people',
  '/settings/teams',
  '/settings/accounts',
  '/settings/credentials',
  '/settings/integrations',
  '/settings/slack',
  '/settings/streams',
  '/pipelines?view=stage-types',
  '/pipelines/pipeline_rollout/edit',
  '/settings/webhooks',
  '/settings/webhooks/new',
  '/settings/webhooks/pulls',
  '/slack/link/anything',
  '/catalog/service/no-such-thing',
];

const light: Look = { theme: 'light', language: 'en' };
const dark: Look = { theme: 'dark', language: 'zh-CN' };

/** Structure is the same in every theme and language; colours and words are not. */
const ofTheLook = ['color-contrast', 'link-in-text-block', 'label-content-name-mismatch'];

describe.skipIf(executablePath === undefined)('the pages', () => {
  let pages: Pages;

  beforeAll(async () => {
    pages = await openPages(executablePath ?? '');
  });

  afterAll(() => pages?.close());

  // Both at once: one core renders while the other is asked.
  it.concurrent.for([0, 1])(
    'have no accessibility violation, fault or foreign request in either look (half %s)',
    { timeout: 1_200_000 },
    async (half, { expect }) => {
      const middle = Math.ceil(paths.length / 2);
      let [look, other] = half === 0 ? [light, dark] : [dark, light];
      const { page, faults } = await pages.open(look.theme, look.language);
      for (const path of paths.slice(half * middle, (half + 1) * middle)) {
        await visit(page, path);
        expect.soft(await lasting(page), `${path} (${look.theme}, ${look.language})`).toEqual([]);
        [look, other] = [other, look];
        await changeLook(page, look);
        await settled(page);
        const found = await lasting(page, ofTheLook);
        expect.soft(found, `${path} (${look.theme}, ${look.language})`).toEqual([]);
      }
      expect(faults).toEqual([]);
      await page.context().close();
    },
  );
});

/** Each page is loaded once, in the look that the one before ended in; its other states are gone to within it. */
async function visit(page: Page, path: string): Promise<void> {
  const address = new URL(path, page.url());
  if (address.pathname === new URL(page.url()).pathname) await goWithin(page, path);
  else await page.goto(address.href);
  await settled(page);
}

/** What is seen once may be a frame between two looks or states: asked again, it is gone. */
async function lasting(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  let found = await violations(page, rules);
  for (let again = 0; again < 2 && found.length > 0; again += 1) found = await violations(page, rules);
  return found;
}

async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  // To read the program takes as long as to run it: once for every document.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const found = await page.evaluate(
    async (only) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
        // What passed is not described: that takes as long as finding what does not.
        resultTypes: ['violations'],
        ...(only !== undefined && { runOnly: only }),
      }),
    rules === undefined ? undefined : [...rules],
  );
  return found.violations.map(({ id, nodes }) => {
    const places = nodes.slice(0, 3).map((node) => node.target.join(' '));
    return `${id}: ${places.join(', ')}`;
  });
}
