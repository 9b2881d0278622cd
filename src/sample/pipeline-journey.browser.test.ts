import type { Page } from 'playwright-core';
import type { SlackMessage } from '#sample/counterparts/slack/slack-channel-view.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '#testing/chromium.ts';
import { type JourneyProgram, startJourneyProgram } from '#testing/journey-program.ts';

const executablePath = findChromium(process.env);

describe.skipIf(executablePath === undefined)('in the browser, a platform engineer can', () => {
  let journey: JourneyProgram;

  beforeAll(async () => {
    journey = await startJourneyProgram(executablePath ?? '', { QUAYSIDE_SAMPLE: 'off' });
  });

  afterAll(async () => journey?.stop());

  async function addStage(page: Page, type: RegExp): Promise<void> {
    await page.getByRole('button', { name: /^Add a stage/ }).click();
    await page.getByRole('menuitem', { name: type }).click();
  }

  it('build a pipeline with a judgment, start it, decide, and change it afterwards', async () => {
    const { page, faults } = await journey.signIn();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Pipelines' }).click();
    await page.getByRole('link', { name: 'New pipeline' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Deploy');
    await page.getByRole('combobox', { name: 'Application' }).fill('checkout');
    await addStage(page, /^Manual judgment/);
    await page.getByLabel('Instructions').fill('Look at the **dashboard** first.');
    await page.getByLabel('Word for going on').fill('Ship it');
    await addStage(page, /^Wait/);
    await page.getByLabel('Seconds').fill('0');
    await page.getByRole('button', { name: 'Create pipeline' }).click();

    await page.getByRole('button', { name: 'Start' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    const card = page.getByRole('region', { name: 'Manual judgment awaits your judgment' });
    await card.getByText('dashboard').waitFor();
    await card.getByLabel('Comment').fill('Quiet evening');
    await card.getByRole('button', { name: 'Ship it' }).click();
    await page.getByRole('main').getByText('Succeeded', { exact: true }).first().waitFor();
    await card.waitFor({ state: 'detached' });

    await page.getByRole('link', { name: 'Deploy', exact: true }).click();
    await page.getByRole('link', { name: /^#1 Succeeded/ }).waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.locator('#content').getByText('Settings', { exact: true }).click();
    await page.getByLabel('Description').fill('Ships the shop.');
    await page.keyboard.press('Control+s');
    await page.getByText('Deploy is saved').waitFor();
    await page.getByRole('link', { name: 'Deploy', exact: true }).click();
    await page.getByText('Ships the shop.').waitFor();
    await page.getByRole('tab', { name: 'Revisions' }).click();
    await page.getByText('Revision 2').waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });

  it('draw a pipeline by pointer, key and finger, and find it as they drew it', async () => {
    const { page, faults } = await journey.signIn();
    await page.goto(`${journey.program.address}/pipelines/new?application=checkout`);
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Drawn');
    for (const type of [/^Wait/, /^Variables/, /^Manual judgment/]) await addStage(page, type);
    const stages = page.locator('.react-flow__node');
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect.poll(async () => stages.count(), patient).toBe(2);
    await page.locator('h1').click();
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(async () => stages.count(), patient).toBe(3);

    // With keys: the wait comes before the judgment, too; a copy of it comes before nothing yet.
    await stages.nth(0).click();
    await page.keyboard.press('c');
    await page.getByText('Choose the stage that comes after Wait').waitFor();
    await stages.nth(2).focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await drawn(page)).length, patient).toBe(3);
    await stages.nth(0).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('d');
    await page.getByRole('button', { name: 'Create pipeline' }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.waitForURL(/\/edit$/);

    const mobile = await journey.browser.newContext({
      storageState: await page.context().storageState(),
      viewport: { width: 1000, height: 900 },
      hasTouch: true,
      locale: 'en',
    });
    const tablet = await mobile.newPage();
    await tablet.goto(page.url());
    await tablet.locator('.react-flow__node[data-id="4"]').waitFor();
    await dragByFinger(tablet, '4', '3');
    await expect.poll(async () => drawn(tablet), patient).toContain('4>3');
    const connect = tablet.getByRole('button', { name: 'Connect to another stage' });
    // The picture arranges itself around the new line: a finger may come down where the stage stood.
    await expect
      .poll(async () => {
        await tablet.locator('.react-flow__node[data-id="2"]').tap();
        return connect.isEnabled();
      }, patient)
      .toBe(true);
    await connect.tap();
    await tablet.locator('.react-flow__node[data-id="4"]').tap();
    await expect.poll(async () => drawn(tablet), patient).toContain('2>4');
    const arrange = tablet.getByRole('button', { name: 'Arrange by itself' });
    await expect
      .poll(async () => {
        await dragMouse(tablet, '4', { x: 30, y: 120 });
        return arrange.isEnabled();
      }, patient)
      .toBe(true);
    await tablet.getByRole('button', { name: 'Save' }).click();
    await tablet.getByText('Drawn is saved').waitFor();
    await tablet.reload();
    await expect
      .poll(async () => drawn(tablet), patient)
      .toEqual(expect.arrayContaining(['1>2', '1>3', '2>3', '2>4', '4>3']));
    expect(await arrange.isEnabled()).toBe(true);
    await mobile.close();
    expect(faults).toEqual([]);
    await page.close();
  });

  it('try an expression, search executions, and decide from the list', async () => {
    const { page, faults } = await journey.signIn();
    await page.goto(`${journey.program.address}/pipelines/new?application=checkout`);
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Asked');
    await addStage(page, /^Manual judgment/);
    await page.getByLabel('Instructions').fill('Asked by {{ .us');
    await page.getByRole('option', { name: /^\.user/ }).click();
    await page.keyboard.type(' }}');
    await page.getByRole('button', { name: 'Create pipeline' }).click();
    await page.getByRole('button', { name: 'Start' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    await page.getByRole('region', { name: 'Manual judgment awaits your judgment' }).waitFor();

    await page.getByRole('link', { name: 'Asked', exact: true }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.locator('.react-flow__node').first().click();
    await page.getByRole('button', { name: 'Try it' }).click();
    const tester = page.getByRole('dialog', { name: 'Try an expression' });
    await tester.getByText('Asked by admin@example.com').waitFor();
    await tester.getByRole('button', { name: 'Cancel' }).click();

    await page.goto(`${journey.program.address}/pipelines?view=executions&show=awaiting&by=nobody`);
    await page.getByText('None is in this state now.').waitFor();
    await page.getByRole('textbox', { name: 'Started by whom' }).fill('admin');
    await page.getByRole('button', { name: 'Decide on Asked #1' }).click();
    await page.getByRole('region', { name: 'Manual judgment awaits your judgment' }).getByLabel('Comment').fill('Fine');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('None is in this state now.').waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });
});

const patient = { timeout: 20_000 } as const;

/** Lines of the picture, from what to what. */
async function drawn(page: Page): Promise<readonly string[]> {
  const edges = await page.locator('.react-flow__edge').all();
  return Promise.all(edges.map(async (edge) => (await edge.getAttribute('data-id')) ?? ''));
}

async function boxOf(page: Page, refId: string): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await page.locator(`.react-flow__node[data-id="${refId}"]`).boundingBox();
  if (box === null) throw new Error(`Stage ${refId} is not shown`);
  return box;
}

async function dragMouse(page: Page, refId: string, by: { readonly x: number; readonly y: number }): Promise<void> {
  const { x, y, width, height } = await boxOf(page, refId);
  const [left, top] = [x + width / 2, y + height / 2];
  await page.mouse.move(left, top);
  await page.mouse.down();
  await page.mouse.move(left + by.x / 2, top + by.y / 2, { steps: 4 });
  await page.mouse.move(left + by.x, top + by.y, { steps: 4 });
  await page.mouse.up();
}

/** Pulls a line from the right edge of one stage to the left edge of another, as a finger does. */
async function dragByFinger(page: Page, from: string, to: string): Promise<void> {
  const [start, end] = [await boxOf(page, from), await boxOf(page, to)];
  const client = await page.context().newCDPSession(page);
  const touch = async (type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly { x: number; y: number }[]) =>
    client.send('Input.dispatchTouchEvent', { type, touchPoints: [...points] });
  const first = { x: start.x + start.width, y: start.y + start.height / 2 };
  const last = { x: end.x, y: end.y + end.height / 2 };
  await touch('touchStart', [first]);
  for (const part of [0.3, 0.6, 0.9, 1]) {
    await touch('touchMove', [{ x: first.x + (last.x - first.x) * part, y: first.y + (last.y - first.y) * part }]);
  }
  await touch('touchEnd', []);
  await client.detach();
}

describe.skipIf(executablePath === undefined)('with a Slack of their own, from the manifest to the click,', () => {
  const channel = 'demo_alerts';
  let slack: SlackCounterpart;
  let journey: JourneyProgram;

  beforeAll(async () => {
    slack = await startSlackCounterpart({
      fetch,
      channels: [{ name: channel }],
      users: [{ name: 'lead', email: 'admin@example.com' }],
    });
    journey = await startJourneyProgram(executablePath ?? '', {
      QUAYSIDE_SAMPLE: 'off',
      QUAYSIDE_SLACK_API_URL: slack.apiUrl,
      QUAYSIDE_EGRESS_ALLOW: new URL(slack.origin).host,
    });
  });

  afterAll(async () => {
    await journey?.stop();
    await slack?.close();
  });

  async function cardOf(words: string): Promise<SlackMessage> {
    return slack.waitForMessage(channel, (message) => JSON.stringify(message.blocks).includes(words), 30_000);
  }

  async function press(card: SlackMessage, verb: 'approve' | 'reject'): Promise<void> {
    const answer = await slack.click({ channel, ts: card.ts, actionId: `approval:${verb}`, user: 'lead' });
    expect(answer).toMatchObject({ status: 200, body: '' });
  }

  async function connect(page: Page): Promise<void> {
    await page.goto(`${journey.program.address}/settings/slack`);
    await page.getByRole('tab', { name: 'From scratch' }).click();
    await page.getByText('/notifications/callbacks/slack').first().waitFor();
    await page.getByText('users:read.email').waitFor();
    await page.getByRole('tab', { name: 'From a manifest' }).click();
    const manifest = page.getByLabel('Manifest', { exact: true });
    await expect.poll(() => manifest.innerText()).toContain('/notifications/callbacks/slack');
    await page.getByRole('textbox', { name: 'Bot token' }).fill('xoxb-not-the-token');
    await page.getByRole('textbox', { name: 'Signing secret' }).fill(slack.signingSecret);
    await page.getByRole('button', { name: 'Test and save' }).click();
    await page
      .getByText(/Slack refused|invalid_auth|token/i)
      .first()
      .waitFor();
    await page.getByRole('textbox', { name: 'Bot token' }).fill(slack.botToken);
    await page.getByRole('button', { name: 'Test and save' }).click();
    await page.getByText('Slack is connected.').waitFor();
    slack.setInteractivityUrl(`${journey.program.address}/notifications/callbacks/slack`);
  }

  async function build(page: Page): Promise<void> {
    await page.goto(`${journey.program.address}/pipelines/new`);
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Release');
    await page.getByRole('combobox', { name: 'Application' }).fill('storefront');
    await page.getByRole('button', { name: /^Add a stage/ }).click();
    await page.getByRole('menuitem', { name: /^Manual judgment/ }).click();
    await page.getByRole('button', { name: 'Add a notification' }).click();
    await page.getByRole('combobox', { name: 'Channel' }).fill(channel);
    await page.getByLabel('Own words: Awaiting judgment').fill('Is the storefront ready to ship?');
    await page.getByLabel('Own words: Continued').fill('The storefront ships.');
    await page.getByRole('button', { name: /^Add a stage/ }).click();
    await page.getByRole('menuitem', { name: /^Wait/ }).click();
    await page.getByLabel('Seconds').fill('1');
    await page.getByRole('button', { name: 'Create pipeline' }).click();
    await page.getByRole('button', { name: 'Start' }).first().waitFor();
  }

  /** As another tab of the same person does. */
  async function judgeOverApi(page: Page, execution: string): Promise<number> {
    return page.evaluate(async (id) => {
      const session = (await (await fetch('/api/v1/session')).json()) as { csrfToken: string };
      const response = await fetch(`/api/v1/executions/${id}/stages/1/judgment`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-csrf-token': session.csrfToken },
        body: JSON.stringify({ verdict: 'continue', comment: 'Decided elsewhere' }),
      });
      return response.status;
    }, execution);
  }

  async function run(page: Page, number: number): Promise<SlackMessage> {
    await page.getByRole('button', { name: 'Start' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    await page.getByRole('region', { name: 'Manual judgment awaits your judgment' }).waitFor();
    const card = await cardOf(`Release #${number}`);
    expect(JSON.stringify(card)).toContain('Is the storefront ready to ship?');
    return card;
  }

  it('they connect it, build a judgment that tells a channel, and approve and reject there', async () => {
    const { page, faults } = await journey.signIn();
    await connect(page);
    await build(page);
    const judgment = page.getByRole('region', { name: 'Manual judgment awaits your judgment' });
    const status = page.getByRole('main').locator('[aria-live=polite]').first();

    const first = await run(page, 1);
    await press(first, 'approve');
    await judgment.waitFor({ state: 'detached' });
    await status.getByText('Succeeded', { exact: true }).waitFor();
    await slack.waitForMessage(
      channel,
      ({ ts, blocks }) => ts === first.ts && !/approval:approve/.test(JSON.stringify(blocks)),
      30_000,
    );
    await slack.waitForMessage(channel, (message) => JSON.stringify(message).includes('The storefront ships.'), 30_000);

    await page.getByRole('link', { name: 'Release', exact: true }).click();
    const second = await run(page, 2);
    await press(second, 'reject');
    await judgment.waitFor({ state: 'detached' });
    await status.getByText('Failed', { exact: true }).waitFor();
    await page
      .getByText(/stopped the pipeline/)
      .first()
      .waitFor();

    // Decided over the API while the page is open: the page follows, and the late click in Slack is told.
    await page.getByRole('link', { name: 'Release', exact: true }).click();
    const third = await run(page, 3);
    const execution = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    expect(await judgeOverApi(page, execution)).toBe(200);
    await judgment.waitFor({ state: 'detached' });
    await status.getByText('Succeeded', { exact: true }).waitFor();
    await slack.waitForMessage(
      channel,
      ({ ts, blocks }) => ts === third.ts && !/approval:approve/.test(JSON.stringify(blocks)),
      30_000,
    );
    expect(faults).toEqual([]);
    await page.close();
  });
});
