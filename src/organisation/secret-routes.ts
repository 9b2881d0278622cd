import { Type } from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Db } from '#platform/db/handles.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { changeSecret, createSecret, deleteSecret, getSecret, listSecrets, toWireSecret } from './secret-store.ts';

const tag = 'Organisation';
const path = '/v1/organization/secrets';
const value = Type.String({ minLength: 1, maxLength: 65_536 });
const description = Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()]));
const name = Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$' });
const params = Type.Object({ secret: Type.String() });
const closed = { additionalProperties: false };

export function secretRoutes(db: Db, secrets: SecretBox): readonly Route[] {
  return [
    route({
      method: 'GET',
      path,
      summary: 'List the secrets of the organisation, without their values',
      tag,
      access: 'known',
      statuses: [403],
      handle: async ({ actor }) => {
        authorize(actor, 'organisation.manage');
        return ok({ secrets: (await listSecrets(db, actor.orgId)).map(toWireSecret) });
      },
    }),
    route({
      method: 'POST',
      path,
      summary: 'Keep a secret that templates of actions may use as {{ .secrets.NAME }}',
      tag,
      access: 'known',
      request: { body: Type.Object({ secretName: name, secretValue: value, description }, closed) },
      statuses: [403, 409],
      handle: async ({ body, execute }) => {
        const input = { name: body.secretName, value: body.secretValue, description: body.description };
        return ok({ secret: toWireSecret(await execute(createSecret(secrets), input)) });
      },
    }),
    route({
      method: 'GET',
      path: `${path}/:secret`,
      summary: 'Get a secret, without its value',
      tag,
      access: 'known',
      request: { params },
      statuses: [403, 404],
      handle: async ({ actor, params: { secret } }) => {
        authorize(actor, 'organisation.manage');
        return ok({ secret: toWireSecret(await getSecret(db, actor.orgId, secret)) });
      },
    }),
    route({
      method: 'PATCH',
      path: `${path}/:secret`,
      summary: 'Change the value or the description of a secret',
      tag,
      access: 'known',
      request: { params, body: Type.Object({ secretValue: Type.Optional(value), description }, closed) },
      statuses: [403, 404],
      handle: async ({ params: { secret }, body, execute }) => {
        const input = { name: secret, value: body.secretValue, description: body.description };
        return ok({ secret: toWireSecret(await execute(changeSecret(secrets), input)) });
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:secret`,
      summary: 'Delete a secret',
      tag,
      access: 'known',
      request: { params },
      statuses: [403, 404],
      handle: async ({ params: { secret }, execute }) => {
        await execute(deleteSecret, { name: secret });
        return ok({});
      },
    }),
  ];
}
