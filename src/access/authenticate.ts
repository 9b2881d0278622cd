import type { Clock } from '#platform/clock.ts';
import type { CredentialActor, UserActor } from '#platform/commands/actor.ts';
import { constantTimeEqual } from '#platform/crypto/constant-time-equal.ts';
import type { Db } from '#platform/db/handles.ts';
import type { Credentials, Identity } from '#platform/http/server.ts';
import { problem } from '#platform/problem.ts';
import type { AccessTokens, TokenClaims } from './access-token.ts';
import { credentialByClientId, type CredentialRow } from './credential-store.ts';
import { personById } from './people-queries.ts';
import { toUserActor } from './person.ts';
import { csrfTokenOf, findSession, type SessionCookie } from './session-store.ts';

export interface AuthenticateParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly tokens: AccessTokens;
  readonly csrfKey: Uint8Array;
  readonly cookie: SessionCookie;
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** For this long another process's rotation may go unnoticed. */
const credentialCacheMs = 5_000;

export interface Authenticate {
  (credentials: Credentials): Promise<Identity | null>;
  /** Ends the tokens of credentials at once in this process; other processes follow within five seconds. */
  forget(clientId: string): void;
}

/** Who is calling: the bearer of a token, or the person of a session. */
export function createAuthenticate(parts: AuthenticateParts): Authenticate {
  const cache = new Map<string, { row: CredentialRow; until: number }>();

  /** The cached row when it is the one the token was made with: a token newer than the cache is looked up. */
  async function credential({ clientId, orgId, version }: TokenClaims): Promise<CredentialRow | null> {
    const now = parts.clock.now().getTime();
    const fits = (row: CredentialRow | undefined): row is CredentialRow =>
      row !== undefined && row.org_id === orgId && row.version === version;
    const known = cache.get(clientId);
    if (known !== undefined && known.until > now && fits(known.row)) return known.row;
    const row = await credentialByClientId(parts.db, clientId);
    if (row === null) return null;
    cache.set(clientId, { row, until: now + credentialCacheMs });
    return fits(row) ? row : null;
  }

  async function byToken(authorization: string): Promise<Identity> {
    const token = authorization.replace(/^bearer\s+/i, '').trim();
    const claims = await parts.tokens.read(token);
    if (claims === null) throw unauthorized('The access token is not valid or has expired. Ask for a new one.');
    const row = await credential(claims);
    if (row === null) {
      throw unauthorized('The credentials of this access token were changed. Ask for a new one.');
    }
    if (row.person_id !== null) return { actor: await serviceAccount(row.org_id, row.person_id), origin: 'API' };
    const actor: CredentialActor = { kind: 'credential', orgId: row.org_id, id: row.client_id, name: row.name };
    return { actor, origin: 'API' };
  }

  /** What it may do is what its roles and teams let it do by now. */
  async function serviceAccount(orgId: string, personId: string): Promise<UserActor> {
    const person = await personById(parts.db, orgId, personId);
    if (person?.status !== 'ACTIVE') throw unauthorized('The service account of this access token is not active.');
    return toUserActor(person);
  }

  async function bySession(token: string, credentials: Credentials): Promise<Identity> {
    const session = await findSession(parts.db, token, parts.clock.now());
    const person = session === null ? null : await personById(parts.db, session.orgId, session.personId);
    if (person === null || person.status !== 'ACTIVE') throw unauthorized('Your session has ended. Sign in again.');
    if (!safeMethods.has(credentials.method)) {
      const expected = csrfTokenOf(parts.csrfKey, token);
      if (!constantTimeEqual(credentials.csrfToken ?? '', expected)) {
        throw problem('forbidden', 'csrf_token_invalid', 'The page is out of date. Reload it and try again.');
      }
    }
    return { actor: toUserActor(person), origin: 'UI' };
  }

  async function authenticate(credentials: Credentials): Promise<Identity | null> {
    if (credentials.authorization !== undefined && credentials.authorization !== '') {
      return byToken(credentials.authorization);
    }
    const session = credentials.cookies[parts.cookie.name];
    return session === undefined ? null : bySession(session, credentials);
  }
  return Object.assign(authenticate, { forget: (clientId: string): void => void cache.delete(clientId) });
}

function unauthorized(message: string): Error {
  return problem('unauthenticated', 'unauthorized', message);
}
