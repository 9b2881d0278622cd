import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { approvalTimersChore } from '#approvals/apply-timers.ts';
import { addPerson, signInAdministrator, type Visitor } from '#testing/sign-in.ts';
import { type SlackApprovals, startSlackApprovals } from '#testing/slack-approvals.ts';

const teamId = 'T000000001';
let world: SlackApprovals;
let admin: Visitor;
let judge: Visitor;
let member: Visitor;
const ids = new Map<string, string>();

beforeAll(async () => {
  world = await startSlackApprovals({ users: [{ name: 'judge' }, { name: 'member' }] });
  admin = await signInAdministrator(world.app);
  judge = await addPerson(world.app, { email: 'judge@example.com', firstName: 'Judge', lastName: 'One' });
  member = await addPerson(world.app, { email: 'member@example.com' });
  for (const user of await world.slack.users()) ids.set(user.name, user.id);
});
afterAll(async () => world.stop());
beforeEach(async () => {
  world.slack.faults.clear();
  const { pool } = world.app.database.database;
  await pool.query('delete from slack_identity');
  await pool.query('delete from slack_removed_account');
});

const own = '/api/v1/slack/accounts';
const all = '/api/v1/integrations/slack/accounts';
const at = (name: string): string => `${own}/${teamId}/${ids.get(name)}`;

async function rows(visitor: Visitor, path = own): Promise<readonly Record<string, unknown>[]> {
  const answer = await visitor.call('GET', path);
  expect(answer.status).toBe(200);
  return answer.body['accounts'] as readonly Record<string, unknown>[];
}

/** Has Slack's address tie the account, by a click that decides nothing. */
async function tie(name = 'judge'): Promise<void> {
  await world.slack.runCommand({ text: 'help', user: name, channel: 'deployments' });
  await world.app.settle();
}

/** The one-time link that the last refusal offered. */
function offered(): string {
  return /slack\/link\/([\w-]+)/.exec(JSON.stringify(world.slack.ephemerals.at(-1)))?.[1] ?? '';
}

async function countEvents(kind: string): Promise<number> {
  const found = await world.app.database.database.pool.query('select 1 from event where kind = $1', [kind]);
  return found.rows.length;
}

/** Slack is asked who somebody is, and answers when told to. */
function holdSlack(): { readonly asked: Promise<void>; readonly answer: () => void } {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const match = ({ path }: { path: string }): boolean => {
    const isAsked = path.endsWith('/users.info');
    if (isAsked) asked.resolve();
    return isAsked;
  };
  world.slack.faults.add({ kind: 'delay', until: gate.promise }, { match });
  return { asked: asked.promise, answer: () => gate.resolve() };
}

describe('a linked Slack account', () => {
  test('is shown to whose it is and to administrators, with how and since when', async () => {
    await tie();
    const shown = {
      teamId,
      workspace: expect.stringMatching(/\w/),
      slackUserId: ids.get('judge'),
      slackName: expect.stringMatching(/judge/i),
      person: { id: judge.id, name: 'Judge One', email: 'judge@example.com' },
      state: 'linked',
      proof: 'email',
      since: expect.any(String),
      removedBy: null,
    };
    expect(await rows(judge)).toEqual([shown]);
    expect(await rows(member)).toEqual([]);
    expect(await rows(admin, all)).toEqual([shown]);
    expect(await rows(admin, `${all}?search=judge%20one`)).toHaveLength(1);
    expect(await rows(admin, `${all}?search=${ids.get('judge')}`)).toHaveLength(1);
    expect(await rows(admin, `${all}?search=nobody`)).toEqual([]);
    expect(await member.call('GET', all)).toMatchObject({ status: 403 });
    expect(await admin.call('GET', `${all}?cursor=_`)).toMatchObject({ status: 422 });
  });

  test('comes page by page', async () => {
    await tie('judge');
    await tie('member');
    const first = await admin.call('GET', `${all}?limit=1`);
    const next = String(first.body['next']);
    const second = await admin.call('GET', `${all}?limit=1&cursor=${next}`);
    expect(second.body).toMatchObject({ next: null });
    const people = [first, second].flatMap(({ body }) => body['accounts'] as { person: { id: string } }[]);
    expect(people.map(({ person }) => person.id)).toEqual([judge.id, member.id]);
  });

  test('is removed by whose it is, and then nothing it does counts until it is linked on purpose', async () => {
    const approval = await world.ask();
    await world.slack.sendEvent({ type: 'app_home_opened', user: ids.get('judge'), tab: 'home', channel: 'D1' });
    await world.app.settle();
    expect(await judge.call('DELETE', at('judge'))).toMatchObject({ status: 200 });
    expect(await rows(judge)).toEqual([]);
    await world.press(approval, 'approve');
    expect(await world.stateOf(approval)).toMatchObject({ state: 'open' });
    expect(JSON.stringify(world.slack.ephemerals.at(-1))).toContain('no longer linked');
    await tie();
    expect(JSON.stringify(world.slack.ephemerals.at(-1))).toContain('no longer linked');
    await world.retryNow();
    const home = [...world.slack.views.values()].find((view) => view['type'] === 'home');
    expect(JSON.stringify(home)).toContain('no longer linked');
    expect(JSON.stringify(home)).not.toContain(approval.id);

    const token = offered();
    expect(await judge.call('GET', `/api/v1/slack/links/${token}`)).toMatchObject({
      body: { link: { slackUserId: ids.get('judge'), teamId, workspace: expect.stringMatching(/\w/) } },
    });
    expect(await judge.call('POST', `/api/v1/slack/links/${token}`)).toMatchObject({ status: 200 });
    expect(await rows(judge)).toMatchObject([{ proof: 'sign-in', state: 'linked' }]);
    await world.press(approval, 'approve');
    expect(await world.stateOf(approval)).toMatchObject({ state: 'approved', decision: { by: judge.id } });
  });

  test('is removed by an administrator, which the list and the audit log tell', async () => {
    await tie();
    const before = await countEvents('slack.person-unlinked');
    expect(await member.call('DELETE', at('judge'))).toMatchObject({ status: 404 });
    expect(await admin.call('DELETE', `${at('judge')}?person=${member.id}`)).toMatchObject({ status: 404 });
    expect(await admin.call('DELETE', `${at('judge')}?person=${judge.id}`)).toMatchObject({ status: 200 });
    expect(await admin.call('DELETE', at('judge'))).toMatchObject({ status: 404 });
    expect(await rows(admin, all)).toMatchObject([
      { state: 'removed', proof: null, person: { name: 'Judge One' }, removedBy: { id: admin.id } },
    ]);
    expect(await countEvents('slack.person-unlinked')).toBe(before + 1);
    const log = await admin.call('GET', '/v1/audit-log?resources=user&limit=1');
    expect((log.body['audits'] as object[])[0]).toMatchObject({
      action: 'DELETE',
      trigger: { by: { userId: admin.id } },
      context: { user: judge.id, slackUser: ids.get('judge'), slackTeam: teamId },
      diff: { before: { person: judge.id, proof: 'email' } },
    });
  });

  test('is written to no more, by its address either', async () => {
    const notifications = [{ via: 'slack', channel: '@approvers' }] as const;
    const states = async (id: string): Promise<unknown[]> =>
      (
        await world.app.database.database.pool.query<{ kind: string; state: string }>(
          'select kind, state from slack_approval_message where approval_id = $1 order by kind',
          [id],
        )
      ).rows;
    await tie();
    const told = await world.ask({ notifications, remindEveryMs: 60_000 });
    expect(await states(told.id)).toEqual([{ kind: 'card', state: 'posted' }]);
    await judge.call('DELETE', at('judge'));
    const untold = await world.ask({ notifications });
    expect(await states(untold.id)).toEqual([{ kind: 'card', state: 'needless' }]);
    await world.app.database.database.pool.query(
      `update approval set requested_at = requested_at - interval '90 seconds', due_at = now() where id = $1`,
      [told.id],
    );
    await approvalTimersChore(world.app.app.core, []).run();
    await world.app.settle();
    expect(await states(told.id)).toEqual([
      { kind: 'card', state: 'posted' },
      { kind: 'reminder-1', state: 'needless' },
    ]);
  });
});

describe('at the same time', () => {
  test('as Slack is asked who they are, a removal counts', async () => {
    await tie();
    const { pool } = world.app.database.database;
    await pool.query(`update slack_identity set checked_at = checked_at - interval '1 hour'`);
    const approval = await world.ask();
    const { asked, answer } = holdSlack();
    const pressed = world.press(approval, 'approve');
    await asked;
    expect(await judge.call('DELETE', at('judge'))).toMatchObject({ status: 200 });
    answer();
    await pressed;
    expect(await world.stateOf(approval)).toMatchObject({ state: 'open' });
    expect((await pool.query('select 1 from slack_identity')).rows).toEqual([]);
  });

  test('as Slack is asked who they are, a link made by hand counts', async () => {
    await tie();
    await judge.call('DELETE', at('judge'));
    await tie();
    const token = offered();
    const { pool } = world.app.database.database;
    await pool.query('delete from slack_removed_account');
    const { asked, answer } = holdSlack();
    const clicked = tie();
    await asked;
    expect(await member.call('POST', `/api/v1/slack/links/${token}`)).toMatchObject({ status: 200 });
    answer();
    await clicked;
    expect(await rows(judge)).toEqual([]);
    expect(await rows(member)).toMatchObject([{ slackUserId: ids.get('judge'), proof: 'sign-in' }]);
  });

  test('many removals are one', async () => {
    await tie();
    const before = await countEvents('slack.person-unlinked');
    const answers = await Promise.all(Array.from({ length: 20 }, async () => judge.call('DELETE', at('judge'))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(19);
    expect(await countEvents('slack.person-unlinked')).toBe(before + 1);
  });

  test('clicks, removals and links leave the account either tied or removed', async () => {
    const { pool } = world.app.database.database;
    for (let round = 0; round < 5; round += 1) {
      await tie();
      await judge.call('DELETE', at('judge'));
      await tie();
      const token = offered();
      await Promise.all([
        tie(),
        judge.call('POST', `/api/v1/slack/links/${token}`),
        judge.call('DELETE', at('judge')),
        tie(),
      ]);
      const found = await pool.query('select 1 from slack_identity union all select 1 from slack_removed_account');
      expect(found.rows).toHaveLength(1);
    }
  });
});
