import { isRecord } from '../received-request.ts';
import { slackApp } from './slack-emulator.ts';
import type { SlackEmulator } from './slack-emulator.ts';

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
}

export interface SlackMessage {
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly Record<string, unknown>[];
  readonly attachments: readonly Record<string, unknown>[];
  readonly author: { readonly id: string; readonly name: string; readonly isBot: boolean };
  readonly via: 'incoming-webhook' | 'web-api';
  /** Message metadata as the sender gave it: `event_type` and `event_payload`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly threadTs?: string;
  readonly editedTs?: string;
}

/** What somebody who looks at Slack would see. */
export interface SlackView {
  channels(): Promise<readonly SlackChannel[]>;
  /** A channel by its name, with or without `#`, or its id. */
  channel(nameOrId: string): Promise<SlackChannel | undefined>;
  /** The newest 200 messages of a channel, oldest first; thread replies are not among them. */
  listMessages(nameOrId: string): Promise<readonly SlackMessage[]>;
  users(): Promise<readonly SlackPerson[]>;
}

export interface SlackPerson {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly isBot: boolean;
}

export function slackView(emulator: SlackEmulator): SlackView {
  const view: SlackView = {
    async channels() {
      const answer = await emulator.call('reader', 'conversations.list', {
        limit: 1000,
        types: 'public_channel,private_channel',
      });
      return records(answer['channels']).map(asChannel);
    },
    async channel(nameOrId) {
      const name = nameOrId.replace(/^#/, '');
      return (await view.channels()).find((channel) => channel.id === nameOrId || channel.name === name);
    },
    async listMessages(nameOrId) {
      const channel = await view.channel(nameOrId);
      if (!channel) return [];
      const [answer, people] = await Promise.all([
        emulator.call('reader', 'conversations.history', { channel: channel.id, limit: 200 }),
        view.users(),
      ]);
      return records(answer['messages'])
        .toReversed()
        .map((message) => asMessage(message, people));
    },
    async users() {
      const answer = await emulator.call('reader', 'users.list', { limit: 1000 });
      return records(answer['members']).map((user) => ({
        id: text(user['id']),
        name: text(user['name']),
        realName: text(user['real_name']) || text(user['name']),
        isBot: user['is_bot'] === true,
      }));
    },
  };
  return view;
}

function asChannel(channel: Record<string, unknown>): SlackChannel {
  const topic = channel['topic'];
  return {
    id: text(channel['id']),
    name: text(channel['name']),
    topic: isRecord(topic) ? text(topic['value']) : '',
    isPrivate: channel['is_private'] === true,
    isArchived: channel['is_archived'] === true,
  };
}

function asMessage(message: Record<string, unknown>, people: readonly SlackPerson[]): SlackMessage {
  const id = text(message['user']) || text(message['bot_id']);
  const person = people.find((candidate) => candidate.id === id);
  const isWebhook = message['subtype'] === 'bot_message';
  const { metadata, thread_ts: threadTs, edited } = message;
  return {
    ts: text(message['ts']),
    text: text(message['text']),
    blocks: records(message['blocks']),
    attachments: records(message['attachments']),
    author: {
      id,
      name: person?.realName ?? (id === slackApp.botId ? slackApp.name : id),
      isBot: isWebhook || (person?.isBot ?? false),
    },
    via: isWebhook ? 'incoming-webhook' : 'web-api',
    ...(isRecord(metadata) ? { metadata } : {}),
    ...(typeof threadTs === 'string' ? { threadTs } : {}),
    ...(isRecord(edited) ? { editedTs: text(edited['ts']) } : {}),
  };
}

export function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
