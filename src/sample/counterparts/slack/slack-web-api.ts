import type { FastifyInstance } from 'fastify';
import { receivedRequest } from '../loopback-server.ts';
import { bearerToken, bodyFields, isRecord, jsonObject } from '../received-request.ts';
import type { ReceivedRequest } from '../received-request.ts';
import { blockMistakes, viewMistakes } from './slack-block-limits.ts';
import { records, text } from './slack-channel-view.ts';
import type { SlackDesk } from './slack-desk.ts';
import { slackApp, slackTeamId } from './slack-emulator.ts';
import { historyWindow, pageOfHistory, withMetadata } from './slack-history.ts';

type Fields = Record<string, unknown>;
interface MethodAnswer {
  readonly status: number;
  readonly json: Fields;
  readonly headers?: Readonly<Record<string, string>>;
}

const messageMethods = new Set(['chat.postMessage', 'chat.postEphemeral', 'chat.update', 'chat.scheduleMessage']);

/**
 * The Web API: what `emulate` has, stricter where it is more lenient than Slack (unknown tokens,
 * blocks over the limits, channels without the bot) and complete where it leaves arguments out.
 */
export function slackWebApiRoutes(app: FastifyInstance, desk: SlackDesk): void {
  app.route<{ Params: { method: string } }>({
    method: ['GET', 'POST'],
    url: '/api/:method',
    handler: async (request, reply) => {
      const answer = await callMethod(desk, request.params.method, receivedRequest(request));
      return reply
        .code(answer.status)
        .headers({
          'content-type': 'application/json; charset=utf-8',
          'x-oauth-scopes': desk.scopes.join(','),
          ...answer.headers,
        })
        .send(JSON.stringify(answer.json));
    },
  });
}

async function callMethod(desk: SlackDesk, method: string, received: ReceivedRequest): Promise<MethodAnswer> {
  const { token: fieldToken, ...fields } =
    received.method === 'GET' ? Object.fromEntries(received.query) : bodyFields(received);
  const token = bearerToken(received) ?? text(fieldToken);
  if (method !== 'oauth.v2.access') {
    if (!token) return refusal('not_authed');
    if (!desk.tokens.has(token)) return refusal('invalid_auth');
  }
  const send = (name: string, sent: Fields): Promise<MethodAnswer> => inner(desk, name, received, token, sent);
  if (messageMethods.has(method)) return message(desk, method, fields, send);
  if (method === 'chat.unfurl') return unfurl(desk, fields);
  if (method === 'conversations.history') return history(fields, send);
  if (method === 'users.info') return profile(desk, newcomer(desk, fields) ?? (await send(method, fields)));
  if (method.startsWith('views.')) {
    const errors = viewMistakes(fields['view']);
    if (errors.length > 0) return mistaken('invalid_arguments', errors);
  }
  const answer = await send(method, fields);
  learn(desk, method, answer.json, fields);
  if (method !== 'conversations.replies') return answer;
  const { includeAllMetadata } = historyWindow(fields);
  return {
    ...answer,
    json: {
      ...answer.json,
      messages: records(answer.json['messages']).map((each) => withMetadata(each, includeAllMetadata)),
    },
  };
}

function newcomer(desk: SlackDesk, fields: Fields): MethodAnswer | undefined {
  const person = desk.newcomers.get(text(fields['user']));
  if (person === undefined) return undefined;
  const { id, name, realName, email } = person;
  const user = {
    id,
    team_id: slackTeamId,
    name,
    real_name: realName,
    is_bot: false,
    deleted: false,
    profile: { email },
  };
  return { status: 200, json: { ok: true, user } };
}

/** `emulate` knows neither guests nor strangers, and shows addresses to any bot. */
function profile(desk: SlackDesk, answer: MethodAnswer): MethodAnswer {
  const { user } = answer.json;
  if (!desk.scopes.includes('users:read')) {
    return { status: 200, json: { ok: false, error: 'missing_scope', needed: 'users:read' } };
  }
  if (!isRecord(user)) return answer;
  const shown = { is_email_confirmed: true, ...user, ...desk.profiles.get(text(user['name'])) };
  const { email, ...rest } = isRecord(user['profile']) ? user['profile'] : {};
  const mayShow = desk.scopes.includes('users:read.email');
  return { ...answer, json: { ...answer.json, user: { ...shown, profile: mayShow ? { ...rest, email } : rest } } };
}

/** `emulate` has no previews of links. */
function unfurl(desk: SlackDesk, fields: Fields): MethodAnswer {
  const unfurls = asJson(fields['unfurls']);
  if (!isRecord(unfurls)) return refusal('cannot_parse_attachment');
  desk.unfurls.push({ ...fields, unfurls });
  return { status: 200, json: { ok: true } };
}

type Send = (method: string, fields: Fields) => Promise<MethodAnswer>;

async function message(desk: SlackDesk, method: string, fields: Fields, send: Send): Promise<MethodAnswer> {
  const errors = blockMistakes(fields['blocks']);
  if (errors.length > 0) return mistaken('invalid_blocks', errors);
  const channel = text(fields['channel']).replace(/^#/, '');
  if (desk.channelsWithoutBot.size > 0) {
    const found = await desk.view.channel(channel);
    if (found && desk.channelsWithoutBot.has(found.name)) return refusal('not_in_channel');
  }
  const answer = await send(method, { bot_id: slackApp.botId, app_id: slackApp.id, ...fields, channel });
  if (answer.json['ok'] === true) {
    if (method === 'chat.postEphemeral') {
      desk.ephemerals.push({
        channel,
        user: text(fields['user']),
        text: text(fields['text']),
        blocks: asJson(fields['blocks']),
        at: Date.now(),
      });
    }
    desk.announce();
  }
  return answer;
}

async function history(fields: Fields, send: Send): Promise<MethodAnswer> {
  const all: Fields[] = [];
  let cursor = '';
  do {
    const page = await send('conversations.history', { channel: fields['channel'], limit: 1000, cursor });
    if (page.json['ok'] !== true) return page;
    all.push(...records(page.json['messages']));
    const metadata = page.json['response_metadata'];
    cursor = isRecord(metadata) ? text(metadata['next_cursor']) : '';
  } while (cursor !== '');
  const { messages, hasMore, nextCursor } = pageOfHistory(all, historyWindow(fields));
  return {
    status: 200,
    json: { ok: true, messages, has_more: hasMore, pin_count: 0, response_metadata: { next_cursor: nextCursor } },
  };
}

async function inner(
  desk: SlackDesk,
  method: string,
  received: ReceivedRequest,
  token: string,
  fields: Fields,
): Promise<MethodAnswer> {
  const inside = token === desk.botToken ? desk.emulator.nextBotToken() : token;
  const answer = await desk.emulator.forward(received, {
    method: 'POST',
    url: `/api/${encodeURIComponent(method)}`,
    headers: { 'content-type': 'application/json', ...(inside ? { authorization: `Bearer ${inside}` } : {}) },
    body: JSON.stringify(fields),
  });
  if (answer.status === 404) return { status: 200, json: { ok: false, error: 'unknown_method', req_method: method } };
  return {
    status: answer.status,
    json: jsonObject(answer.body.toString('utf8')) ?? { ok: false, error: 'internal_error' },
  };
}

function learn(desk: SlackDesk, method: string, json: Fields, sent: Fields): void {
  if (json['ok'] !== true) return;
  if (method === 'oauth.v2.access') {
    const person = json['authed_user'];
    for (const token of [json['access_token'], isRecord(person) ? person['access_token'] : undefined]) {
      if (typeof token === 'string') desk.tokens.add(token);
    }
  }
  const view = json['view'];
  if (method.startsWith('views.') && isRecord(view)) {
    // A home tab is one person's, which `emulate` does not say.
    const owner = method === 'views.publish' ? { user_id: sent['user_id'] } : {};
    desk.views.set(text(view['id']), { ...view, ...owner });
  }
  if (method.startsWith('chat.')) desk.announce();
}

function mistaken(error: string, errors: readonly string[]): MethodAnswer {
  const messages = errors.map((each) => `[ERROR] ${each}`);
  return { status: 200, json: { ok: false, error, errors, response_metadata: { messages } } };
}

function refusal(error: string): MethodAnswer {
  return { status: 200, json: { ok: false, error } };
}

function asJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
