import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '#testing/chromium.ts';
import { type JourneyProgram, startJourneyProgram } from '#testing/journey-program.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

const executablePath = findChromium(process.env);
const credentials = { clientId: 'journey-client-id', clientSecret: 'journey-client-secret-of-the-organisation' };

describe.skipIf(executablePath === undefined)('an action whose backend reports by itself', () => {
  let journey: JourneyProgram;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    receiver = await startWebhookReceiver();
    journey = await startJourneyProgram(executablePath ?? '', {
      QUAYSIDE_SAMPLE: 'on',
      QUAYSIDE_EGRESS_ALLOW: '127.0.0.1/32',
      QUAYSIDE_CLIENT_ID: credentials.clientId,
      QUAYSIDE_CLIENT_SECRET: credentials.clientSecret,
    });
  });

  afterAll(async () => {
    await journey?.stop();
    await receiver?.close();
  });

  async function send(method: string, path: string, body: object, token = ''): Promise<Record<string, unknown>> {
    const response = await fetch(`${journey.program.address}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  async function buildAction(page: Page): Promise<void> {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Self-service' }).click();
    await page.getByRole('link', { name: 'New action' }).first().click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Build a quay');
    await page.getByRole('radio', { name: /^Create/ }).check();
    const parts = page.getByRole('navigation', { name: 'Parts of the action' });
    await parts.getByRole('link', { name: 'Backend' }).click();
    await page.getByRole('textbox', { name: 'Endpoint URL' }).fill(`${receiver.url}/quays`);
    await page.getByRole('textbox', { name: 'Invocation payload', exact: true }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('{"run": "{{ .run.id }}"}');
    await page.getByRole('button', { name: 'Create action' }).first().click();
  }

  it('is built in the editor; its run shows the log, the entity, the link and the end that the backend tells', async () => {
    const { page, faults } = await journey.signIn();
    page.setDefaultTimeout(60_000);
    await buildAction(page);
    await page.getByRole('button', { name: 'Create: Build a quay', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Execute', exact: true }).click();
    await page.getByRole('link', { name: 'View details' }).click();

    const [request] = await receiver.received(1);
    const { run } = JSON.parse(request?.body.toString() ?? '{}') as { run: string };
    const token = String((await send('POST', '/v1/auth/access_token', credentials))['accessToken']);
    const path = `/v1/actions/runs/${run}`;
    const content = page.locator('#content');
    await send('POST', `${path}/logs`, { message: 'The piles are driven' }, token);
    await content.getByText('The piles are driven').first().waitFor();

    const entity = { identifier: 'north-quay', title: 'North quay', properties: {} };
    const written = await send('POST', `/v1/blueprints/service/entities?run_id=${run}`, entity, token);
    expect(written).toMatchObject({ ok: true });
    const end = { status: 'SUCCESS', statusLabel: 'Quay is open', link: ['https://example.com/quays/1'] };
    expect(await send('PATCH', path, end, token)).toMatchObject({ ok: true });
    await content.getByText('Quay is open').first().waitFor();
    await content.locator('a[href="https://example.com/quays/1"]').first().waitFor();
    expect(await send('PATCH', path, { status: 'FAILURE' }, token)).toMatchObject({ ok: false });

    await page.goto(`${page.url().split('?')[0] ?? ''}?tab=entities`);
    await content.getByText('North quay').first().waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });
});
