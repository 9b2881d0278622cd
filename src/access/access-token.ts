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
const rememberedTokens = 1_000;

/** Bearer tokens: signed, readable by clients (Ocean looks for `isMachine`), never stored. */
export function createAccessTokens(key: Uint8Array, clock: Clock): AccessTokens {
  // A client sends the same token with every request; checking its signature each time cost a fifteenth of a write.
  const read = new Map<string, { readonly claims: TokenClaims; readonly expiresAt: number }>();
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
      const known = read.get(token);
      if (known !== undefined && known.expiresAt > clock.now().getTime()) return known.claims;
      try {
        const { payload } = await jwtVerify(token, key, {
          issuer,
          algorithms: [algorithm],
          currentDate: clock.now(),
        });
        const { sub, orgId, version } = payload;
        if (typeof sub !== 'string' || typeof orgId !== 'string' || typeof version !== 'number') return null;
        const claims = { clientId: sub, orgId, version };
        if (read.size >= rememberedTokens) read.clear();
        read.set(token, { claims, expiresAt: (payload.exp ?? 0) * 1000 });
        return claims;
      } catch {
        // jose throws for every way a token can be wrong; to the caller they are one: not valid.
        return null;
      }
    },
  };
}
