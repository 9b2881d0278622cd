import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Approval, ApprovalRequest } from '#approvals/approval.ts';
import { findApproval } from '#approvals/approval-queries.ts';
import { requestApproval } from '#approvals/request-approval.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { slackRefusal } from '#sample/counterparts/faults.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let slack: SlackCounterpart;
let app: TestApp;
let judge: Visitor;
let subjects = 0;

beforeAll(async () => {
  slack = await startSlackCounterpart({
    fetch,
    channels: [{ name: 'deployments' }],
    users: [{ name: 'judge' }, { name: 'member' }],
  });
  app = await startTestApp({
    allow: [new URL(slack.origin).host],
    environment: {
      QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
      QUAYSIDE_SLACK_SIGNING_SECRET: slack.signingSecret,
      QUAYSIDE_SLACK_API_URL: slack.apiUrl,
      QUAYSIDE_SLACK_CHANNEL: 'deployments',
    },
  });
  slack.setInteractivityUrl(`${app.url}/notifications/callbacks/slack`);
  judge = await addPerson(app, { email: 'judge@example.com', firstName: 'Checkout', lastName: 'Lead' });
  await addPerson(app, { email: 'member@example.com' });
});
afterAll(async () => {
  await app.stop();
  await slack.close();
});
beforeEach(() => slack.faults.clear());

async function ask(given: Partial<ApprovalRequest> = {}): Promise<Approval> {
  subjects += 1;
  const caller = { actor: systemActor(app.orgId, 'tests'), origin: 'SYSTEM', requestId: null } as const;
  const approval = await app.app.core.runner.execute(caller, requestApproval, {
    subject: { kind: 'stage', id: `stage-${subjects}`, attempt: 1 },
    title: `Deploy number ${subjects}.`,
    summary: '',
    contentHash: 'hash',
    requestedBy: 'somebody',
    requestedByName: 'Somebody',
    approvers: { users: ['judge@example.com'], roles: [], teams: [] },
    ...given,
  });
  await app.settle();
  return approval;
}

async function cardOf({ title }: Approval): Promise<{ readonly ts: string; readonly shown: string }> {
  const all = await slack.listMessages('deployments');
  const found = all.find(({ blocks }) => JSON.stringify(blocks).includes(title));
  return { ts: found?.ts ?? '', shown: JSON.stringify(found?.blocks) };
}

/** Presses "Comment…"; answers the id of the form that opened, or null. */
async function openForm(approval: Approval, user = 'judge'): Promise<string | null> {
  const before = new Set(slack.views.keys());
  const { ts } = await cardOf(approval);
  await slack.click({ channel: 'deployments', ts, actionId: 'approval:comment', user });
  await app.settle();
  return [...slack.views.keys()].find((id) => !before.has(id)) ?? null;
}

async function submit(viewId: string | null, values: Record<string, unknown>, user = 'judge'): Promise<string> {
  const { body, status } = await slack.submitView({ viewId: viewId ?? '', user, values });
  expect(status).toBe(200);
  await app.settle();
  return body;
}

const saying = (verdict: string, comment = '', choice = ''): Record<string, unknown> => ({
  verdict: { value: { type: 'radio_buttons', selected_option: { value: verdict } } },
  comment: { value: { type: 'plain_text_input', value: comment === '' ? null : comment } },
  ...(choice === '' ? {} : { choice: { value: { type: 'static_select', selected_option: { value: choice } } } }),
});

const stateOf = async ({ id }: Approval): Promise<Approval | null> => findApproval(app.app.core.db, app.orgId, id);

describe('a decision with a comment', () => {
  test.each([
    ['approve', 'approved'],
    ['reject', 'rejected'],
  ] as const)('to %s stands on the card, with who said it', async (verdict, state) => {
    const approval = await ask();
    const form = await openForm(approval);
    expect(await submit(form, saying(verdict, 'Checked with <!channel> *twice*.'))).toBe('');
    expect(await stateOf(approval)).toMatchObject({
      state,
      decision: { by: judge.id, through: 'slack', comment: 'Checked with <!channel> *twice*.' },
    });
    const { shown } = await cardOf(approval);
    expect(shown).toContain('“Checked with &lt;!channel&gt; ∗twice∗.”');
    expect(shown).not.toContain('approval:comment');
  });

  test('asks for a choice where there are options, at its field', async () => {
    const approval = await ask({
      inputs: [{ value: 'canary' }, { value: 'all' }],
      labels: { approve: 'Go', reject: 'No' },
    });
    const form = await openForm(approval);
    expect(JSON.stringify(slack.views.get(form ?? ''))).toContain('"text":"Go"');
    expect(JSON.parse(await submit(form, saying('approve', 'x')))).toMatchObject({
      response_action: 'errors',
      errors: { choice: expect.stringContaining('Choose one') },
    });
    expect(await stateOf(approval)).toMatchObject({ state: 'open' });
    expect(await submit(form, saying('approve', 'x', 'canary'))).toBe('');
    expect(await stateOf(approval)).toMatchObject({ state: 'approved', decision: { input: 'canary', comment: 'x' } });
  });

  test('is offered to those who may decide, and to nobody else', async () => {
    const approval = await ask();
    expect(await openForm(approval, 'member')).toBeNull();
    expect(slack.ephemerals.at(-1)?.text).toContain('You may not decide this');
    const form = await openForm(approval);
    // Somebody else's hands, or a right that was lost meanwhile: what counts is who submits, and when.
    await submit(form, saying('approve'), 'member');
    expect(await stateOf(approval)).toMatchObject({ state: 'open' });
    expect(slack.ephemerals.at(-1)?.text).toContain('You may not decide this');
  });

  test('that comes too late is told who was quicker', async () => {
    const approval = await ask({
      approvers: { users: ['judge@example.com', 'member@example.com'], roles: [], teams: [] },
    });
    const form = await openForm(approval, 'member');
    await judge.call('POST', `/api/v1/approvals/${approval.id}/decision`, { verdict: 'reject' });
    await submit(form, saying('approve'), 'member');
    expect(await stateOf(approval)).toMatchObject({ state: 'rejected' });
    expect(slack.ephemerals.at(-1)?.text).toContain('Somebody else was quicker');
  });

  test('is asked for again when Slack’s three seconds are over', async () => {
    const approval = await ask();
    slack.faults.add(slackRefusal('expired_trigger_id'), {
      match: ({ path }) => path.endsWith('views.open'),
      times: 1,
    });
    expect(await openForm(approval)).toBeNull();
    expect(slack.ephemerals.at(-1)?.text).toContain('Press the button again');
    expect(await openForm(approval)).not.toBeNull();
  });

  test('made up by somebody is about nothing', async () => {
    const approval = await ask();
    const form = await openForm(approval);
    const other = await ask();
    const view = slack.views.get(form ?? '') as { private_metadata: string };
    view.private_metadata = view.private_metadata.replace(approval.id, other.id);
    await submit(form, saying('approve'));
    expect(await stateOf(other)).toMatchObject({ state: 'open' });
    view.private_metadata = '{"id":7}';
    await submit(form, saying('approve'));
    expect(await stateOf(approval)).toMatchObject({ state: 'open' });
  });
});
