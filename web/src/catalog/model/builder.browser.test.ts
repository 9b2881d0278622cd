import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../../../src/testing/chromium.ts';
import { openPages, type Pages } from '../../../dev/open-pages.ts';

const executablePath = findChromium(process.env);

describe.skipIf(executablePath === undefined)('in a browser, people can', () => {
  let pages: Pages;

  beforeAll(async () => {
    pages = await openPages(executablePath ?? '');
  });

  afterAll(() => pages?.close());

  it('build a blueprint: fields by kind, drafts that survive, errors at the field and in JSON', async () => {
    const { page, faults } = await pages.open('light', 'en');
    await page.goto(`${pages.base}/data-model`);
    await page.getByRole('link', { name: 'New blueprint' }).click();
    await page.getByPlaceholder('Such as Service').fill('Container Ship');
    expect(await page.getByLabel('Identifier').inputValue()).toBe('containerShip');
    await page.getByRole('button', { name: 'Add property' }).click();
    await page.getByRole('menuitem', { name: 'Text', exact: true }).click();
    await page.waitForURL(/item=property\.text/);
    await page.getByLabel('Pattern').fill('(');
    await page.getByRole('button', { name: 'Add relation or computed' }).click();
    await page.getByRole('menuitem', { name: 'Relation' }).click();
    await page.getByRole('combobox', { name: 'Points at' }).or(page.getByLabel('Points at')).first().click();
    await page.getByRole('option', { name: 'System' }).click();
    await page.reload();
    await page.getByText('This is what you changed before.').waitFor();
    await page.keyboard.press('Control+s');
    await page.getByText('This cannot be saved').waitFor();
    await page.getByRole('button', { name: /Has an error/ }).click();
    await page.getByLabel('Pattern').fill('^[a-z]+$');
    await page.getByRole('button', { name: 'Create blueprint' }).click();
    await page.waitForURL(/\/data-model\/blueprints\/containerShip/);
    await page.getByText('JSON', { exact: true }).click();
    await page.getByText('"containerShip"').waitFor();
    await page.goto(`${pages.base}/data-model?open=containerShip`);
    await page.locator('.react-flow__node').filter({ hasText: 'Container Ship' }).waitFor();
    expect(faults.filter((fault) => !fault.includes('422'))).toEqual([]);
    await page.context().close();
  });

  it('see that what is stored keeps its type, what a removal loses, and what stands in the way of a deletion', async () => {
    const { page } = await pages.open('light', 'en');
    await page.goto(`${pages.base}/data-model/blueprints/service?item=property.coverage`);
    await page.getByText('What entities hold is number').waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('9 entities have a value here.').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.goto(`${pages.base}/data-model/blueprints/system?delete=1`);
    await page.getByText('Other blueprints point at it.').waitFor();
    expect(await page.getByRole('button', { name: 'Delete for good' }).isDisabled()).toBe(true);
    await page.context().close();
  });

  it('write jq with its result over a real entity beside it', async () => {
    const { page, faults } = await pages.open('dark', 'en');
    await page.goto(`${pages.base}/data-model/blueprints/service`);
    await page.getByRole('button', { name: 'Add relation or computed' }).click();
    await page.getByRole('menuitem', { name: 'Calculation' }).click();
    await page.getByLabel('jq expression').fill('.title + "/" + .properties.tier');
    await page.getByText('Checkout/1').waitFor();
    await page.getByLabel('jq expression').fill('.title |');
    await page.getByText('syntax error').waitFor();
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByText('Leave without saving?').waitFor();
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await page.waitForURL(`${pages.base}/`);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('write a policy that says who reads what, with what the server refuses at its place', async () => {
    const { page, faults } = await pages.open('light', 'en');
    await page.goto(`${pages.base}/data-model/blueprints/system?tab=permissions`);
    const read = page.getByRole('group', { name: 'May read' });
    const json = read.getByRole('textbox', { name: 'Policy as JSON' });
    // Over coloured text the browser would keep its colours, which the content security policy refuses.
    const write = async (text: string): Promise<void> => {
      await json.press('ControlOrMeta+a');
      await json.press('Delete');
      await json.fill(text);
    };
    await read.getByRole('switch', { name: 'By a policy' }).press('Space');
    await read.getByText('It counts once nobody else is named here').waitFor();
    await write('{ "combinator": ');
    await read.getByText('This cannot be read as JSON yet').waitFor();
    expect(await page.getByRole('button', { name: 'Save permissions' }).isDisabled()).toBe(true);
    const policy = (operator: string) => ({
      combinator: 'and',
      rules: [{ property: '$team', operator, value: 'payments' }],
    });
    await write(JSON.stringify(policy('like')));
    await page.getByRole('button', { name: 'Save permissions' }).click();
    await read.getByText('rules.0.operator: is not known').waitFor();
    expect(await read.locator('.cm-lintRange-error').innerText()).toContain('operator');
    await write(JSON.stringify(policy('=')));
    await read.getByText('rules.0.operator').waitFor({ state: 'detached' });
    const saved = page.waitForRequest((request) => request.method() === 'PATCH');
    await page.getByRole('button', { name: 'Save permissions' }).click();
    expect((await saved).postDataJSON()).toMatchObject({ entities: { read: { policy: policy('=') } } });
    await page.getByText('Permissions are saved').waitFor();
    await json.getByText('payments').waitFor();
    expect(faults.filter((fault) => !fault.includes('422'))).toEqual([]);
    await page.context().close();
  });
});
