import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fetchSlackHttp } from '#cli/fetch-slack-http.ts';
import { systemClock } from '#platform/clock.ts';
import { createSecretBox, masterKey } from '#platform/crypto/secret-box.ts';
import type { DispatchRequest, RunBackend } from '#runs/backend.ts';
import { startSlackCounterpart, type SlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { testPerson } from '#testing/module-server.ts';
import { type ScorecardServer, serveScorecards } from '#testing/scorecard-server.ts';
import { createReminderBackend } from './reminder-backend.ts';
import { reminderRoutes } from './reminder-routes.ts';
import type { ReminderParts } from './send-reminder.ts';
import type { SlackTransport } from './slack-http.ts';

let server: ScorecardServer;
let slack: SlackCounterpart;
let backend: RunBackend;
let blueprint: string;
let transport: SlackTransport | null = null;
let waited: number[] = [];
let runs = 0;

beforeAll(async () => {
  slack = await startSlackCounterpart({ fetch, channels: [{ name: 'reminders' }, { name: 'other' }] });
  server = await serveScorecards((core) => {
    const parts: ReminderParts = {
      db: core.db,
      clock: systemClock,
      publicUrl: 'https://portal.example.com',
      http: fetchSlackHttp,
      wait: async (milliseconds) => void waited.push(milliseconds),
      slackTransport: async () => transport,
    };
    backend = createReminderBackend(parts);
    const secrets = createSecretBox({ current: masterKey(new Uint8Array(32)) });
    return [{ name: 'slack', routes: reminderRoutes({ ...parts, secrets }) }];
  });
  blueprint = await server.blueprint({ docs: { type: 'string' } });
  const condition = (property: string) => ({ combinator: 'and', conditions: [{ operator: 'isNotEmpty', property }] });
  const rules = [
    { identifier: 'owner', title: 'Owner', level: 'Bronze', query: condition('$team') },
    { identifier: 'docs', title: 'Docs', level: 'Gold', query: condition('docs') },
  ];
  await server.ask('POST', `/v1/blueprints/${blueprint}/scorecards`, {
    identifier: 'Ready',
    title: 'Readiness',
    rules,
  });
  await server.entity(blueprint, { identifier: 'cart', title: 'Cart', team: 'x', properties: { docs: 'here' } });
  await server.entity(blueprint, { identifier: 'blog', title: 'Blog & co', team: 'x' });
  await server.entity(blueprint, { identifier: 'shop', title: 'Shop' });
});
afterAll(async () => {
  await server.close();
  await slack.close();
});
beforeEach(() => {
  transport = bot('reminders');
  waited = [];
});

const bot = (channel: string): SlackTransport => ({
  kind: 'bot',
  token: slack.botToken,
  channel,
  apiUrl: slack.apiUrl,
});
const webhook = (): SlackTransport => ({ kind: 'webhook', url: slack.incomingWebhookUrl('reminders') });

async function dispatch(
  options: { channel?: string; scorecard?: string; earlierCallAt?: Date; id?: string } = {},
): Promise<Awaited<ReturnType<RunBackend['dispatch']>>> {
  runs += 1;
  const method = {
    blueprintIdentifier: blueprint,
    scorecardIdentifier: options.scorecard ?? 'Ready',
    channel: options.channel,
  };
  const prepared = await backend.prepare?.({ method, shape: 2, runId: 'r', inputs: {}, legacyBody: {} });
  const run = { id: options.id ?? `r_${runs}`, org_id: server.orgId };
  return backend.dispatch({
    run: run as DispatchRequest['run'],
    invocation: prepared ?? { type: 'none' },
    earlierCallAt: options.earlierCallAt ?? null,
    followedByOthers: async () => [],
    waitingBefore: async () => 0,
  });
}

async function newMessages(
  work: () => Promise<unknown>,
  channel = 'reminders',
): Promise<readonly { text: string; all: string }[]> {
  const before = (await slack.listMessages(channel)).length;
  await work();
  return (await slack.listMessages(channel))
    .slice(before)
    .map((one) => ({ text: one.text, all: JSON.stringify(one.blocks) }));
}

describe('a reminder as the work of an action', () => {
  test('is posted, and the run ends with what was done', async () => {
    const sent = await newMessages(async () => {
      expect(await dispatch()).toEqual({
        outcome: 'ended',
        status: 'SUCCESS',
        log: ['Slack reminder sent to #reminders: 2 Kind1s with unmet rules.'],
        response: { channel: '#reminders', messages: 1, entities: 2 },
      });
    });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.all).toContain(`https://portal.example.com/${blueprint}Entity?identifier=blog|Blog &amp; co`);
    expect(sent[0]?.all).toContain('1/2 Passed');
    expect(sent[0]?.all).not.toContain('Cart');
  });

  test('goes to the channel that the action names, or by the webhook to its own', async () => {
    expect(await newMessages(async () => dispatch({ channel: '#other' }), 'other')).toHaveLength(1);
    transport = webhook();
    const sent = await newMessages(async () => {
      const outcome = await dispatch({ channel: '#other' });
      expect(outcome).toMatchObject({ outcome: 'ended', status: 'SUCCESS' });
      expect(outcome).toMatchObject({ log: [expect.stringContaining('"#other" was not used')] });
    });
    expect(sent).toHaveLength(1);
  });

  test('fails with a sentence when Slack refuses, is not set up, or the scorecard is gone', async () => {
    expect(await dispatch({ channel: 'nowhere' })).toMatchObject({
      outcome: 'ended',
      status: 'FAILURE',
      log: [expect.stringContaining('channel_not_found')],
    });
    transport = null;
    expect(await dispatch()).toMatchObject({
      status: 'FAILURE',
      log: [expect.stringContaining('Slack is not set up')],
    });
    transport = bot('');
    expect(await dispatch()).toMatchObject({ status: 'FAILURE', log: [expect.stringContaining('No Slack channel')] });
    await expect(dispatch({ scorecard: 'Gone' })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('waits as long as Slack asks', async () => {
    slack.faults.add({ kind: 'answer', status: 429, headers: { 'retry-after': '7' } }, { times: 2 });
    const sent = await newMessages(async () => expect(await dispatch()).toMatchObject({ status: 'SUCCESS' }));
    expect(sent).toHaveLength(1);
    expect(waited).toEqual([7000, 7000]);
    slack.faults.add({ kind: 'answer', status: 429, headers: { 'retry-after': '600' } }, { times: 1 });
    expect(await dispatch()).toMatchObject({ status: 'FAILURE', log: [expect.stringContaining('more slowly')] });
  });

  test('is posted once by a bot whose answer was lost', async () => {
    const sent = await newMessages(async () => {
      slack.faults.add({ kind: 'reset', after: 'effect' }, { times: 1 });
      expect(await dispatch()).toMatchObject({ status: 'SUCCESS' });
    });
    expect(sent).toHaveLength(1);
  });

  test('is not posted again by a bot after a restart', async () => {
    const id = 'r_restarted';
    const sent = await newMessages(async () => {
      await dispatch({ id });
      expect(await dispatch({ id, earlierCallAt: new Date() })).toMatchObject({ status: 'SUCCESS' });
    });
    expect(sent).toHaveLength(1);
    const late = await newMessages(async () => dispatch({ id: 'r_never_posted', earlierCallAt: new Date() }));
    expect(late).toHaveLength(1);
  });

  test('is unknown by a webhook whose answer was lost, and never sent again', async () => {
    transport = webhook();
    const sent = await newMessages(async () => {
      slack.faults.add({ kind: 'reset', after: 'effect' }, { times: 1 });
      expect(await dispatch()).toMatchObject({ outcome: 'unknown', log: [expect.stringContaining('not sent again')] });
    });
    expect(sent).toHaveLength(1);
    const again = await newMessages(async () => {
      expect(await dispatch({ earlierCallAt: new Date() })).toMatchObject({ outcome: 'unknown' });
    });
    expect(again).toEqual([]);
  });

  test('needs names', async () => {
    const prepare = async (method: object) =>
      backend.prepare?.({ method: { ...method }, shape: 2, runId: 'r', inputs: {}, legacyBody: {} });
    const named = { blueprintIdentifier: 'a', scorecardIdentifier: 'b' };
    await expect(prepare({ blueprintIdentifier: 'a' })).rejects.toMatchObject({
      code: 'invalid_evaluated_invocation_method',
    });
    await expect(prepare({ ...named, channel: 1 })).rejects.toThrow('channel');
    expect(await prepare({ ...named, channel: '' })).toEqual({
      type: 'SCORECARD_REMINDER',
      blueprintIdentifier: 'a',
      scorecardIdentifier: 'b',
    });
  });
});

describe('a reminder over the API', () => {
  const path = () => `/api/v1/scorecards/${blueprint}/Ready/reminder`;

  test('is a run whose work a job does, as it was previewed', async () => {
    const preview = await server.ask('GET', `${path()}/preview`);
    expect(preview.body).toMatchObject({ ok: true, remindedEntities: 2, channel: '#reminders' });
    const sent = await newMessages(async () => {
      const answer = await server.ask('POST', path(), { channel: 'other' });
      expect(answer).toMatchObject({
        status: 202,
        body: { ok: true, run: { status: 'IN_PROGRESS', properties: { scorecard: 'Ready', channel: 'other' } } },
      });
    });
    expect(sent).toEqual([]);
  });

  test('says why it was not sent, and is not for everybody', async () => {
    transport = null;
    expect(await server.ask('POST', path(), {})).toMatchObject({ status: 422, body: { error: 'reminder_refused' } });
    expect((await server.ask('GET', `${path()}/preview`)).body).not.toHaveProperty('channel');
    const member = { as: testPerson('member', ['Member']) };
    expect((await server.ask('POST', path(), {}, member)).status).toBe(403);
    expect((await server.ask('GET', `${path()}/preview`, undefined, member)).status).toBe(200);
    expect((await server.ask('POST', `/api/v1/scorecards/${blueprint}/None/reminder`, {})).status).toBe(404);
  });

  test('lists 500 at most and counts the rest', async () => {
    const many = await server.blueprint({});
    const rule = {
      identifier: 'owner',
      title: 'Owner',
      level: 'Bronze',
      query: { combinator: 'and', conditions: [{ operator: 'isNotEmpty', property: '$team' }] },
    };
    await server.ask('POST', `/v1/blueprints/${many}/scorecards`, { identifier: 'Ready', title: 'R', rules: [rule] });
    for (let start = 0; start < 520; start += 20) {
      const entities = Array.from({ length: 20 }, (_, index) => ({ identifier: `e${start + index}` }));
      await server.ask('POST', `/v1/blueprints/${many}/entities/bulk`, { entities });
    }
    const preview = await server.ask('GET', `/api/v1/scorecards/${many}/Ready/reminder/preview`);
    expect(preview.body['remindedEntities']).toBe(520);
    const text = JSON.stringify(preview.body['messages']);
    expect(text.match(/Passed/g)).toHaveLength(500);
    expect(text).toContain('… and 20 more');
  });
});
