/**
 * Walks every page of a running Quayside and writes pictures of it.
 *
 *   node tools/shots.ts --base http://127.0.0.1:3000 --email … --password … [--only run,home] [--quick | --look 390-dark-zh-CN] [--out shots]
 *
 * Takes each page at three widths, in both themes and both languages; --quick takes one of each.
 * Runs are looked up in the workspace: one that succeeded, one that failed, one that changed entities.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';

const { values: options } = parseArgs({
  options: {
    base: { type: 'string', default: 'http://127.0.0.1:3000' },
    email: { type: 'string', default: 'admin@example.com' },
    password: { type: 'string', default: 'not-checked-by-the-fixture' },
    out: { type: 'string', default: 'shots' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    look: { type: 'string' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});

export interface Look {
  readonly width: number;
  readonly theme: 'light' | 'dark';
  readonly language: 'en' | 'zh-CN';
}

interface Shot {
  readonly name: string;
  /** Or how to find it, where it holds an identifier that each workspace has its own of. */
  readonly path: string | ((page: Page) => Promise<string>);
  /** Brings the page into the state to be shown. */
  readonly act?: (page: Page) => Promise<void>;
}

const shots: readonly Shot[] = [
  { name: 'sign-in', path: '/sign-in' },
  { name: 'home', path: '/' },
  {
    name: 'palette',
    path: '/',
    act: async (page) => {
      await page.keyboard.press('Control+k');
      await page.locator('input.mantine-Spotlight-search').fill('check');
      await page.waitForTimeout(500);
    },
  },
  { name: 'pages', path: '/pages' },
  { name: 'page', path: '/pages/service-overview' },
  { name: 'page-edit', path: '/pages/service-overview?edit=1&widget=levels' },
  { name: 'page-new', path: '/pages?new=1' },
  { name: 'self-service', path: '/self-service' },
  { name: 'execute', path: '/self-service?action=send_scorecard_reminder' },
  { name: 'execute-form', path: '/self-service?action=create_microservice' },
  {
    name: 'execute-toast',
    path: '/self-service?action=send_scorecard_reminder',
    act: async (page) => {
      await page.locator('[role=dialog] button[type=submit]').click();
      await page.waitForTimeout(2500);
    },
  },
  {
    name: 'run',
    path: '/audit?tab=runs',
    act: async (page) => {
      await page.locator('main a[href^="/runs/"]').first().click();
      await page.locator('[role=log]').waitFor();
      await page.waitForTimeout(600);
    },
  },
  { name: 'run-failed', path: async (page) => runPath(page, ({ status }) => status === 'FAILURE') },
  {
    name: 'run-entities',
    path: async (page) =>
      `${await runPath(page, ({ action, status }) => action.identifier.endsWith('create_microservice') && status === 'SUCCESS')}?tab=entities`,
  },
  { name: 'action-new', path: '/self-service/new' },
  { name: 'action-basic', path: '/self-service/create_microservice/edit' },
  { name: 'action-form', path: '/self-service/create_microservice/edit?tab=form' },
  { name: 'action-backend', path: '/self-service/send_scorecard_reminder/edit?tab=backend' },
  { name: 'action-permissions', path: '/self-service/create_microservice/edit?tab=permissions' },
  { name: 'action-json', path: '/self-service/create_microservice/edit?view=json' },
  { name: 'catalog', path: '/catalog' },
  { name: 'catalog-table', path: '/catalog/service' },
  {
    name: 'catalog-drawer',
    path: '/catalog/service',
    act: async (page) => {
      await page.locator('[role=row][data-index="1"]').click();
      await page.waitForTimeout(500);
    },
  },
  { name: 'entity', path: '/catalog/service/checkout' },
  { name: 'entity-scorecards', path: '/catalog/service/invoicing?tab=scorecards' },
  { name: 'entity-runs', path: '/catalog/service/checkout?tab=runs' },
  { name: 'scorecards', path: '/scorecards' },
  { name: 'scorecard', path: '/scorecards/service/ProductionReadiness' },
  {
    name: 'reminder',
    path: '/scorecards/service/ProductionReadiness',
    act: async (page) => {
      await page.locator('header button').last().click();
      await page.waitForTimeout(600);
    },
  },
  { name: 'pipelines', path: '/pipelines' },
  { name: 'pipeline-new', path: '/pipelines/new' },
  { name: 'pipeline-edit', path: async (page) => `/pipelines/${await firstPipeline(page)}/edit` },
  { name: 'execution', path: async (page) => `/executions/${await newestExecution(page)}` },
  { name: 'approvals', path: '/approvals' },
  { name: 'slack', path: '/slack' },
  { name: 'deliveries', path: '/deliveries' },
  { name: 'audit', path: '/audit' },
  { name: 'audit-runs', path: '/audit?tab=runs' },
  { name: 'settings-people', path: '/settings/people' },
  { name: 'settings-teams', path: '/settings/teams' },
  { name: 'settings-credentials', path: '/settings/credentials' },
  { name: 'settings-integrations', path: '/settings/integrations' },
  { name: 'settings-slack', path: '/settings/slack' },
  { name: 'settings-streams', path: '/settings/streams' },
  { name: 'pipeline-templated', path: '/pipelines/pipeline_rollout/edit' },
  { name: 'stage-types', path: '/pipelines?view=stage-types' },
  {
    name: 'stage-type',
    path: '/pipelines?view=stage-types',
    act: async (page) => {
      await page.locator('main li button').first().click();
      await page.locator('[role=dialog]').waitFor();
      await page.waitForTimeout(400);
    },
  },
  { name: 'not-found', path: '/catalog/service/no-such-thing' },
];

const everyLook: readonly Look[] = [1440, 1024, 390].flatMap((width) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    (['en', 'zh-CN'] as const).map((language): Look => ({ width, theme, language })),
  ),
);

const nameOf = (look: Look): string => `${look.width}-${look.theme}-${look.language}`;
const looks = options.quick
  ? everyLook.slice(0, 1)
  : everyLook.filter((look) => options.look === undefined || options.look.split(',').includes(nameOf(look)));

async function signedInPage(browser: Browser, look: Look): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.width < 500 ? 844 : 900 },
    colorScheme: look.theme,
    locale: look.language,
    reducedMotion: 'reduce',
  });
  await context.addInitScript(
    ([theme, language]) => {
      localStorage.setItem('quayside-theme', theme ?? 'light');
      localStorage.setItem('quayside-language', language ?? 'en');
    },
    [look.theme, look.language],
  );
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      console.error(`  console ${message.type()} on ${page.url()}: ${message.text().slice(0, 300)}`);
  });
  page.on('pageerror', (error) => console.error(`  error on ${page.url()}: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(options.base) && !request.url().startsWith('data:'))
      console.error(`  foreign request: ${request.url()}`);
  });
  await page.goto(`${options.base}/sign-in`);
  await page.locator('input[name=email]').fill(options.email);
  await page.locator('input[name=password]').fill(options.password);
  await page.locator('button[type=submit]').click();
  await page.locator('#content').waitFor();
  return page;
}

interface ListedRun {
  readonly id: string;
  readonly status: string;
  readonly action: { readonly identifier: string };
}

/** The page of the newest run that fits. */
async function runPath(page: Page, fits: (run: ListedRun) => boolean): Promise<string> {
  const answer = await page.request.get(`${options.base}/v1/actions/runs?version=v2&limit=100`);
  const { runs } = (await answer.json()) as { readonly runs: readonly ListedRun[] };
  const found = runs.find(fits);
  if (found === undefined) throw new Error('no run of this kind in the workspace');
  return `/runs/${found.id}`;
}

async function firstPipeline(page: Page): Promise<string> {
  const answer = await page.request.get(`${options.base}/api/v1/pipelines`);
  const { pipelines } = (await answer.json()) as { readonly pipelines: readonly { readonly id: string }[] };
  if (pipelines[0] === undefined) throw new Error('no pipeline in the workspace');
  return pipelines[0].id;
}

async function newestExecution(page: Page): Promise<string> {
  const answer = await page.request.get(`${options.base}/api/v1/executions?pipeline=${await firstPipeline(page)}`);
  const { executions } = (await answer.json()) as { readonly executions: readonly { readonly id: string }[] };
  if (executions[0] === undefined) throw new Error('no execution in the workspace');
  return executions[0].id;
}

/** Waits until nothing is loading any more, then for what was laid out to be painted. */
async function settled(page: Page): Promise<void> {
  await page.locator('h1, [role=alert]').first().waitFor();
  await page.locator('[data-pending]').first().waitFor({ state: 'detached' });
  await page.waitForTimeout(350);
}

async function take(page: Page, shot: Shot, folder: string): Promise<void> {
  const path = typeof shot.path === 'string' ? shot.path : await shot.path(page);
  await page.goto(`${options.base}${path}`, { waitUntil: 'load' });
  await settled(page);
  await shot.act?.(page);
  await settled(page);
  await page.screenshot({ path: join(folder, `${shot.name}.png`) });
}

const wanted = options.only?.split(',');
const browser = await chromium.launch({
  executablePath: options.chromium,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
for (const look of looks) {
  const folder = join(options.out, nameOf(look));
  await mkdir(folder, { recursive: true });
  const page = await signedInPage(browser, look);
  for (const shot of shots.filter((one) => wanted === undefined || wanted.includes(one.name))) {
    try {
      await take(page, shot, folder);
    } catch (error) {
      console.error(`  ${shot.name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
      process.exitCode = 1;
    }
  }
  await page.context().close();
}
await browser.close();
