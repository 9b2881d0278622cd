import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fetchSlackHttp } from '#cli/fetch-slack-http.ts';
import { settableClock } from '#platform/clock.ts';
import { createEgress, type Egress } from '#platform/egress/egress.ts';
import { Problem } from '#platform/problem.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { addPerson } from '#testing/sign-in.ts';
import { blockActions } from '#testing/slack-sender.ts';
import { type SlackSocketServer, startSlackSocketServer } from '#testing/slack-socket-server.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import type { SlackConnection } from '../connection.ts';
import type { Inbound } from '../parse-interaction.ts';
import { createSocketOpener } from './create-socket-opener.ts';
import { SocketKeeper } from './keep-sockets.ts';
import { socketState } from './socket-store.ts';

let slack: SlackCounterpart;
let server: SlackSocketServer;
let app: TestApp;
let egress: Egress;
const clock = settableClock(new Date('2026-03-02T10:00:00Z'));
const keepers: SocketKeeper[] = [];
let received: Inbound[] = [];

beforeAll(async () => {
  slack = await startSlackCounterpart({ fetch, users: [{ name: 'dev' }] });
  server = await startSlackSocketServer(slack.apiUrl);
  app = await startTestApp();
  egress = createEgress({ allow: [server.host] });
});
afterAll(async () => {
  await app.stop();
  await egress.close();
  await server.close();
  await slack.close();
});
beforeEach(() => {
  received = [];
});
afterEach(async () => {
  server.refuse(null);
  await Promise.all(keepers.splice(0).map(async (keeper) => keeper.close()));
  await server.connected(0);
});

interface Options {
  readonly appToken?: string | null;
  readonly receive?: (inbound: Inbound) => Promise<object | null>;
  readonly silenceMs?: number;
  readonly through?: Egress;
}

/** A process of its own, as far as connections go. */
function process(options: Options = {}): SocketKeeper {
  const connection: SlackConnection = {
    orgId: app.orgId,
    source: 'settings',
    mode: 'bot',
    botToken: slack.botToken,
    signingSecrets: [],
    appToken: options.appToken === undefined ? server.appToken : options.appToken,
    webhookUrl: null,
    botName: 'Quayside',
    channel: null,
    language: 'en',
    approveLabel: null,
    rejectLabel: null,
    apiUrl: server.apiUrl,
    workspace: null,
    checkedAt: null,
    version: 1,
  };
  const all = async (): Promise<readonly SlackConnection[]> => [connection];
  const take = async (inbound: Inbound): Promise<null> => {
    received.push(inbound);
    return null;
  };
  const { receive = take } = options;
  const keeper = new SocketKeeper({
    core: { ...app.app.core, clock },
    http: fetchSlackHttp,
    openSocket: createSocketOpener(options.through ?? egress),
    receive: async (_connection, inbound) => receive(inbound),
    connections: { all, withSigningSecrets: all, of: async () => connection },
    ...(options.silenceMs === undefined ? {} : { silenceMs: options.silenceMs }),
  });
  keepers.push(keeper);
  return keeper;
}

const state = async (): Promise<string | undefined> =>
  (await socketState(app.app.core.db, app.orgId, clock.now()))?.state;
const click = (): object => ({ type: 'interactive', payload: blockActions() });

describe('a connection that Quayside opens to Slack', () => {
  test('brings clicks, commands and events, and acknowledges each', async () => {
    await process().keep();
    await server.connected(1);
    expect(await state()).toBe('open');
    const command = { command: '/quayside', text: 'help', team_id: 'T1', user_id: 'U1', trigger_id: 't' };
    const event = {
      type: 'event_callback',
      team_id: 'T1',
      event_id: 'E1',
      event: { type: 'app_home_opened', user: 'U1' },
    };
    for (const envelope of [
      click(),
      { type: 'slash_commands', payload: command },
      { type: 'events_api', payload: event },
    ]) {
      expect(await server.deliver({ ...envelope })).toEqual({ envelope_id: expect.any(String) });
    }
    const kinds = received.map((inbound) => (inbound.kind === 'interaction' ? inbound.interaction.kind : inbound.kind));
    expect(kinds).toEqual(['actions', 'command', 'event']);
  });

  test('carries the answer where Slack takes one', async () => {
    await process({ receive: async () => ({ response_action: 'errors' }) }).keep();
    await server.connected(1);
    const taken = await server.deliver({ ...click(), accepts_response_payload: true });
    expect(taken).toMatchObject({ payload: { response_action: 'errors' } });
    expect(await server.deliver({ ...click() })).not.toHaveProperty('payload');
  });

  test('acknowledges what nobody can use, and not what could not be kept', async () => {
    let calls = 0;
    const receive = async (): Promise<null> => {
      calls += 1;
      if (calls === 1) throw new Error('the database is away');
      throw new Problem('unauthenticated', 'wrong_workspace', 'This workspace is not connected here.');
    };
    await process({ receive }).keep();
    await server.connected(1);
    let isTaken = false;
    void server.deliver({ ...click() }).then(() => (isTaken = true));
    await server.deliver({ ...click() });
    await server.deliver({ type: 'interactive', payload: { type: 'block_actions' } });
    await server.deliver({ type: 'hello again' });
    // It went before the others: its acknowledgement would have come before theirs.
    expect(isTaken).toBe(false);
    expect(calls).toBe(3);
  });

  test('is opened anew when Slack asks for it, and the old one still answers', async () => {
    await process().keep();
    await server.connected(1);
    const [first] = server.open;
    server.announceEnd('refresh_requested');
    await server.connected(2);
    expect(await server.deliver({ ...click() }, first)).toHaveProperty('envelope_id');
    first?.close();
    await server.connected(1);
    expect(await server.deliver({ ...click() })).toHaveProperty('envelope_id');
  });

  test('is opened anew after it was lost, with a pause in between', async () => {
    const keeper = process();
    await keeper.keep();
    await server.connected(1);
    for (const socket of server.open) socket.terminate();
    await server.connected(0);
    await expect.poll(state).toBe('failed');
    const asked = server.asked();
    await keeper.keep();
    expect(server.asked()).toBe(asked);
    clock.advance(5_000);
    await keeper.keep();
    await server.connected(1);
    expect(await state()).toBe('open');
  });

  test('that fell silent counts as lost', async () => {
    await process({ silenceMs: 50 }).keep();
    await expect.poll(state).toBe('failed');
  });

  test.each([
    [{ ok: false, error: 'invalid_auth' }, 'invalid_auth'],
    [{ ok: false, error: 'ratelimited' }, 'more slowly'],
    [{ ok: true, url: 'http://127.0.0.1:1/' }, 'no WebSocket'],
    [{ ok: true, url: 'ws://127.0.0.1:9/' }, 'private'],
  ])('says why it cannot be: %j', async (answer, told) => {
    server.refuse(answer);
    await process().keep();
    const { error } = (await socketState(app.app.core.db, app.orgId, clock.now())) ?? {};
    expect(error).toContain(told);
    expect(error).not.toContain(server.appToken);
  });

  test('goes through the guard: a private address is refused', async () => {
    const guarded = createEgress({ allow: [] });
    await process({ through: guarded }).keep();
    expect(server.open.size).toBe(0);
    expect(await state()).toBe('failed');
    await guarded.close();
  });

  test('is held by two processes at most, and taken over when one is gone', async () => {
    const [first, second, third] = [process(), process(), process()];
    for (const keeper of [first, second, third]) await keeper.keep();
    await server.connected(2);
    for (const keeper of [first, second, third]) await keeper.keep();
    await first.close();
    await third.keep();
    await server.connected(2);
    // Gone without a word: its place is free after its time.
    clock.advance(60_000);
    await third.keep();
    expect(await state()).toBe('open');
  });

  test('is closed when the token is taken away', async () => {
    await process({ appToken: null }).keep();
    expect(server.open.size).toBe(0);
  });
});

test('a whole program without a public address hears what people do', async () => {
  const whole = await startTestApp({
    allow: [server.host, new URL(slack.origin).host],
    environment: {
      QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
      QUAYSIDE_SLACK_APP_TOKEN: server.appToken,
      QUAYSIDE_SLACK_API_URL: server.apiUrl,
    },
    working: true,
  });
  try {
    await addPerson(whole, { email: 'dev@example.com' });
    const users = await slack.users();
    const id = users.find((user) => user.name === 'dev')?.id;
    await server.connected(1);
    const channel = (await slack.channel('general'))?.id;
    const command = {
      command: '/quayside',
      text: 'help',
      team_id: 'T000000001',
      user_id: id,
      channel_id: channel,
      trigger_id: 't',
    };
    await server.deliver({ type: 'slash_commands', payload: command });
    const outcome = async (): Promise<unknown> =>
      (await whole.database.database.pool.query('select outcome from slack_interaction')).rows;
    await expect.poll(outcome, { timeout: 20_000 }).toEqual([{ outcome: 'help' }]);
    const answer = await whole.call('GET', '/api/v1/integrations/slack');
    expect(answer.body['connection']).toMatchObject({ socket: { state: 'open' } });
    expect(JSON.stringify(answer.body)).not.toContain(server.appToken);
  } finally {
    await whole.stop();
  }
  await server.connected(0);
}, 60_000);
