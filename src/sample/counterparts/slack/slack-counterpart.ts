import { secretDeriver } from '../derived-secret.ts';
import type { Faults } from '../faults.ts';
import type { FetchLike } from '../fetch-like.ts';
import { forwarder, sendAnswer } from '../forward.ts';
import { openLoopbackServer, receivedRequest } from '../loopback-server.ts';
import { isRecord } from '../received-request.ts';
import { slackView } from './slack-channel-view.ts';
import type { SlackMessage, SlackView } from './slack-channel-view.ts';
import type { SlackDesk, SlackEphemeral } from './slack-desk.ts';
import { startSlackEmulator } from './slack-emulator.ts';
import type { SlackSeed } from './slack-emulator.ts';
import { slackIncomingWebhooks } from './slack-incoming-webhooks.ts';
import { slackInteractions } from './slack-interactions.ts';
import type { SlackInteractions } from './slack-interactions.ts';
import { slackWebApiRoutes } from './slack-web-api.ts';

export interface SlackCounterpartOptions extends SlackSeed {
  /** Must reach 127.0.0.1, and whatever is set as the interactivity URL. The global one by default. */
  readonly fetch?: FetchLike;
  /** Wanted port; a free one when it is taken or not given. */
  readonly port?: number;
  /** Keep it with the port, and tokens and webhook URLs stay the same after a restart. */
  readonly secret?: string;
}

export interface SlackCounterpart extends SlackView, SlackInteractions {
  readonly origin: string;
  /** For `new WebClient(botToken, { slackApiUrl: apiUrl })`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly signingSecret: string;
  incomingWebhookUrl(channel: string): string;
  /** Resolves with the first message that passes, also one already there; rejects after the timeout. */
  waitForMessage(
    channel: string,
    passes?: (message: SlackMessage) => boolean,
    timeoutMilliseconds?: number,
  ): Promise<SlackMessage>;
  readonly ephemerals: readonly SlackEphemeral[];
  /** Previews of links, as the app sent them. */
  readonly unfurls: readonly Readonly<Record<string, unknown>>[];
  /** Modals and home tabs by id, as they stand. */
  readonly views: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** The id of whoever has this address in the workspace; they join it when nobody has. */
  personFor(person: { readonly email: string; readonly realName: string }): Promise<string>;
  readonly faults: Faults;
  close(): Promise<void>;
}

const defaultScopes = [
  'chat:write',
  'channels:read',
  'channels:history',
  'users:read',
  'users:read.email',
  'incoming-webhook',
];

/** A Slack workspace on this machine: `emulate` behind a door that adds what it lacks. */
export async function startSlackCounterpart(options: SlackCounterpartOptions = {}): Promise<SlackCounterpart> {
  const fetch = options.fetch ?? globalThis.fetch;
  const derive = secretDeriver(options.secret);
  const botToken = `xoxb-${derive('bot token', 40)}`;
  const signingSecret = derive('signing secret', 32);
  const waiting = new Set<() => void>();
  let origin = '';
  const emulator = await startSlackEmulator(options, botToken, fetch, () => origin);
  const view = slackView(emulator);
  const desk: SlackDesk = {
    emulator,
    view,
    botToken,
    scopes: options.scopes ?? defaultScopes,
    profiles: new Map((options.users ?? []).flatMap(({ name, profile }) => (profile ? [[name, profile]] : []))),
    tokens: new Set([botToken]),
    channelsWithoutBot: new Set(
      (options.channels ?? []).filter((channel) => channel.botIsMember === false).map(({ name }) => name),
    ),
    ephemerals: [],
    unfurls: [],
    newcomers: new Map(),
    views: new Map(),
    announce: () => {
      for (const wake of waiting) wake();
    },
  };

  const server = await openLoopbackServer((app, currentOrigin) => {
    slackWebApiRoutes(app, desk);
    const webhooks = slackIncomingWebhooks(app, desk, derive);
    const interactions = slackInteractions(app, desk, { fetch, signingSecret, origin: currentOrigin });
    // The inspector page, OAuth and file transfer are emulate's own.
    const forward = forwarder(fetch, emulator.origin, currentOrigin);
    app.all('*', async (request, reply) => sendAnswer(reply, await forward(receivedRequest(request))));
    return { webhooks, interactions };
  }, options.port);
  origin = server.origin;
  const { webhooks, interactions } = server.parts;

  return {
    ...view,
    ...interactions,
    origin,
    apiUrl: `${origin}/api/`,
    botToken,
    signingSecret,
    incomingWebhookUrl: (channel) => origin + webhooks.path(channel),
    waitForMessage: (channel, passes = () => true, timeoutMilliseconds = 5000) =>
      firstMessage(view, waiting, channel, passes, timeoutMilliseconds),
    ephemerals: desk.ephemerals,
    views: desk.views,
    unfurls: desk.unfurls,
    personFor: async (person) => personFor(desk, person),
    faults: server.faults,
    close: async () => {
      await server.close();
      await emulator.close();
    },
  };
}

async function personFor(
  { emulator, newcomers }: SlackDesk,
  { email, realName }: { readonly email: string; readonly realName: string },
): Promise<string> {
  const joined = [...newcomers.values()].find((person) => person.email === email);
  if (joined !== undefined) return joined.id;
  const { user } = await emulator.call('reader', 'users.lookupByEmail', { email });
  if (isRecord(user) && typeof user['id'] === 'string') return user['id'];
  const id = `U0NEW${newcomers.size + 1}`;
  newcomers.set(id, { id, name: email.replace(/@.*$/, ''), realName, email });
  return id;
}

async function firstMessage(
  view: SlackView,
  waiting: Set<() => void>,
  channel: string,
  passes: (message: SlackMessage) => boolean,
  timeoutMilliseconds: number,
): Promise<SlackMessage> {
  const deadline = AbortSignal.timeout(timeoutMilliseconds);
  for (;;) {
    const change = Promise.withResolvers<void>();
    const wake = (): void => change.resolve();
    waiting.add(wake);
    deadline.addEventListener('abort', wake);
    try {
      const found = (await view.listMessages(channel)).find(passes);
      if (found) return found;
      if (deadline.aborted) throw new Error(`No such message in ${channel} within ${timeoutMilliseconds} ms`);
      await change.promise;
    } finally {
      waiting.delete(wake);
      deadline.removeEventListener('abort', wake);
    }
  }
}
