import { Type } from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { created, etag, ok, route, type Route } from '#platform/http/route.ts';
import { notFound } from '#platform/problem.ts';
import { streamBody, streamPatch } from './contract.ts';
import { changeStream, createStream, deleteStream } from './save-stream.ts';
import type { SendParts } from './send-signed.ts';
import { streamAddress, streamOf, streamsOf } from './stream-store.ts';
import { testStream } from './test-stream.ts';

const tag = 'Deliveries';
const path = '/api/v1/event-streams';
const params = Type.Object({ stream: Type.String({ maxLength: 100 }) });

export interface StreamRouteParts extends SendParts {
  readonly secrets: SecretBox;
}

/** Addresses to which every event of the organisation is told. */
export function streamRoutes(parts: StreamRouteParts): readonly Route[] {
  const { core, secrets } = parts;
  return [
    route({
      method: 'GET',
      path,
      summary: 'List the addresses to which every event is told, and how far each is',
      tag,
      access: 'known',
      statuses: [403],
      handle: async ({ actor }) => {
        authorize(actor, 'organisation.manage');
        return ok({ eventStreams: await streamsOf(core.db, actor.orgId) });
      },
    }),
    route({
      method: 'GET',
      path: `${path}/:stream`,
      summary: 'Read one event stream',
      tag,
      access: 'known',
      request: { params },
      statuses: [403, 404],
      handle: async ({ actor, params: { stream } }) => {
        authorize(actor, 'organisation.manage');
        const eventStream = await streamOf(core.db, actor.orgId, stream);
        return ok({ eventStream }, etag(eventStream.version));
      },
    }),
    route({
      method: 'POST',
      path,
      summary: 'Have every event from now on told to an address, in order',
      tag,
      access: 'known',
      request: { body: streamBody },
      statuses: [201, 403, 422, 429],
      handle: async ({ body, execute }) => {
        const eventStream = await execute(createStream(secrets), body);
        return created({ eventStream }, etag(eventStream.version));
      },
    }),
    ...oneStreamRoutes(parts),
  ];
}

function oneStreamRoutes(parts: StreamRouteParts): readonly Route[] {
  const { core, secrets } = parts;
  return [
    route({
      method: 'PATCH',
      path: `${path}/:stream`,
      summary: 'Change an event stream; what is left out stays, and what waits goes to the new address',
      tag,
      access: 'known',
      request: { params, body: streamPatch },
      statuses: [403, 404, 412, 422],
      handle: async ({ params: { stream }, body, expectedVersion, execute }) => {
        const eventStream = await execute(changeStream(secrets), { id: stream, body, expectedVersion });
        return ok({ eventStream }, etag(eventStream.version));
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:stream`,
      summary: 'End an event stream; what waits is not told any more',
      tag,
      access: 'known',
      request: { params },
      statuses: [403, 404, 412],
      handle: async ({ params: { stream }, expectedVersion, execute }) => {
        await execute(deleteStream, { id: stream, expectedVersion });
        return ok({});
      },
    }),
    route({
      method: 'POST',
      path: `${path}/:stream/test`,
      summary: 'Post a signed test to the address of an event stream; nothing is kept of it',
      tag,
      access: 'known',
      request: { params },
      statuses: [403, 404],
      handle: async ({ actor, params: { stream } }) => {
        authorize(actor, 'organisation.manage');
        const url = await streamAddress(core.db, secrets, actor.orgId, stream);
        if (url === null) throw notFound('eventStream', stream);
        return ok({ test: await testStream(parts, actor.orgId, url) });
      },
    }),
  ];
}
