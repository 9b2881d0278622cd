import { slackErrorMessage } from './slack-errors.ts';
import type { SlackHttp, SlackTransport } from './slack-http.ts';
import { callSlack, objectsOf, type SlackArguments } from './web-api-client.ts';

/** The metadata event type that marks every message of ours. */
export const MESSAGE_EVENT = 'quayside_message';

export type FoundMessage =
  | { readonly found: 'yes'; readonly ts: string; readonly channel: string }
  | { readonly found: 'no' }
  | { readonly found: 'cannot-tell'; readonly message: string };

type BotTransport = SlackTransport & { readonly kind: 'bot' };
type Json = Readonly<Record<string, unknown>>;

const PAGE = 200;
const MOST_PAGES = 10;
const BY_ID = 'Setting the channel by its id (C…) instead of its name needs one permission less.';
/** Slack's clock and ours may differ; the look-up begins this much before the attempt. */
const CLOCK_SLACK_MS = 10 * 60_000;

/** Looks through the channel for the message with this key. Needs the app to read the channel's history. */
export async function findPostedMessage(
  http: SlackHttp,
  transport: BotTransport,
  sought: { readonly key: string; readonly attemptedAt?: number; readonly threadTs?: string | undefined },
): Promise<FoundMessage> {
  const channel = await channelId(http, transport);
  if ('message' in channel) return { found: 'cannot-tell', message: channel.message };
  const oldest =
    sought.attemptedAt === undefined ? {} : { oldest: String((sought.attemptedAt - CLOCK_SLACK_MS) / 1000) };
  const window = { channel: channel.id, limit: PAGE, include_all_metadata: true };
  const pages =
    sought.threadTs === undefined
      ? readPages(http, transport, 'conversations.history', { ...window, ...oldest })
      : readPages(http, transport, 'conversations.replies', { ...window, ts: sought.threadTs });
  for await (const page of pages) {
    if ('message' in page) return { found: 'cannot-tell', message: page.message };
    const match = objectsOf(page.json['messages']).find((message) => carriesKey(message, sought.key));
    if (match && typeof match['ts'] === 'string') return { found: 'yes', ts: match['ts'], channel: channel.id };
  }
  return { found: 'no' };
}

/** The history is asked by id while people configure names. Few apps may list private channels, so those come last. */
async function channelId(
  http: SlackHttp,
  transport: BotTransport,
): Promise<{ readonly id: string } | { readonly message: string }> {
  if (/^[CGD][A-Z0-9]{7,}$/.test(transport.channel)) return { id: transport.channel };
  const name = transport.channel.replace(/^#/, '');
  let refusal = '';
  for (const types of ['public_channel', 'private_channel']) {
    const pages = readPages(http, transport, 'conversations.list', { limit: PAGE, exclude_archived: true, types });
    for await (const page of pages) {
      if ('message' in page) {
        refusal = page.message;
        break;
      }
      const match = objectsOf(page.json['channels']).find((one) => one['name'] === name);
      if (match && typeof match['id'] === 'string') return { id: match['id'] };
    }
  }
  return { message: `${refusal || slackErrorMessage('channel_not_found', transport.channel)} ${BY_ID}` };
}

/** Pages of a listing method, up to a bound; past it, or on a refusal, one last item with words instead of a page. */
async function* readPages(
  http: SlackHttp,
  transport: BotTransport,
  method: string,
  args: SlackArguments,
): AsyncGenerator<{ readonly json: Json } | { readonly message: string }> {
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await callMethod(http, transport, method, cursor === '' ? args : { ...args, cursor });
    yield answer;
    if ('message' in answer) return;
    const next = (answer.json['response_metadata'] as Json | undefined)?.['next_cursor'];
    if (typeof next !== 'string' || next === '') return;
    cursor = next;
  }
  yield { message: 'There is too much to look through.' };
}

async function callMethod(
  http: SlackHttp,
  transport: BotTransport,
  method: string,
  args: SlackArguments,
): Promise<{ readonly json: Json } | { readonly message: string }> {
  const answer = await callSlack(http, transport, method, args);
  if (answer.ok) return answer;
  if (answer.retryAfterMs !== undefined) {
    return { message: `Slack asks to wait ${Math.ceil(answer.retryAfterMs / 1000)} s.` };
  }
  if (answer.reason !== undefined) return { message: answer.reason };
  const scope = answer.needed === undefined ? '' : ` Needed: ${answer.needed}.`;
  return { message: slackErrorMessage(answer.error, transport.channel) + scope };
}

function carriesKey(message: Json, key: string): boolean {
  const metadata = message['metadata'] as { event_type?: unknown; event_payload?: { key?: unknown } } | undefined;
  return metadata?.event_type === MESSAGE_EVENT && metadata.event_payload?.key === key;
}
