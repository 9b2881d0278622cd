import type { SlackConnection } from './connection.ts';
import type { Interaction } from './interaction.ts';
import type { SlackHttp } from './slack-http.ts';
import type { SlackMessage } from './slack-message.ts';
import { callSlack } from './web-api-client.ts';

export interface Recipient {
  readonly userId: string;
  /** Empty where there is none, as in a home tab: then it is a direct message. */
  readonly channelId: string;
  readonly responseUrl: string | null;
}

/** Where somebody can be told about what they did. */
export function recipientOf(interaction: Interaction): Recipient {
  const channelId = 'channelId' in interaction ? interaction.channelId : '';
  return { userId: interaction.userId, channelId, responseUrl: interaction.responseUrl };
}

const timeoutMs = 10_000;
const slackHosts: ReadonlySet<string> = new Set(['hooks.slack.com', 'hooks.slack-gov.com']);

/** Says something to one person, for their eyes alone. True when Slack took it. */
export async function tellSender(
  http: SlackHttp,
  connection: SlackConnection,
  recipient: Recipient,
  message: SlackMessage,
): Promise<boolean> {
  return (
    (await byResponseUrl(http, connection, recipient, message)) || (await byBot(http, connection, recipient, message))
  );
}

/** Works where the app is not in the channel, but for half an hour only. */
async function byResponseUrl(
  http: SlackHttp,
  { apiUrl }: SlackConnection,
  { responseUrl }: Recipient,
  { text, blocks }: SlackMessage,
): Promise<boolean> {
  if (responseUrl === null || !isSlackAddress(responseUrl, apiUrl)) return false;
  try {
    const answer = await http({
      method: 'POST',
      url: responseUrl,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text, blocks }),
      timeoutMs,
    });
    return answer.status === 200;
  } catch {
    return false;
  }
}

async function byBot(
  http: SlackHttp,
  { botToken: token, apiUrl }: SlackConnection,
  { userId: user, channelId: channel }: Recipient,
  { text, blocks }: SlackMessage,
): Promise<boolean> {
  if (token === null) return false;
  const account = { token, apiUrl };
  const isTold =
    channel !== '' && (await callSlack(http, account, 'chat.postEphemeral', { channel, user, text, blocks })).ok;
  // Without a channel, or where the app was put out of it.
  return isTold || (await callSlack(http, account, 'chat.postMessage', { channel: user, text, blocks })).ok;
}

/** Signed as it is, the address is still no reason to send anything but to Slack, or to what stands for it here. */
export function isSlackAddress(address: string, apiUrl: string): boolean {
  const url = URL.parse(address);
  const api = URL.parse(apiUrl);
  if (url === null) return false;
  if (url.protocol === 'https:' && slackHosts.has(url.host)) return true;
  return api !== null && api.host !== 'slack.com' && url.origin === api.origin;
}
