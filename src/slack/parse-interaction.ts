import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { Problem, problem } from '#platform/problem.ts';
import type { ChoiceRequest, Interaction, OpenView, SlackSender } from './interaction.ts';
import { objectsOf, textOf } from './web-api-client.ts';

export type Inbound =
  | { readonly kind: 'interaction'; readonly interaction: Interaction }
  | { readonly kind: 'choices'; readonly request: ChoiceRequest }
  /** Slack asks whether this address is the app's; the answer repeats the text. */
  | { readonly kind: 'challenge'; readonly challenge: string }
  /** Nothing to do: a test of the connection, or something this app does not take part in. */
  | { readonly kind: 'nothing' };

const nothing: Inbound = { kind: 'nothing' };

/** Reads a verified request of Slack. Throws a `bad-request` problem for what Slack would not send. */
export function parseInteraction(contentType: string, rawBody: Uint8Array): Inbound {
  const text = new TextDecoder().decode(rawBody);
  if (/^application\/json\b/i.test(contentType)) return parseEvent(jsonObject(text));
  if (!/^application\/x-www-form-urlencoded\b/i.test(contentType)) {
    throw problem('bad-request', 'bad_request', 'Slack sends forms and JSON; this is neither.');
  }
  const fields = new URLSearchParams(text);
  for (const [name, value] of fields) assertText(name, value);
  const payload = fields.get('payload');
  if (payload !== null) return parsePayload(jsonObject(payload));
  if (fields.get('ssl_check') === '1') return nothing;
  if (fields.has('command')) return parseCommand(fields);
  throw problem('bad-request', 'bad_request', 'The form has no payload.', { field: 'payload' });
}

/** What Slack brings over a connection of Socket Mode: the same, without a form around it. */
export function parseEnvelope(type: string, payload: JsonObject): Inbound {
  if (type === 'interactive') return parsePayload(payload);
  if (type === 'events_api') return parseEvent(payload);
  if (type !== 'slash_commands') return nothing;
  const fields = Object.entries(payload).filter((field): field is [string, string] => typeof field[1] === 'string');
  return parseCommand(new URLSearchParams(fields));
}

function jsonObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text, assertText);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw problem('bad-request', 'bad_request', 'The payload is not valid JSON.', { field: 'payload' });
  }
  if (!isJsonObject(value)) throw unusable('payload');
  return value;
}

/** No text can hold a NUL, and no row either. */
function assertText(key: string, value: unknown): unknown {
  if (key.includes('\0')) throw unusable('text');
  if (typeof value === 'string' && value.includes('\0')) throw unusable(key === '' ? 'text' : key);
  return value;
}

function parsePayload(payload: JsonObject): Inbound {
  if (payload['type'] === 'block_actions') return parseBlockActions(payload);
  if (payload['type'] === 'interactive_message') return parseLegacyMessage(payload);
  if (payload['type'] === 'view_submission') return parseView(payload);
  if (payload['type'] === 'block_suggestion') return parseChoices(payload);
  if (typeof payload['type'] !== 'string') throw unusable('type');
  return nothing;
}

function parseBlockActions(payload: JsonObject): Inbound {
  const [action] = objectsOf(payload['actions']);
  if (action === undefined) throw unusable('actions');
  const container = objectIn(payload, 'container');
  // Buttons of a home tab or a modal have no message.
  const messageTs = textOf(container['message_ts']);
  const channelId = textOf(container['channel_id']);
  const actionId = required(action, 'action_id');
  const pressed = { actionId, blockId: textOf(action['block_id']), value: chosenValue(action) };
  const sender = senderOf(payload);
  const place = [channelId, messageTs, textOf(container['view_id'])];
  const view = isJsonObject(payload['view']) ? openViewOf(payload['view']) : null;
  return interaction({
    kind: 'actions',
    ...sender,
    ...returnsOf(payload),
    id: identity('actions', sender, [...place, actionId, pressed.blockId, required(action, 'action_ts')]),
    view,
    channelId,
    messageTs,
    action: pressed,
    chosen: chosenIn(payload['state'] ?? objectOrNone(payload['view'])['state']),
  });
}

/** Buttons of attachments, as messages had them before blocks: the callback id takes the place of the block id. */
function parseLegacyMessage(payload: JsonObject): Inbound {
  const [action] = objectsOf(payload['actions']);
  if (action === undefined) throw unusable('actions');
  const callbackId = required(payload, 'callback_id');
  const pressed = { actionId: required(action, 'name'), blockId: callbackId, value: chosenValue(action) };
  const sender = senderOf(payload);
  const channelId = required(objectIn(payload, 'channel'), 'id');
  const messageTs = required(payload, 'message_ts');
  return interaction({
    kind: 'actions',
    ...sender,
    ...returnsOf(payload),
    id: identity('actions', sender, [channelId, messageTs, callbackId, pressed.value, required(payload, 'action_ts')]),
    view: null,
    channelId,
    messageTs,
    action: pressed,
    chosen: {},
  });
}

function parseView(payload: JsonObject): Inbound {
  const view = openViewOf(objectIn(payload, 'view'));
  const sender = senderOf(payload);
  return interaction({
    kind: 'view',
    ...sender,
    ...returnsOf(payload),
    id: identity('view', sender, [view.id, view.hash, textOf(payload['trigger_id'])]),
    view,
  });
}

function parseChoices(payload: JsonObject): Inbound {
  const request: ChoiceRequest = {
    ...senderOf(payload),
    blockId: textOf(payload['block_id']),
    actionId: required(payload, 'action_id'),
    text: textOf(payload['value']),
    view: openViewOf(objectIn(payload, 'view')),
  };
  return { kind: 'choices', request };
}

function openViewOf(view: JsonObject): OpenView {
  const values = objectOrNone(objectOrNone(view['state'])['values']);
  const given = Object.entries(values).flatMap(([block, elements]) => {
    const element = isJsonObject(elements) ? Object.values(elements).find(isJsonObject) : undefined;
    return element === undefined ? [] : [[block, element] as const];
  });
  return {
    id: required(view, 'id'),
    type: view['type'] === 'home' ? 'home' : 'modal',
    hash: textOf(view['hash']),
    callbackId: textOf(view['callback_id']),
    privateMetadata: textOf(view['private_metadata']),
    values: Object.fromEntries(given),
  };
}

function objectOrNone(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function parseCommand(fields: URLSearchParams): Inbound {
  const field = (name: string): string => fields.get(name) ?? '';
  const sender: SlackSender = {
    teamId: required(Object.fromEntries(fields), 'team_id'),
    enterpriseId: fields.get('enterprise_id'),
    userId: required(Object.fromEntries(fields), 'user_id'),
    userTeamId: null,
    userName: field('user_name'),
  };
  return interaction({
    kind: 'command',
    ...sender,
    id: identity('command', sender, [field('trigger_id'), field('command'), field('text'), field('channel_id')]),
    responseUrl: fields.get('response_url'),
    triggerId: fields.get('trigger_id'),
    channelId: field('channel_id'),
    command: field('command'),
    text: field('text'),
  });
}

function parseEvent(body: JsonObject): Inbound {
  if (body['type'] === 'url_verification') {
    return { kind: 'challenge', challenge: required(body, 'challenge') };
  }
  if (body['type'] !== 'event_callback') throw unusable('type');
  const event = objectIn(body, 'event');
  const teamId = required(body, 'team_id');
  const sender: SlackSender = {
    teamId,
    enterpriseId: textOf(body['enterprise_id']) || null,
    userId: textOf(event['user']),
    userTeamId: null,
    userName: '',
  };
  const id = identity('event', sender, [required(body, 'event_id')]);
  const isShared = body['is_ext_shared_channel'] === true;
  return interaction({ kind: 'event', ...sender, id, responseUrl: null, triggerId: null, isShared, event });
}

function interaction(value: Interaction): Inbound {
  return { kind: 'interaction', interaction: value };
}

function senderOf(payload: JsonObject): SlackSender {
  const user = objectIn(payload, 'user');
  const team = objectOrNone(payload['team']);
  const enterprise = objectOrNone(payload['enterprise']);
  const userTeamId = textOf(user['team_id']) || null;
  return {
    teamId: textOf(team['id']) || userTeamId || unusableText('team.id'),
    enterpriseId: textOf(enterprise['id']) || null,
    userId: required(user, 'id'),
    userTeamId,
    userName: textOf(user['name']) || textOf(user['username']),
  };
}

function returnsOf(payload: JsonObject): { readonly responseUrl: string | null; readonly triggerId: string | null } {
  return { responseUrl: textOf(payload['response_url']) || null, triggerId: textOf(payload['trigger_id']) || null };
}

function chosenValue(element: JsonObject): string {
  const option = element['selected_option'];
  return isJsonObject(option) ? textOf(option['value']) : textOf(element['value']);
}

function chosenIn(state: unknown): Readonly<Record<string, string>> {
  const values = isJsonObject(state) && isJsonObject(state['values']) ? state['values'] : {};
  const chosen: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const elements of Object.values(values)) {
    for (const [actionId, element] of Object.entries(isJsonObject(elements) ? elements : {})) {
      if (isJsonObject(element) && chosenValue(element) !== '') chosen[actionId] = chosenValue(element);
    }
  }
  return { ...chosen };
}

function identity(kind: string, { teamId, userId }: SlackSender, parts: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, teamId, userId, ...parts]))
    .digest('base64url');
}

function objectIn(holder: JsonObject, key: string): JsonObject {
  const value = holder[key];
  if (!isJsonObject(value)) throw unusable(key);
  return value;
}

function required(holder: JsonObject, key: string): string {
  return textOf(holder[key]) || unusableText(key);
}

function unusableText(key: string): never {
  throw unusable(key);
}

function unusable(field: string): Error {
  return problem('bad-request', 'bad_request', `The payload's ${field} is missing or not what Slack sends.`, { field });
}
