import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fetchSlackHttp } from '#cli/fetch-slack-http.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { addPerson, signInAdministrator, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import type { SlackConnection } from './connection.ts';
import { type IdentifiedPerson, identifyPerson } from './identify-person.ts';
import type { SlackSender } from './interaction.ts';
import { offerLink } from './link-account.ts';
import { createReadWorkspace } from './read-workspace.ts';

const users = [
  { name: 'jane' },
  { name: 'admin', email: 'somebody-else@example.com', realName: 'Admin' },
  { name: 'guest', profile: { is_restricted: true } },
  { name: 'single-guest', profile: { is_ultra_restricted: true } },
  { name: 'machine', profile: { is_bot: true } },
  { name: 'gone', profile: { deleted: true } },
  { name: 'stranger', profile: { is_stranger: true } },
  { name: 'elsewhere', profile: { team_id: 'T999' } },
  { name: 'unconfirmed', profile: { is_email_confirmed: false } },
  { name: 'nobody' },
  { name: 'off' },
];
let slack: SlackCounterpart;
let withoutEmail: SlackCounterpart;
let app: TestApp;
let jane: Visitor;
const ids = new Map<string, string>();

beforeAll(async () => {
  slack = await startSlackCounterpart({ fetch, users });
  withoutEmail = await startSlackCounterpart({ fetch, users, scopes: ['chat:write', 'users:read'] });
  app = await startTestApp();
  // Everybody has an account of that address, so only what Slack says of them can refuse them.
  for (const { name } of users.filter((user) => user.name !== 'nobody' && user.name !== 'admin')) {
    const visitor = await addPerson(app, { email: `${name}@example.com` });
    if (name === 'jane') jane = visitor;
  }
  await app.database.database.pool.query(`update person set status = 'DISABLED' where email = 'off@example.com'`);
  for (const user of await slack.users()) ids.set(user.name, user.id);
});
afterAll(async () => {
  await app.stop();
  await Promise.all([slack.close(), withoutEmail.close()]);
});
beforeEach(async () => {
  await app.database.database.pool.query('delete from slack_identity');
});

function connection(counterpart = slack): SlackConnection {
  return {
    orgId: app.orgId,
    source: 'settings',
    mode: 'bot',
    botToken: counterpart.botToken,
    signingSecrets: [],
    appToken: null,
    webhookUrl: null,
    botName: 'Quayside',
    channel: null,
    language: 'en',
    approveLabel: null,
    rejectLabel: null,
    apiUrl: counterpart.apiUrl,
    workspace: null,
    checkedAt: null,
    version: 1,
  };
}

function sender(name: string, given: Partial<SlackSender> = {}): SlackSender {
  const team = 'T000000001';
  return {
    teamId: team,
    enterpriseId: null,
    userId: ids.get(name) ?? name,
    userTeamId: team,
    userName: name,
    ...given,
  };
}

async function identify(who: SlackSender, counterpart = slack): Promise<IdentifiedPerson> {
  const { core } = app.app;
  const readWorkspace = createReadWorkspace(fetchSlackHttp, core.clock);
  return identifyPerson({ core, http: fetchSlackHttp, readWorkspace }, connection(counterpart), who);
}

describe('somebody in Slack', () => {
  test('is whoever has their verified address here', async () => {
    const found = await identify(sender('jane'));
    expect(found).toMatchObject({ known: true, person: { id: jane.id, email: 'jane@example.com' } });
  });

  test.each([
    ['guest', 'guest'],
    ['single-guest', 'guest'],
    ['machine', 'bot'],
    ['gone', 'deactivated'],
    ['stranger', 'stranger'],
    ['elsewhere', 'stranger'],
    ['unconfirmed', 'unknown-person'],
    ['nobody', 'unknown-person'],
    ['off', 'disabled'],
    ['U0NOBODY', 'stranger'],
  ])('who is %s is refused as %s', async (name, refusal) => {
    expect(await identify(sender(name))).toMatchObject({ known: false, refusal });
  });

  test('is never known by a name', async () => {
    expect(await identify(sender('admin', { userName: 'admin@example.com' }))).toMatchObject({
      known: false,
      refusal: 'unknown-person',
    });
  });

  test('of another workspace is a stranger, in a shared channel too', async () => {
    expect(await identify(sender('jane', { teamId: 'T999' }))).toMatchObject({ refusal: 'stranger' });
    expect(await identify(sender('jane', { userTeamId: 'T999' }))).toMatchObject({ refusal: 'stranger' });
  });

  test('is unknown while Slack gives no address, and the missing scope is named', async () => {
    const there = (await withoutEmail.users()).find((user) => user.name === 'jane');
    expect(await identify(sender('jane', { userId: there?.id ?? '' }), withoutEmail)).toMatchObject({
      known: false,
      refusal: 'unknown-person',
      needed: 'users:read.email',
    });
  });

  test('loses what they may do here with their account, although Slack was asked just now', async () => {
    expect(await identify(sender('jane'))).toMatchObject({ known: true });
    await app.database.database.pool.query(`update person set status = 'DISABLED' where id = $1`, [jane.id]);
    expect(await identify(sender('jane'))).toMatchObject({ known: false, refusal: 'disabled' });
    await app.database.database.pool.query(`update person set status = 'ACTIVE' where id = $1`, [jane.id]);
  });

  test('waits while Slack does not answer', async () => {
    slack.faults.add({ kind: 'answer', status: 503 }, { match: ({ path }) => path.endsWith('/users.info'), times: 1 });
    expect(await identify(sender('jane'))).toMatchObject({ known: false, refusal: 'unavailable' });
  });
});

describe('a link to one’s account', () => {
  const offer = async (who: SlackSender, now = app.app.core.clock.now()): Promise<string> =>
    offerLink(app.app.core.db, { orgId: app.orgId, sender: who, slackName: 'Jane in Slack', teamName: 'Harbour', now });
  const path = (token: string): string => `/api/v1/slack/links/${token}`;

  test('ties a Slack account to whoever signed in and confirmed, once', async () => {
    const token = await offer(sender('nobody'));
    expect(await jane.call('GET', path(token))).toMatchObject({
      status: 200,
      body: { link: { slackName: 'Jane in Slack', slackUserId: ids.get('nobody'), workspace: 'Harbour' } },
    });
    expect(await identify(sender('nobody'))).toMatchObject({ known: false });
    expect(await jane.call('POST', path(token))).toMatchObject({ status: 200 });
    expect(await identify(sender('nobody'))).toMatchObject({ known: true, person: { id: jane.id } });
    expect(await identify(sender('nobody'), withoutEmail)).toMatchObject({ known: true });
    expect(await jane.call('POST', path(token))).toMatchObject({ status: 404 });
    expect(await jane.call('GET', path(token))).toMatchObject({ status: 404 });
  });

  test('opens nothing for guests: what Slack says of them still counts', async () => {
    expect(await jane.call('POST', path(await offer(sender('guest'))))).toMatchObject({ status: 200 });
    expect(await identify(sender('guest'))).toMatchObject({ known: false, refusal: 'guest' });
  });

  test('ends by itself, and with the next one', async () => {
    const past = new Date(app.app.core.clock.now().getTime() - 16 * 60_000);
    expect(await jane.call('POST', path(await offer(sender('nobody'), past)))).toMatchObject({ status: 404 });
    const first = await offer(sender('nobody'));
    await offer(sender('nobody'));
    expect(await jane.call('POST', path(first))).toMatchObject({ status: 404 });
  });

  test('is confirmed by a person, in a request of their own page', async () => {
    const token = await offer(sender('nobody'));
    expect(await app.call('POST', path(token))).toMatchObject({ status: 403 });
    const administrator = await signInAdministrator(app);
    const forged = await administrator.call('POST', path(token), undefined, { 'x-csrf-token': 'x' });
    expect(forged).toMatchObject({ status: 403, body: { error: 'csrf_token_invalid' } });
    expect(await fetch(`${app.url}${path(token)}`, { method: 'POST' })).toMatchObject({ status: 401 });
    expect(await jane.call('POST', path('guessed'))).toMatchObject({ status: 404 });
  });
});
