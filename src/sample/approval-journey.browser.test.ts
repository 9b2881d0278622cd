import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '#testing/chromium.ts';
import { type JourneyProgram, startJourneyProgram } from '#testing/journey-program.ts';

const executablePath = findChromium(process.env);
const credentials = { clientId: 'journey-client-id', clientSecret: 'journey-client-secret-of-the-organisation' };

describe.skipIf(executablePath === undefined)('an action that needs approval', () => {
  let journey: JourneyProgram;

  beforeAll(async () => {
    journey = await startJourneyProgram(executablePath ?? '', {
      QUAYSIDE_SAMPLE: 'on',
      QUAYSIDE_CLIENT_ID: credentials.clientId,
      QUAYSIDE_CLIENT_SECRET: credentials.clientSecret,
    });
  });

  afterAll(async () => journey?.stop());

  async function ask(path: string, body: object, token?: string): Promise<Record<string, unknown>> {
    const response = await fetch(`${journey.program.address}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  /** Somebody else with the role that approves, on their home page. */
  async function joinAsApprover(): Promise<Page> {
    const { accessToken } = await ask('/v1/auth/access_token', credentials);
    const invitee = { email: 'lead@example.com', roles: ['Admin'] };
    const { invitation } = await ask('/api/v1/invitations', invitee, String(accessToken));
    const context = await journey.browser.newContext({ locale: 'en' });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const { pathname } = new URL((invitation as { link: string }).link);
    await page.goto(`${journey.program.address}${pathname}`);
    await page.getByLabel('First name').fill('Lead');
    await page.getByLabel('Last name').fill('Person');
    await page.getByRole('textbox', { name: 'Password' }).fill('a password for tests');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByRole('heading', { name: /, Lead\??$/ }).waitFor();
    return page;
  }

  /** With a form of one input, which names the service that is written into the catalog. */
  async function buildAction(page: Page): Promise<void> {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Self-service' }).click();
    await page.getByRole('link', { name: 'New action' }).first().click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Register a service');
    await page.getByRole('radio', { name: /^Create/ }).check();
    await page.getByRole('switch', { name: 'Needs approval' }).check({ force: true });
    const parts = page.getByRole('navigation', { name: 'Parts of the action' });
    await parts.getByRole('link', { name: 'User form' }).click();
    await page.getByRole('button', { name: 'Input', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Text', exact: true }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Name');
    const key = page.getByRole('textbox', { name: 'Key' });
    await key.fill('name');
    await key.press('Tab');
    await parts.getByRole('link', { name: 'Backend' }).click();
    await page.getByRole('radio', { name: /^Write an entity/ }).check({ force: true });
    await page.getByRole('combobox', { name: 'Entities of' }).click();
    await page.getByRole('option', { name: 'Service', exact: true }).click();
    await page.getByRole('textbox', { name: 'Identifier' }).fill('{{ .inputs.name }}');
    await page.getByRole('textbox', { name: 'Title' }).fill('The {{ .inputs.name }}');
    await page.getByRole('button', { name: 'Create action' }).first().click();
  }

  it('is built in the editor, waits, is approved by somebody else from their home page, and changes the catalog', async () => {
    const { page, faults } = await journey.signIn();
    page.setDefaultTimeout(60_000);
    await buildAction(page);
    await page.getByRole('button', { name: 'Create: Register a service', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Somebody has to approve it first').waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('aurora');
    await dialog.getByRole('button', { name: 'Execute', exact: true }).click();
    await page.getByRole('link', { name: 'View details' }).click();
    await page.locator('#content').getByText('Waiting for approval', { exact: true }).first().waitFor();

    const approver = await joinAsApprover();
    await approver.getByRole('heading', { name: '1 approval waits for you' }).waitFor();
    await approver
      .locator('#content')
      .getByRole('link', { name: /Register a service/ })
      .first()
      .click();
    await approver.getByLabel('Comment').fill('Fair winds');
    await approver.getByRole('button', { name: 'Approve', exact: true }).click();
    await approver
      .getByText(/was approved/)
      .first()
      .waitFor();

    await page.locator('#content').getByText('Success', { exact: true }).first().waitFor();
    await page.getByText('Fair winds').first().waitFor({ state: 'attached' });
    await page.goto(`${journey.program.address}/catalog/service/aurora`);
    await page.getByRole('heading', { name: 'The aurora' }).waitFor();

    // Once more with another name: the form comes filled in.
    await page.goBack();
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.getByRole('dialog').getByText('aurora').first().waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Change inputs' }).click();
    expect(await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).inputValue()).toBe('aurora');
    expect(faults).toEqual([]);
    await approver.context().close();
    await page.close();
  });
});
