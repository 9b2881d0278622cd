import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { slackRefusal } from '#sample/counterparts/faults.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

interface Answer {
  readonly searchable: boolean;
  readonly refreshing: boolean;
  readonly error: string | null;
  readonly channels: readonly { readonly name: string; readonly canPost: boolean; readonly isPrivate: boolean }[];
}

let slack: SlackCounterpart;
let app: TestApp;
let member: Visitor;
const path = '/api/v1/integrations/slack/channels';
const isList = ({ path: called }: { path: string }): boolean => called.endsWith('conversations.list');

beforeAll(async () => {
  slack = await startSlackCounterpart({
    fetch,
    channels: [{ name: 'deployments' }, { name: 'secret-plans', isPrivate: true }, { name: 'deploy-news' }],
  });
  app = await startTestApp({
    allow: [new URL(slack.origin).host],
    environment: { QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken, QUAYSIDE_SLACK_API_URL: slack.apiUrl },
  });
  member = await addPerson(app, { email: 'member@example.com' });
});
afterAll(async () => {
  await app.stop();
  await slack.close();
});
beforeEach(async () => {
  slack.faults.clear();
  await app.database.database.pool.query('delete from slack_channel_list');
  await app.database.database.pool.query('delete from slack_channel');
  await app.database.database.pool.query(`delete from job.job where name = 'slack-channels'`);
});

async function ask(text = '', as: Pick<Visitor, 'call'> = app): Promise<Answer> {
  const answer = await as.call('GET', `${path}?q=${encodeURIComponent(text)}`);
  expect(answer.status).toBe(200);
  return answer.body as unknown as Answer;
}

const names = ({ channels }: Answer): readonly string[] => channels.map((channel) => channel.name);

describe('channels to choose from', () => {
  test('are listed by a job, once, and found by a part of their name or by their id', async () => {
    expect(await ask()).toMatchObject({ searchable: true, refreshing: true, channels: [] });
    expect(await ask()).toMatchObject({ refreshing: true });
    await app.settle();
    expect(names(await ask('deploy'))).toEqual(expect.arrayContaining(['deployments', 'deploy-news']));
    expect(names(await ask('#DEPLOYM'))).toEqual(['deployments']);
    const id = (await slack.channel('deployments'))?.id ?? '';
    expect(names(await ask(id))).toEqual(['deployments']);
    expect(names(await ask('nothing like it'))).toEqual([]);
    expect((await ask('deploy')).refreshing).toBe(false);
  });

  test('that are private are named to administrators alone', async () => {
    await ask();
    await app.settle();
    // The local Slack shows the app no private channel that it is not in.
    await app.database.database.pool.query(
      `insert into slack_channel (org_id, id, name, is_private, is_member, listed_at)
       values ($1, 'G1', 'secret-plans', true, true, now())`,
      [app.orgId],
    );
    expect(names(await ask('secret'))).toEqual(['secret-plans']);
    expect(names(await ask('secret', member))).toEqual([]);
    expect(names(await ask('deployments', member))).toEqual(['deployments']);
  });

  test('are still the public ones where the app may not see private ones', async () => {
    slack.faults.add(slackRefusal('missing_scope'), { match: isList, times: 1 });
    await ask();
    await app.settle();
    expect(names(await ask('deployments'))).toEqual(['deployments']);
    expect(names(await ask('secret'))).toEqual([]);
  });

  test('that cannot be listed leave a reason, and a limit is waited for', async () => {
    slack.faults.add({ kind: 'answer', status: 429, headers: { 'retry-after': '20' } }, { match: isList });
    await ask();
    await app.settle();
    expect(await ask()).toMatchObject({ channels: [], refreshing: false, error: expect.stringContaining('slowly') });
    const waiting = await app.database.database.pool.query<{ seconds: number }>(
      `select extract(epoch from start_after - now())::int as seconds from job.job
       where name = 'slack-channels' and state < 'completed'`,
    );
    expect(waiting.rows[0]?.seconds).toBeGreaterThan(10);
    slack.faults.clear();
    await app.database.database.pool.query(`update job.job set start_after = now() where state < 'completed'`);
    await app.settle();
    expect(await ask('deployments')).toMatchObject({ error: null, channels: [{ name: 'deployments' }] });
  });

  test('are none with an incoming webhook', async () => {
    const webhookUrl = slack.incomingWebhookUrl('general');
    await app.call('PUT', '/api/v1/integrations/slack', { mode: 'webhook', webhookUrl, botToken: null });
    expect(await ask()).toMatchObject({ searchable: false, channels: [] });
    await app.call('DELETE', '/api/v1/integrations/slack');
  });
});
