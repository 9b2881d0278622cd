import { findPostedMessage, MESSAGE_EVENT } from './find-posted-message.ts';
import { isUndecided, slackErrorCode, slackErrorMessage } from './slack-errors.ts';
import { bodyObject, bodyText, callFailure, retryAfterMs } from './slack-http.ts';
import type { PostOutcome, SlackHttp, SlackHttpAnswer, SlackTransport } from './slack-http.ts';
import type { SlackMessage } from './slack-message.ts';
import { slackMethodUrl } from './web-api-client.ts';

export interface PostRequest {
  readonly transport: SlackTransport;
  readonly message: SlackMessage;
  /** Names this one message for ever; a bot's message carries it as metadata, so that it can be found again. */
  readonly key: string;
  /** An earlier attempt ended without an answer: look before posting, and where one cannot look, do not post. */
  readonly mayBePosted?: boolean;
  /** When the earlier attempt was made, in milliseconds; older messages are not looked through. */
  readonly attemptedAt?: number;
  /** Answers below this message; the transport's channel is its id then. */
  readonly threadTs?: string | undefined;
}

const TIMEOUT_MS = 15_000;
const UNKNOWN =
  'Slack did not confirm the message, so it may stand in the channel already. It is not sent again by itself: look there and resend it if it is missing.';

/** Posts one message. Never throws for what Slack or the network does; the outcome says what is known. */
export async function postMessage(http: SlackHttp, request: PostRequest): Promise<PostOutcome> {
  const { transport } = request;
  if (request.mayBePosted === true) {
    if (transport.kind === 'webhook') return { outcome: 'unknown', message: UNKNOWN };
    const found = await findPostedMessage(http, transport, request);
    if (found.found === 'yes') return { outcome: 'posted', ts: found.ts, channel: found.channel, found: true };
    if (found.found === 'cannot-tell') return { outcome: 'unknown', message: `${UNKNOWN} ${found.message}` };
  }
  const call = transport.kind === 'webhook' ? webhookCall(transport, request.message) : botCall(transport, request);
  let answer: SlackHttpAnswer;
  try {
    answer = await http({ method: 'POST', timeoutMs: TIMEOUT_MS, ...call });
  } catch (error) {
    const { reason, mayHaveArrived } = callFailure(error);
    if (mayHaveArrived) return { outcome: 'unknown', message: `${UNKNOWN} (${reason})` };
    return { outcome: 'refused', error: 'unreachable', message: `Slack could not be reached: ${reason}` };
  }
  return transport.kind === 'webhook' ? webhookOutcome(answer) : botOutcome(answer, transport.channel);
}

function webhookCall(transport: SlackTransport & { kind: 'webhook' }, message: SlackMessage) {
  return {
    url: transport.url,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ text: message.text, blocks: message.blocks }),
  };
}

function botCall(transport: SlackTransport & { kind: 'bot' }, { message, key, threadTs }: PostRequest) {
  return {
    url: slackMethodUrl(transport, 'chat.postMessage'),
    headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${transport.token}` },
    body: JSON.stringify({
      channel: transport.channel,
      text: message.text,
      blocks: message.blocks,
      parse: 'none',
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
      ...(transport.username === undefined ? {} : { username: transport.username }),
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
      metadata: { event_type: MESSAGE_EVENT, event_payload: { key } },
    }),
  };
}

function webhookOutcome(answer: SlackHttpAnswer): PostOutcome {
  const { status } = answer;
  if (status === 429) return rateLimited(answer);
  if (status >= 500) return { outcome: 'unknown', message: `${UNKNOWN} (HTTP ${status})` };
  if (status >= 300 && status < 400) return refused('redirected');
  const json = bodyObject(answer);
  if (status >= 400) return refused(slackErrorCode(json?.['error'] ?? bodyText(answer), status));
  return json?.['ok'] === false ? refused(slackErrorCode(json['error'], status)) : { outcome: 'posted' };
}

function botOutcome(answer: SlackHttpAnswer, channel: string): PostOutcome {
  const { status } = answer;
  if (status === 429) return rateLimited(answer);
  if (status >= 500) return { outcome: 'unknown', message: `${UNKNOWN} (HTTP ${status})` };
  if (status >= 300 && status < 400) return refused('redirected');
  const json = bodyObject(answer);
  if (json?.['ok'] === true) {
    return {
      outcome: 'posted',
      ...(typeof json['ts'] === 'string' ? { ts: json['ts'] } : {}),
      ...(typeof json['channel'] === 'string' ? { channel: json['channel'] } : {}),
    };
  }
  const code = slackErrorCode(json?.['error'], status);
  if (code === 'ratelimited') return rateLimited(answer);
  // A 200 that is not Slack's JSON comes from something between us and Slack: nothing is known.
  if (isUndecided(code) || (json === undefined && status < 400)) {
    return { outcome: 'unknown', message: `${UNKNOWN} (${code})` };
  }
  return refused(code, channel);
}

function rateLimited(answer: SlackHttpAnswer): PostOutcome {
  return {
    outcome: 'refused',
    error: 'ratelimited',
    message: slackErrorMessage('ratelimited'),
    retryAfterMs: retryAfterMs(answer),
  };
}

function refused(error: string, where?: string): PostOutcome {
  return { outcome: 'refused', error, message: slackErrorMessage(error, where) };
}
