import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '#testing/chromium.ts';
import { type JourneyProgram, startJourneyProgram } from '#testing/journey-program.ts';

const executablePath = findChromium(process.env);

describe.skipIf(executablePath === undefined)('after a first start, a newcomer can', () => {
  let journey: JourneyProgram;

  beforeAll(async () => {
    journey = await startJourneyProgram(executablePath ?? '', { QUAYSIDE_SAMPLE: 'on' });
  });

  afterAll(async () => journey?.stop());

  /** A signed-in page, and what went wrong on it: errors, and requests to any other host. */
  async function signIn(): Promise<{ page: Page; faults: string[] }> {
    const { page, faults } = await journey.signIn();
    // From here on every answer is expected to be a good one.
    page.on('response', (response) => {
      if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
    });
    return { page, faults };
  }

  function place(page: Page, name: string) {
    return page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
  }

  it.each([
    { action: 'Send scorecard reminder', log: 'Slack reminder sent successfully', earlier: 0 },
    { action: 'Send scorecard reminder (built in)', log: 'production-readiness', earlier: 1 },
  ])('execute “$action”, watch it succeed and find the reminder in Slack', async ({ action, log, earlier }) => {
    const { page, faults } = await signIn();
    await place(page, 'Self-service').click();
    await page.getByRole('button', { name: `Create: ${action}`, exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Execute', exact: true }).click();
    await page.getByRole('link', { name: 'View details' }).click();
    await page.getByRole('log').getByText(log).first().waitFor();
    await page.locator('#content').getByText('Success', { exact: true }).first().waitFor();

    await place(page, 'Slack (local)').click();
    await page.getByRole('heading', { name: 'production-readiness' }).waitFor();
    const channel = page.getByRole('log');
    await channel.getByText('Production Readiness reminder').nth(earlier).waitFor();
    await channel.getByText('Legacy exporter').nth(earlier).waitFor();
    expect(await channel.getByText('Checkout', { exact: true }).count()).toBe(0);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('change the health of a deployment and see the change told in Slack', async () => {
    const { page, faults } = await signIn();
    await place(page, 'Self-service').click();
    await page.getByRole('button', { name: 'Execute: Report health' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Entity' }).click();
    await page.getByRole('option', { name: /Cart API Production/ }).click();
    await dialog.getByRole('button', { name: 'Execute', exact: true }).click();
    await page.getByRole('link', { name: 'View details' }).click();
    await page.locator('#content').getByText('Success', { exact: true }).first().waitFor();
    await place(page, 'Slack (local)').click();
    await page.getByRole('link', { name: 'deployments' }).click();
    await page.getByRole('log').getByText('Change in Cart API Production health status').waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });
});
