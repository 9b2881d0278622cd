import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '#testing/chromium.ts';
import { type JourneyProgram, startJourneyProgram } from '#testing/journey-program.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

const executablePath = findChromium(process.env);

describe.skipIf(executablePath === undefined)('in the action editor, a platform engineer can', () => {
  let journey: JourneyProgram;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    receiver = await startWebhookReceiver({ body: { made: true } });
    journey = await startJourneyProgram(executablePath ?? '', {
      QUAYSIDE_SAMPLE: 'on',
      QUAYSIDE_EGRESS_ALLOW: '127.0.0.1/32',
    });
  });

  afterAll(async () => {
    await journey?.stop();
    await receiver?.close();
  });

  /** The hub, signed in, and what went wrong on the way: errors, and requests to any other host. */
  async function openHub(): Promise<{ page: Page; faults: string[] }> {
    const { page, faults } = await journey.signIn();
    page.setDefaultTimeout(60_000);
    await page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: 'Self-service', exact: true })
      .click();
    await page.getByRole('link', { name: 'New action' }).first().waitFor();
    return { page, faults };
  }

  const choose = async (page: Page, field: string, option: string): Promise<void> => {
    await page.getByRole('combobox', { name: field, exact: true }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };

  /** Replaces the whole text of a code editor. */
  async function write(page: Page, label: string, text: string): Promise<void> {
    await page.getByRole('textbox', { name: label, exact: true }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText(text);
  }

  /** From the card to the end of the run. */
  async function executeAndFollow(page: Page, button: string): Promise<void> {
    await page.getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Execute', exact: true }).click();
    await page.getByRole('link', { name: 'View details' }).click();
    await page.locator('#content').getByText('Success', { exact: true }).first().waitFor();
  }

  it('build the reminder of the guide on a GitHub workflow, execute it and follow it to its end', async () => {
    const { page, faults } = await openHub();
    await page.getByRole('link', { name: 'New action' }).first().click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Remind the teams');
    expect(await page.getByRole('textbox', { name: 'Identifier' }).inputValue()).toBe('remind_the_teams');
    await page.getByRole('textbox', { name: 'Description' }).fill('Send a scorecard reminder to your team on Slack');
    await page.getByRole('button', { name: 'Icon' }).click();
    await page.getByRole('button', { name: 'Slack', exact: true }).click();
    await page.getByRole('radio', { name: /^Create/ }).check();
    await choose(page, 'Blueprint', 'Service');

    const parts = page.getByRole('navigation', { name: 'Parts of the action' });
    await parts.getByRole('link', { name: 'User form' }).click();
    await page.getByRole('heading', { name: 'This form asks for nothing' }).waitFor();
    await page.getByRole('button', { name: 'Backend', exact: true }).click();
    await page.getByRole('radio', { name: /^GitHub workflow/ }).check({ force: true });
    await page.getByRole('textbox', { name: 'Organisation' }).fill('quayside-sample');
    await page.getByRole('textbox', { name: 'Repository' }).fill('port-actions');
    await page.getByRole('textbox', { name: 'Workflow file name' }).fill('port-slack-reminder.yml');
    // The editor knows what the workflow asks for.
    await write(page, 'Workflow inputs', '{"runId": "{{ .run.id }}"}');
    await page.getByText('port-slack-reminder.yml does not know: runId').waitFor();
    await page.getByText('port-slack-reminder.yml needs: run_id').waitFor();
    await write(page, 'Workflow inputs', '{"run_id": "{{ .run.id }}"}');
    await page.getByText('These are the inputs that port-slack-reminder.yml asks for.').waitFor();
    await parts.getByRole('link', { name: 'Permissions' }).click();
    await page.getByRole('heading', { name: 'Who may execute' }).waitFor();
    await page.getByRole('button', { name: 'Create action' }).first().click();

    await executeAndFollow(page, 'Create: Remind the teams');
    await page.getByRole('log').getByText('Slack reminder sent successfully').first().waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });

  it('keep an unfinished action as a draft, see refusals at their field, and publish it', async () => {
    const { page, faults } = await openHub();
    await page.getByRole('link', { name: 'New action' }).first().click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Order a berth');
    // The address is not known yet.
    await page.getByRole('button', { name: 'Save as draft' }).click();
    await page.waitForURL('**/self-service/order_a_berth/edit**');
    await page.getByText('Draft', { exact: true }).first().waitFor();

    const parts = page.getByRole('navigation', { name: 'Parts of the action' });
    await parts.getByRole('link', { name: 'User form' }).click();
    await page.getByRole('button', { name: 'Input', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Text', exact: true }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Ship');
    const key = page.getByRole('textbox', { name: 'Key' });
    await key.fill('ship');
    await key.press('Tab');
    await page.getByRole('switch', { name: 'Has to be filled in' }).check({ force: true });
    // The form beside it is the real one.
    await page
      .getByRole('complementary', { name: 'What comes of it' })
      .getByRole('textbox', { name: 'Ship' })
      .waitFor();
    // What was typed outlives a reload.
    page.once('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await page.getByText('These are your unsaved changes from before.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Key' }).inputValue()).toBe('ship');

    await parts.getByRole('link', { name: 'Backend' }).click();
    await page.getByRole('textbox', { name: 'Endpoint URL' }).fill(`${receiver.url}/berths`);
    await page.getByRole('switch', { name: 'Wait for the answer' }).check({ force: true });
    await write(page, 'Invocation payload', '{"ship": "{{ .inputs.ship }}", "by": "{{ .trigger.by.user.email }}"}');
    await parts.getByRole('link', { name: 'Basic details' }).click();
    await page.getByRole('textbox', { name: 'Identifier' }).fill('remind/teams');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('alert').filter({ hasText: 'Not saved' }).waitFor();
    await page.getByRole('textbox', { name: 'Identifier', exact: false, description: /pattern/ }).waitFor();
    await page.getByRole('textbox', { name: 'Identifier' }).fill('order_a_berth');
    await page.keyboard.press('ControlOrMeta+s');
    await page.getByText('“Order a berth” can be executed now.').waitFor();

    await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'Self-service' }).click();
    await page.getByRole('button', { name: 'Create: Order a berth', exact: true }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Ship' }).fill('Aurora');
    await page.getByRole('dialog').getByRole('button', { name: 'Execute', exact: true }).click();
    await page.getByRole('link', { name: 'View details' }).click();
    await page.locator('#content').getByText('Success', { exact: true }).first().waitFor();
    const [request] = await receiver.received(1);
    expect(JSON.parse(request?.body.toString() ?? '')).toEqual({ ship: 'Aurora', by: 'admin@example.com' });
    expect(faults).toEqual([]);
    await page.close();
  });

  it('see what somebody else saved meanwhile, and keep both changes', async () => {
    const { page } = await openHub();
    await page.goto(`${journey.program.address}/self-service/report_health/edit`);
    await page.getByRole('textbox', { name: 'Title' }).fill('Report the health');
    const other = await journey.browser.newContext({ storageState: await page.context().storageState() });
    const second = await other.newPage();
    second.setDefaultTimeout(60_000);
    await second.goto(`${journey.program.address}/self-service/report_health/edit`);
    await second.getByRole('textbox', { name: 'Description' }).fill('Changed by somebody else');
    await second.getByRole('button', { name: 'Save', exact: true }).click();
    await second.getByText('“Report health” is saved.').waitFor();

    await page.getByText('Somebody saved a newer version while you were editing.').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Somebody else saved this action' });
    await dialog.getByText('description', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Save with these' }).click();
    await page.getByText('“Report the health” is saved.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Report the health');
    expect(await page.getByRole('textbox', { name: 'Description' }).inputValue()).toBe('Changed by somebody else');
    await other.close();
    await page.close();
  });
});
