import { jwtVerify, SignJWT } from 'jose';
import type { Clock } from '#platform/clock.ts';

/** Port's figure: three hours. */
export const tokenLifetimeSeconds = 10_800;

export interface TokenClaims {
  readonly clientId: string;
  readonly orgId: string;
  /** Version of the credential: a rotation ends the tokens made before it. */
  readonly version: number;
}

export interface AccessTokens {
  issue(claims: TokenClaims): Promise<string>;
  /** Null when the text is not a valid token of ours or has expired. */
  read(token: string): Promise<TokenClaims | null>;
}

const issuer = 'quayside';
const algorithm = 'HS256';

/** Bearer tokens: signed, readable by clients (Ocean looks for `isMachine`), never stored. */
export function createAccessTokens(key: Uint8Array, clock: Clock): AccessTokens {
  return {
    async issue(claims) {
      const issuedAt = Math.floor(clock.now().getTime() / 1000);
      return new SignJWT({ orgId: claims.orgId, isMachine: true, version: claims.version })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .setIssuer(issuer)
        .setSubject(claims.clientId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + tokenLifetimeSeconds)
        .sign(key);
    },
    async read(token) {
      try {
        const { payload } = await jwtVerify(token, key, {
          issuer,
          algorithms: [algorithm],
          currentDate: clock.now(),
        });
        const { sub, orgId, version } = payload;
        if (typeof sub !== 'string' || typeof orgId !== 'string' || typeof version !== 'number') return null;
        return { clientId: sub, orgId, version };
      } catch {
        // jose throws for every way a token can be wrong; to the caller they are one: not valid.
        return null;
      }
    },
  };
}
