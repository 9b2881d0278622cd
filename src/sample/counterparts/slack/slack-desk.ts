import type { SlackEmulator } from './slack-emulator.ts';
import type { SlackView } from './slack-channel-view.ts';

/** An ephemeral message: Slack shows it to one person and keeps no history of it. */
export interface SlackEphemeral {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: unknown;
  /** Milliseconds. */
  readonly at: number;
}

/** Somebody who came to the workspace after it began; `emulate` takes people only then. */
export interface SlackNewcomer {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly email: string;
}

/** What the doors of the Slack counterpart share. */
export interface SlackDesk {
  readonly emulator: SlackEmulator;
  readonly view: SlackView;
  readonly botToken: string;
  readonly scopes: readonly string[];
  /** What `users.info` says of some people beside what `emulate` knows, by their name. */
  readonly profiles: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Tokens that Slack would know. `emulate` takes any. */
  readonly tokens: Set<string>;
  readonly channelsWithoutBot: ReadonlySet<string>;
  readonly ephemerals: SlackEphemeral[];
  /** Previews of links, as the app sent them. */
  readonly unfurls: Record<string, unknown>[];
  readonly newcomers: Map<string, SlackNewcomer>;
  /** Modals and home tabs by id, as Slack last answered them. */
  readonly views: Map<string, Record<string, unknown>>;
  /** Wakes whoever waits for a message. */
  readonly announce: () => void;
}
