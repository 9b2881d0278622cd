import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { readReminder } from '#scorecards/reminder-queries.ts';
import { getScorecard } from '#scorecards/scorecard-queries.ts';
import { scorecardReminder } from './blocks/scorecard-reminder.ts';
import { countedTitle } from './blueprint-words.ts';
import { type PostingParts, postMessages } from './post-messages.ts';
import type { SlackTransport } from './slack-http.ts';
import type { SlackMessage } from './slack-message.ts';

export interface ReminderParts extends PostingParts {
  /** Only read. */
  readonly db: Db;
  readonly clock: Clock;
  readonly publicUrl: string;
  /** Where the organisation posts; null while Slack is not set up. A bot without a channel of its own has an empty one. */
  readonly slackTransport: (orgId: string) => Promise<SlackTransport | null>;
}

export interface ReminderRequest {
  readonly actor: Actor;
  readonly blueprint: string;
  readonly scorecard: string;
  /** Instead of the bot's own channel. */
  readonly channel?: string | undefined;
  /** Names this reminder for ever, so that a bot's messages are found again. */
  readonly key: string;
  readonly earlierAttemptAt: Date | null;
}

/** What became of a reminder; `summary` says it in a sentence. */
export type ReminderResult = {
  readonly channel: string;
  /** That stand in the channel for certain. */
  readonly messages: number;
  /** With unmet rules. */
  readonly entities: number;
  readonly summary: string;
} & (
  | { readonly outcome: 'sent' }
  /** Nobody is there to be reminded. */
  | { readonly outcome: 'needless' }
  /** The rest was not posted, or nobody knows whether it was. */
  | { readonly outcome: 'refused' | 'unknown' }
);

export interface ComposedReminder {
  readonly messages: readonly SlackMessage[];
  readonly unmetCount: number;
}

/** The messages as they would be sent now. Refuses an unknown scorecard with a 404. */
export async function composeReminder(
  { db, publicUrl }: Pick<ReminderParts, 'db' | 'publicUrl'>,
  actor: Actor,
  { blueprint, scorecard }: { readonly blueprint: string; readonly scorecard: string },
): Promise<ComposedReminder> {
  const { document } = await getScorecard(db, actor.orgId, blueprint, scorecard);
  const selection = await readReminder(db, actor, document, publicUrl);
  return { messages: scorecardReminder(selection), unmetCount: selection.unmetCount };
}

/** Reminds in Slack of the entities that fail rules of a scorecard. Throws only for an unknown scorecard. */
export async function sendReminder(parts: ReminderParts, request: ReminderRequest): Promise<ReminderResult> {
  const { actor, blueprint } = request;
  const { messages, unmetCount: entities } = await composeReminder(parts, actor, request);
  const transport = await reminderTransport(parts, actor.orgId, request.channel);
  if (typeof transport === 'string')
    return { outcome: 'refused', channel: '', messages: 0, entities, summary: transport };
  const channel = channelName(transport);
  const who = `${entities} ${countedTitle(blueprint, entities)}`;
  if (messages.length === 0) {
    const summary = `There are no ${countedTitle(blueprint, 0)} yet, so no reminder was sent.`;
    return { outcome: 'needless', channel, messages: 0, entities, summary };
  }
  const { key, earlierAttemptAt } = request;
  const now = parts.clock.now();
  const { posted, outcome } = await postMessages(parts, { transport, messages, key, earlierAttemptAt, now });
  const result = { channel, messages: posted, entities };
  if (outcome === null || outcome.outcome === 'posted') {
    const sent = `Slack reminder sent to ${channel}: ${who} with unmet rules.`;
    return { outcome: 'sent', ...result, summary: `${sent}${unusedChannel(transport, request.channel)}` };
  }
  const before = posted === 0 ? '' : `${posted} of ${messages.length} messages were posted. `;
  return { outcome: outcome.outcome, ...result, summary: `${before}${outcome.message}` };
}

/** Where a reminder goes, or a sentence that says what is missing. */
export async function reminderTransport(
  { slackTransport }: Pick<ReminderParts, 'slackTransport'>,
  orgId: string,
  channel: string | undefined,
): Promise<SlackTransport | string> {
  const transport = await slackTransport(orgId);
  if (transport === null) {
    return 'Slack is not set up. An administrator connects it under Settings, Slack.';
  }
  if (transport.kind === 'webhook') return transport;
  const named = channel === undefined || channel === '' ? transport.channel : channel;
  return named === ''
    ? 'No Slack channel is named. Name one in the action, or set a default channel under Settings, Slack.'
    : { ...transport, channel: named };
}

/** A webhook does not tell which channel it belongs to. */
export function channelName(transport: SlackTransport): string {
  if (transport.kind === 'webhook') return 'the channel of the incoming webhook';
  return /^([CGD][A-Z0-9]{7,}|#.*)$/.test(transport.channel) ? transport.channel : `#${transport.channel}`;
}

function unusedChannel(transport: SlackTransport, channel: string | undefined): string {
  if (transport.kind === 'bot' || channel === undefined) return '';
  return ` (An incoming webhook has a channel of its own, so "${channel}" was not used; set a bot token to choose one.)`;
}
