import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { Type } from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { Core } from '#platform/core.ts';
import { created, type Method, ok, type Reply, route, type Route } from '#platform/http/route.ts';
import {
  createHeartbeat,
  eventText,
  heartbeatText,
  lastEventId,
  retryText,
  serverSentEvents,
} from '#platform/http/server-sent-events.ts';
import {
  answerRelayRequest,
  createRelayChannel,
  type RelayChannel,
  relayChannel,
  relayChannelByKey,
  storeRelayRequest,
  unansweredRequests,
} from './relay-store.ts';

const tag = 'Relay channels';
const channelParams = Type.Object({ channel: Type.String() });
const keyParams = Type.Object({ key: Type.String(), '*': Type.Optional(Type.String()) });
const answerBody = Type.Object({ id: Type.String(), status: Type.Integer({ minimum: 100, maximum: 599 }) });
const bodyLimit = 524_288;
const lookEveryMs = 250;
const reconnectMs = 1_000;
const accepted = 202;

/** Not handed on: they belong to the connection that ended here. */
const hopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
]);

export function relayRoutes(core: Core): readonly Route[] {
  return [...channelRoutes(core), ...inboundRoutes(core)];
}

function channelRoutes(core: Core): readonly Route[] {
  const { db } = core;
  const shown = (channel: RelayChannel): object => ({
    channel: { id: channel.id, key: channel.key, url: `${core.publicUrl}/hooks/relay/${channel.key}` },
  });
  return [
    route({
      method: 'POST',
      path: '/api/v1/relay-channels',
      summary: 'Open a channel whose public address can be pasted as a webhook URL',
      tag,
      access: 'known',
      statuses: [201],
      handle: async ({ execute }) => created(shown(await execute(createRelayChannel, undefined))),
    }),
    route({
      method: 'GET',
      path: '/api/v1/relay-channels/:channel',
      summary: 'Get a relay channel',
      tag,
      access: 'known',
      request: { params: channelParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        authorize(actor, 'relay.use');
        return ok(shown(await relayChannel(db, actor.orgId, params.channel)));
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/relay-channels/:channel/stream',
      summary: 'Follow the requests of a relay channel as server-sent events',
      tag,
      access: 'known',
      request: { params: channelParams },
      statuses: [404],
      handle: async ({ actor, params, headers, signal }) => {
        authorize(actor, 'relay.use');
        const channel = await relayChannel(db, actor.orgId, params.channel);
        return serverSentEvents(Readable.from(requestEvents(core, channel, lastEventId(headers), signal)));
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/relay-channels/:channel/responses',
      summary: 'Acknowledge a relayed request with the status it was answered with',
      tag,
      access: 'known',
      request: { params: channelParams, body: answerBody },
      statuses: [404],
      handle: async ({ actor, params, body }) => {
        authorize(actor, 'relay.use');
        await answerRelayRequest(db, await relayChannel(db, actor.orgId, params.channel), body.id, body.status);
        return ok({});
      },
    }),
  ];
}

async function* requestEvents(
  core: Core,
  channel: RelayChannel,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let position = after;
  const heartbeat = createHeartbeat();
  yield retryText(reconnectMs);
  while (!signal.aborted) {
    const requests = await unansweredRequests(core.db, channel, position);
    for (const { sequence, body, ...request } of requests) {
      yield eventText('request', { ...request, bodyBase64: body.toString('base64') }, sequence);
      position = sequence;
      heartbeat.sent();
    }
    if (heartbeat.due()) yield heartbeatText;
    if (requests.length === 0) await wait(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Anything sent to the channel's address, with whatever follows it, is kept byte for byte and accepted at once. */
function inboundRoutes(core: Core): readonly Route[] {
  const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
  return methods.flatMap((method) =>
    ['/hooks/relay/:key', '/hooks/relay/:key/*'].map((path) =>
      route({
        method,
        path,
        summary: 'Hand a request to whoever listens to the channel',
        tag: 'Inbound hooks',
        access: 'anyone',
        rawBody: true,
        bodyLimit,
        request: { params: keyParams },
        statuses: [accepted, 404, 413, 429],
        handle: async ({ params, rawHeaders, rawBody, url }): Promise<Reply> => {
          const channel = await relayChannelByKey(core.db, params.key);
          const rest = params['*'];
          await storeRelayRequest(
            core.db,
            channel,
            {
              method,
              path: rest === undefined || rest === '' ? '' : `/${rest}`,
              query: url.includes('?') ? url.slice(url.indexOf('?') + 1) : '',
              headers: handedOn(rawHeaders),
              body: rawBody,
            },
            core.clock.now(),
          );
          return { status: accepted, body: { ok: true } };
        },
      }),
    ),
  );
}

/** Every header as it came: in order, in its case, repeated ones apart. */
function handedOn(rawHeaders: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name, value] = [rawHeaders[index] ?? '', rawHeaders[index + 1] ?? ''];
    if (!hopHeaders.has(name.toLowerCase())) pairs.push([name, value]);
  }
  return pairs;
}
