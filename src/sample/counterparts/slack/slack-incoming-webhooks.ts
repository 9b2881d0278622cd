import type { FastifyInstance } from 'fastify';
import { receivedRequest } from '../loopback-server.ts';
import { jsonObject } from '../received-request.ts';
import type { ReceivedRequest } from '../received-request.ts';
import { blockMistakes } from './slack-block-limits.ts';
import type { SlackDesk } from './slack-desk.ts';
import { slackApp, slackTeamId } from './slack-emulator.ts';

export interface IncomingWebhooks {
  /** The path of the webhook that posts to this channel; it is made when first asked for. */
  path(channel: string): string;
}

/** `emulate` counts 5,000 calls an hour by the token they carry. */
const postsPerCount = 2000;

/**
 * Incoming webhooks, each bound to one channel as Slack's are: channel, name and icon in the body
 * have no effect. `emulate` takes any path and posts to `general`.
 */
export function slackIncomingWebhooks(
  app: FastifyInstance,
  desk: SlackDesk,
  derive: (purpose: string, length: number) => string,
): IncomingWebhooks {
  const channelOf = new Map<string, string>();
  let posts = 0;

  app.post<{ Params: { team: string; bot: string; key: string } }>(
    '/services/:team/:bot/:key',
    async (request, reply) => {
      const { team, bot, key } = request.params;
      const name = team === slackTeamId && bot === slackApp.botId ? channelOf.get(key) : undefined;
      reply.type('text/plain; charset=utf-8');
      if (name === undefined) return reply.code(404).send('no_service');
      const received = receivedRequest(request);
      const payload = payloadOf(received);
      if (!payload) return reply.code(400).send('invalid_payload');
      const channel = await desk.view.channel(name);
      if (!channel) return reply.code(404).send('channel_not_found');
      if (channel.isArchived) return reply.code(410).send('channel_is_archived');
      if (blockMistakes(payload['blocks']).length > 0) return reply.code(400).send('invalid_blocks');
      const { channel: _channel, username: _username, icon_emoji: _emoji, icon_url: _url, ...message } = payload;
      const answer = await desk.emulator.forward(received, {
        url: `/services/${slackTeamId}/${slackApp.botId}/any`,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer webhook-${Math.floor(posts++ / postsPerCount)}`,
        },
        body: JSON.stringify({ ...message, channel: channel.id }),
      });
      if (answer.status === 200) desk.announce();
      return reply.code(answer.status).send(answer.body);
    },
  );

  return {
    path(channel) {
      const name = channel.replace(/^#/, '');
      const key = derive(`incoming webhook ${name}`, 24);
      channelOf.set(key, name);
      return `/services/${slackTeamId}/${slackApp.botId}/${key}`;
    },
  };
}

/** Slack takes JSON with or without its content type, or a form with the JSON in `payload`. */
function payloadOf(received: ReceivedRequest): Record<string, unknown> | undefined {
  const body = received.body.toString('utf8');
  const isForm = (received.headers['content-type'] ?? '').includes('x-www-form-urlencoded');
  return jsonObject(isForm ? (new URLSearchParams(body).get('payload') ?? body) : body);
}
