import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '#testing/chromium.ts';
import { type JourneyProgram, startJourneyProgram } from '#testing/journey-program.ts';

const executablePath = findChromium(process.env);

describe.skipIf(executablePath === undefined)('from an idea to the catalog, on the real program', () => {
  let journey: JourneyProgram;

  beforeAll(async () => {
    journey = await startJourneyProgram(executablePath ?? '', { QUAYSIDE_SAMPLE: 'on' });
  });
  afterAll(() => journey?.stop());

  test('a blueprint is built, an entity created, edited, found in its table and seen as a graph', async () => {
    const { page, faults } = await journey.signIn();
    const at = journey.program.address;

    await page.goto(`${at}/data-model/new`);
    await page.getByPlaceholder('Such as Service').fill('Library');
    await page.getByRole('button', { name: 'Add property' }).click();
    await page.getByRole('menuitem', { name: 'Number', exact: true }).click();
    await page.getByLabel('Title').last().fill('Stars');
    await page.getByRole('button', { name: 'Add relation or computed' }).click();
    await page.getByRole('menuitem', { name: 'Relation' }).click();
    await page.getByLabel('Points at').first().click();
    await page.getByRole('option', { name: 'Service', exact: true }).click();
    await page.getByRole('button', { name: 'Create blueprint' }).click();
    await page.waitForURL(`${at}/data-model/blueprints/library**`);

    await page.goto(`${at}/catalog/library`);
    await page.getByRole('button', { name: 'New Library' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Title').fill('Ropes and Knots');
    await dialog.getByLabel('Stars').fill('4');
    await dialog.getByLabel('Relation', { exact: false }).first().click();
    await page.getByRole('option', { name: 'Checkout' }).click();
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('complementary', { name: 'Ropes and Knots' }).waitFor();

    await page.goto(`${at}/catalog/library/ropes-and-knots?edit=1`);
    await dialog.getByLabel('Stars').fill('5');
    await dialog.getByRole('button', { name: 'Save changes' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.goto(`${at}/catalog/library`);
    await page
      .getByRole('row', { name: /Ropes and Knots/ })
      .getByText('5', { exact: true })
      .waitFor();

    await page.goto(`${at}/catalog/service/checkout?tab=related&view=graph`);
    await page.locator('.react-flow__node').filter({ hasText: 'Ropes and Knots' }).waitFor();
    await page.goto(`${at}/catalog/library/ropes-and-knots?tab=history`);
    await page.getByRole('slider', { name: 'Point in time' }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('What changed since').waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('a mirror is tried on real entities before it is saved, and a rename tells what goes on naming the old key', async () => {
    const { page, faults } = await journey.signIn();
    const at = journey.program.address;
    await page.goto(`${at}/data-model/blueprints/library`);
    await page.getByRole('button', { name: 'Add relation or computed' }).click();
    await page.getByRole('menuitem', { name: 'Mirror' }).click();
    await page.getByLabel('Step 1').first().click();
    await page.getByRole('option', { name: 'Relation →' }).click();
    await page.getByLabel('Step 2').first().click();
    await page.getByRole('option', { name: 'Language' }).click();
    const preview = page.getByRole('region', { name: 'What it gives now' });
    await preview.getByText('Ropes and Knots').waitFor();
    await preview.getByText('Go', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved “Library”').waitFor();
    await page.goto(`${at}/data-model/blueprints/library?item=relation.relation`);
    await page.getByRole('button', { name: 'Rename…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('One entity has a value here.').waitFor();
    await dialog.getByText('Computed field: Library · Mirror').waitFor();
    await dialog.getByLabel('New key').fill('about');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await page.waitForURL(/item=relation\.about/);
    await page.getByText('Permissions', { exact: true }).click();
    await page.getByRole('group', { name: 'May add' }).getByRole('switch').click();
    await page.getByRole('button', { name: 'Save permissions' }).click();
    await page.getByText('Permissions are saved').waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('a tab is put on the page of every entity, with words of the one that is looked at', async () => {
    const { page, faults } = await journey.signIn();
    const at = journey.program.address;
    await page.goto(`${at}/catalog/library/ropes-and-knots`);
    await page.getByRole('button', { name: 'Add a tab' }).click();
    await page.getByLabel('Name of the tab').fill('Cockpit');
    await page.getByRole('button', { name: 'Add the tab' }).click();
    await page.waitForURL(/\/pages\/libraryEntity\?.*group=Cockpit/);
    await page.getByRole('button', { name: 'Add a widget' }).first().click();
    await page.getByRole('button', { name: 'Text' }).click();
    await page
      .getByRole('textbox', { name: 'Text', exact: true })
      .fill('{{ .entity.title }} has {{ .entity.properties.number }} stars');
    await page.getByText('Ropes and Knots has 5 stars').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.waitForURL(`${at}/catalog/library/ropes-and-knots?tab=Cockpit`);
    await page.getByText('Ropes and Knots has 5 stars').waitFor();
    await page.goto(at);
    await page.getByRole('link', { name: 'Arrange' }).click();
    await page.getByRole('button', { name: 'Add a widget' }).first().click();
    await page.getByRole('button', { name: 'Viewed lately' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.waitForURL(`${at}/`);
    await page
      .getByRole('region', { name: 'Viewed lately' })
      .getByRole('link', { name: /Ropes and Knots/ })
      .waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
