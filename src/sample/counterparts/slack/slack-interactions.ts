import type { FastifyInstance } from 'fastify';
import { createHmac, randomBytes } from 'node:crypto';
import type { FetchLike } from '../fetch-like.ts';
import { receivedRequest } from '../loopback-server.ts';
import { jsonObject } from '../received-request.ts';
import { records, text } from './slack-channel-view.ts';
import type { SlackDesk } from './slack-desk.ts';
import { slackApp, slackTeamId } from './slack-emulator.ts';
import { findPerson, formType, type InteractionAnswer, personPart, type ResponseTicket } from './slack-people.ts';
import { type SlackVisits, slackVisits } from './slack-visits.ts';

export interface SlackClick {
  readonly channel: string;
  readonly ts: string;
  readonly actionId: string;
  /** Name or id of a person of the workspace. */
  readonly user: string;
  /** For a select: the value chosen. */
  readonly selected?: string;
  /** What stands in other selects of the message, by action id. */
  readonly choices?: Readonly<Record<string, string>>;
}

export interface SlackInteractions extends SlackVisits {
  /** The request URL of the app, as set under Interactivity. */
  setInteractivityUrl(url: string): void;
  /** Presses a button or picks an option in a message, and delivers the signed `block_actions` callback. */
  click(click: SlackClick): Promise<InteractionAnswer>;
}

const responseUses = 5;
const responseMilliseconds = 30 * 60 * 1000;

/** What people do in Slack, which `emulate` leaves out: clicks, modals and the response_url. */
export function slackInteractions(
  app: FastifyInstance,
  desk: SlackDesk,
  options: { fetch: FetchLike; signingSecret: string; origin: () => string },
): SlackInteractions {
  const tickets = new Map<string, ResponseTicket>();
  let requestUrl: string | undefined;
  responseUrlRoute(app, desk, tickets);

  const ticketFor = (place: Omit<ResponseTicket, 'until' | 'uses'>): string => {
    const ticket = randomBytes(12).toString('hex');
    tickets.set(ticket, { ...place, until: Date.now() + responseMilliseconds, uses: 0 });
    return `${options.origin()}/actions/${slackTeamId}/${slackApp.id}/${ticket}`;
  };

  const deliver = async (payload: Record<string, unknown>): Promise<InteractionAnswer> =>
    deliverBody(new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), formType);

  const deliverBody = async (body: string, contentType: string): Promise<InteractionAnswer> => {
    if (requestUrl === undefined)
      throw new Error('The app has no interactivity request URL yet: setInteractivityUrl(url)');
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', options.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    const started = performance.now();
    const response = await options.fetch(requestUrl, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${signature}`,
      },
      body,
      redirect: 'manual',
    });
    const answer = await response.text();
    return { status: response.status, body: answer, milliseconds: performance.now() - started };
  };

  return {
    setInteractivityUrl: (url) => {
      requestUrl = url;
    },
    async click(click) {
      const { channel, message } = await findMessage(desk, click);
      const person = await findPerson(desk, click.user);
      return deliver({
        type: 'block_actions',
        ...(await personPart(desk, person)),
        container: { type: 'message', message_ts: click.ts, channel_id: channel.id, is_ephemeral: false },
        channel: { id: channel.id, name: channel.name },
        message,
        state: { values: { chosen: chosenState(click.choices ?? {}) } },
        response_url: ticketFor({ channel: channel.id, ts: click.ts, user: person.id }),
        actions: [{ ...findAction(message, click), action_ts: `${Date.now() / 1000}` }],
      });
    },
    ...slackVisits(desk, { deliver, deliverBody, ticketFor }),
  };
}

function chosenState(choices: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(choices).map(([id, value]) => [id, { type: 'static_select', selected_option: { value } }]),
  );
}

async function findMessage(
  desk: SlackDesk,
  { channel: nameOrId, ts }: SlackClick,
): Promise<{ channel: { id: string; name: string }; message: Record<string, unknown> }> {
  const channel = await desk.view.channel(nameOrId);
  if (!channel) throw new Error(`Slack has no channel ${nameOrId}`);
  const answer = await desk.emulator.call('reader', 'conversations.replies', { channel: channel.id, ts });
  const message = records(answer['messages']).find((candidate) => candidate['ts'] === ts);
  if (!message) throw new Error(`No message ${ts} in ${channel.name}`);
  return { channel, message };
}

function findAction(message: Record<string, unknown>, { actionId, selected }: SlackClick): Record<string, unknown> {
  for (const block of records(message['blocks'])) {
    const element = [...records(block['elements']), ...records([block['accessory']])].find(
      (candidate) => candidate['action_id'] === actionId,
    );
    if (!element) continue;
    const { type, action_id, value, style, text: label } = element;
    const option = records(element['options']).find((candidate) => candidate['value'] === selected);
    return {
      type,
      action_id,
      block_id: text(block['block_id']),
      ...(label === undefined ? {} : { text: label }),
      ...(value === undefined ? {} : { value }),
      ...(style === undefined ? {} : { style }),
      ...(selected === undefined ? {} : { selected_option: option ?? { value: selected } }),
    };
  }
  throw new Error(`The message has nothing to press with action_id ${actionId}`);
}

function responseUrlRoute(app: FastifyInstance, desk: SlackDesk, tickets: Map<string, ResponseTicket>): void {
  app.post<{ Params: { ticket: string } }>('/actions/:team/:app/:ticket', async (request, reply) => {
    const ticket = tickets.get(request.params.ticket);
    if (!ticket || Date.now() > ticket.until) return reply.code(404).send({ ok: false, error: 'expired_url' });
    if (ticket.uses >= responseUses) return reply.code(404).send({ ok: false, error: 'used_url' });
    ticket.uses += 1;
    const fields = jsonObject(receivedRequest(request).body.toString('utf8'));
    if (!fields) return reply.code(400).send({ ok: false, error: 'invalid_payload' });
    const answer = await respond(desk, ticket, fields);
    desk.announce();
    return answer['ok'] === true ? reply.send('ok') : reply.code(500).send(answer);
  });
}

async function respond(
  desk: SlackDesk,
  { channel, ts, user }: ResponseTicket,
  fields: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { text: words, blocks, attachments, metadata } = fields;
  const message = { channel, text: words, blocks, attachments, metadata };
  if (fields['delete_original'] === true) return desk.emulator.call('bot', 'chat.delete', { channel, ts });
  if (fields['replace_original'] === true) return desk.emulator.call('bot', 'chat.update', { ...message, ts });
  if (fields['response_type'] === 'in_channel') return desk.emulator.call('bot', 'chat.postMessage', message);
  desk.ephemerals.push({ channel, user, text: text(words), blocks, at: Date.now() });
  return { ok: true };
}
