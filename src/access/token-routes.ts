import { constantTimeEqual } from '#platform/crypto/constant-time-equal.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Db } from '#platform/db/handles.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import { type AccessTokens, tokenLifetimeSeconds } from './access-token.ts';
import { accessTokenBody, credentialNameBody, emailParams, idParams } from './contract.ts';
import { credentialByClientId, type CredentialRow, credentialsOf, openSecret } from './credential-store.ts';
import { deleteCredential } from './delete-credential.ts';
import { authorize } from './permissions.ts';
import { renameCredential } from './rename-credential.ts';
import { revealCredential } from './reveal-credential.ts';
import { rotateAccount } from './rotate-account.ts';
import { rotateCredential } from './rotate-credential.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';

export interface TokenRouteParts {
  readonly db: Db;
  readonly secrets: SecretBox;
  readonly tokens: AccessTokens;
  readonly throttle: SignInThrottle;
  /** Called when a secret was replaced. */
  readonly forget: (clientId: string) => void;
}

/** A secret must not be kept as the stored answer of a repeated request. */
const neverStored = { idempotency: undefined } as const;

export function tokenRoutes(parts: TokenRouteParts): readonly Route[] {
  return [...signInRoutes(parts), ...appRoutes(parts), ...credentialRoutes(parts)];
}

function signInRoutes(parts: TokenRouteParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/auth/access_token',
      summary: 'Exchange a client id and secret for a bearer token of three hours',
      tag: 'Authentication',
      access: 'anyone',
      request: { body: accessTokenBody },
      statuses: [401, 429],
      handle: async ({ body, ip }) => {
        parts.throttle.recordAttempt(body.clientId, ip);
        const row = await credentialByClientId(parts.db, body.clientId);
        if (row === null || !constantTimeEqual(body.clientSecret, openSecret(parts.secrets, row))) {
          throw problem('unauthenticated', 'invalid_credentials', 'Invalid credentials');
        }
        parts.throttle.recordSuccess(body.clientId, ip);
        const accessToken = await parts.tokens.issue({
          clientId: row.client_id,
          orgId: row.org_id,
          version: row.version,
        });
        return ok({ accessToken, expiresIn: tokenLifetimeSeconds, tokenType: 'Bearer' });
      },
    }),
  ];
}

function appRoutes(parts: TokenRouteParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/apps',
      summary: 'List API credentials, without their secrets',
      tag: 'Authentication',
      access: 'known',
      handle: async ({ actor }) => {
        authorize(actor, 'organisation.manage');
        const rows = await credentialsOf(parts.db, actor.orgId);
        return ok({ apps: rows.map((row) => ({ ...shown(row), enabled: true, updatedAt: row.updated_at })) });
      },
    }),
    route({
      method: 'POST',
      path: '/v1/apps/:id/rotate-secret',
      summary: 'Replace the secret of API credentials; tokens made with the old one end',
      tag: 'Authentication',
      access: 'known',
      request: { params: idParams },
      statuses: [404],
      handle: async ({ params, execute }) => {
        const rotated = await execute(rotateCredential(parts.secrets), params, neverStored);
        parts.forget(rotated.clientId);
        return ok({ app: { id: rotated.id, clientId: rotated.clientId, secret: rotated.clientSecret } });
      },
    }),
    route({
      method: 'POST',
      path: '/v1/rotate-credentials/:email',
      summary: 'Replace the secret of a service account; tokens made with the old one end',
      tag: 'Authentication',
      access: 'known',
      request: { params: emailParams },
      statuses: [404, 422],
      handle: async ({ params, execute }) => {
        const { clientId, clientSecret } = await execute(rotateAccount(parts.secrets), params, neverStored);
        parts.forget(clientId);
        return ok({ credentials: { clientId, clientSecret } });
      },
    }),
    route({
      method: 'PUT',
      path: '/v1/apps/:id',
      summary: 'Change the name of API credentials',
      tag: 'Authentication',
      access: 'known',
      request: { params: idParams, body: credentialNameBody },
      statuses: [404],
      handle: async ({ params, body, execute }) => {
        const row = await execute(renameCredential, { ...params, ...body }, neverStored);
        return ok({ app: { ...shown(row), enabled: true, updatedAt: row.updated_at } });
      },
    }),
    route({
      method: 'DELETE',
      path: '/v1/apps/:id',
      summary: 'Delete API credentials; their tokens end',
      tag: 'Authentication',
      access: 'known',
      request: { params: idParams },
      statuses: [404, 422],
      handle: async ({ params, execute }) => {
        const gone = await execute(deleteCredential, params, neverStored);
        parts.forget(gone.client_id);
        return ok({});
      },
    }),
  ];
}

function credentialRoutes(parts: TokenRouteParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/credentials',
      summary: 'List API credentials for the Credentials dialog',
      tag: 'Authentication',
      access: 'known',
      handle: async ({ actor }) => {
        authorize(actor, 'credential.reveal');
        return ok({ credentials: (await credentialsOf(parts.db, actor.orgId)).map(shown) });
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/credentials/:id/reveal',
      summary: 'Show the secret of API credentials to an administrator; every look is recorded',
      tag: 'Authentication',
      access: 'known',
      request: { params: idParams },
      statuses: [403, 404],
      handle: async ({ params, execute }) => ok(await execute(revealCredential(parts.secrets), params, neverStored)),
    }),
  ];
}

function shown(row: CredentialRow): Record<string, unknown> {
  return { id: row.id, name: row.name, clientId: row.client_id, createdAt: row.created_at };
}
