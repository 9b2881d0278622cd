import { createEmulator } from 'emulate';
import { forwarder } from '../forward.ts';
import type { FetchLike } from '../fetch-like.ts';
import type { Forward } from '../forward.ts';
import { jsonObject } from '../received-request.ts';

export interface SlackSeed {
  readonly workspace?: { readonly name: string; readonly domain: string };
  /** `general` and `random` are always there. `botIsMember: false` refuses the bot's posts with `not_in_channel`. */
  readonly channels?: readonly SlackChannelSeed[];
  readonly users?: readonly SlackUserSeed[];
  /** What `x-oauth-scopes` claims for the bot token. */
  readonly scopes?: readonly string[];
}

export interface SlackChannelSeed {
  readonly name: string;
  readonly topic?: string;
  readonly isPrivate?: boolean;
  readonly botIsMember?: boolean;
}

export interface SlackUserSeed {
  readonly name: string;
  readonly realName?: string;
  readonly email?: string;
  readonly isAdmin?: boolean;
  /** What `users.info` says beside or instead: `is_restricted`, `deleted`, `is_stranger`, `team_id`, … */
  readonly profile?: Readonly<Record<string, unknown>>;
}

export const slackTeamId = 'T000000001';
export const slackApp = { id: 'A0QUAYSIDE', name: 'Quayside', botId: 'B0QUAYSIDE', botUserId: 'U0QUAYSIDE' } as const;

export interface SlackEmulator {
  readonly origin: string;
  readonly forward: Forward;
  /** The bot's token inside, which differs from the one outside and changes now and then. */
  nextBotToken(): string;
  /** Calls a Web API method inside, as the bot or as a reader who sees every channel. */
  call(
    as: 'bot' | 'reader',
    method: string,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/**
 * `emulate` allows a token 5,000 calls an hour. Slack's limits are others and come from the fault plan, so
 * tokens change well before.
 */
const callsPerToken = 2000;
const botTokens = 100;

export async function startSlackEmulator(
  seed: SlackSeed,
  botToken: string,
  fetch: FetchLike,
  outerOrigin: () => string,
): Promise<SlackEmulator> {
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: { tokens: {}, slack: emulateSeed(seed, botToken) },
  });
  const origin = `http://127.0.0.1:${new URL(emulator.url).port}`;
  let readerCalls = 0;
  let botCalls = 0;
  const nextBotToken = (): string => innerBotToken(botToken, Math.floor(botCalls++ / callsPerToken) % botTokens);
  return {
    origin,
    forward: forwarder(fetch, origin, outerOrigin),
    nextBotToken,
    async call(as, method, fields) {
      const token = as === 'bot' ? nextBotToken() : `reader-${Math.floor(readerCalls++ / callsPerToken)}`;
      const response = await fetch(`${origin}/api/${method}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(fields),
      });
      return jsonObject(await response.text()) ?? { ok: false, error: 'internal_error' };
    },
    close: () => emulator.close(),
  };
}

function emulateSeed(seed: SlackSeed, botToken: string): Record<string, unknown> {
  return {
    team: seed.workspace ?? { name: 'Quayside sample', domain: 'quayside-sample' },
    users: (seed.users ?? []).map((user) => ({
      name: user.name,
      real_name: user.realName ?? user.name,
      email: user.email ?? `${user.name}@example.com`,
      is_admin: user.isAdmin ?? false,
    })),
    channels: (seed.channels ?? []).map(({ name, topic, isPrivate }) => ({
      name,
      topic,
      is_private: isPrivate ?? false,
    })),
    oauth_apps: [
      {
        client_id: '1.1',
        client_secret: botToken,
        app_id: slackApp.id,
        name: slackApp.name,
        redirect_uris: [],
        bot_id: slackApp.botId,
        bot_user_id: slackApp.botUserId,
        bot_name: 'quayside',
      },
    ],
    tokens: Array.from({ length: botTokens }, (_, index) => ({
      token: innerBotToken(botToken, index),
      type: 'bot',
      user_id: slackApp.botUserId,
      bot_id: slackApp.botId,
      bot_user_id: slackApp.botUserId,
      app_id: slackApp.id,
    })),
  };
}

function innerBotToken(botToken: string, index: number): string {
  return `${botToken}-${index}`;
}
