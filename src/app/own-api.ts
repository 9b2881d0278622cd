import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { OwnApi, OwnApiCall } from '#integrations/webhook/own-api.ts';
import { systemActor } from '#platform/commands/actor.ts';
import type { Credentials, Identity } from '#platform/http/server.ts';

type Authenticate = (credentials: Credentials) => Promise<Identity | null>;

/** The way from an action back into this program, without a network in between. */
export interface OwnApiDoor extends OwnApi {
  /** Knows who comes through the door, and asks the other for everybody else. */
  authenticate(other: Authenticate): Authenticate;
  /** Opens the door, once there is a server. */
  attach(http: FastifyInstance): void;
}

const passBytes = 32;

/** Each call gets a pass of its own that holds for that call alone and is known to nobody outside. */
export function createOwnApi(): OwnApiDoor {
  const passes = new Map<string, Identity>();
  let server: FastifyInstance | null = null;
  return {
    authenticate: (other) => async (credentials) => passes.get(credentials.authorization ?? '') ?? other(credentials),
    attach(http) {
      server = http;
    },
    async call({ orgId, action, method, path, headers, body }: OwnApiCall) {
      if (server === null) throw new Error('There is no server to call yet');
      const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
      const pass = `Bearer own-${randomBytes(passBytes).toString('base64url')}`;
      // A call of the API like any other: what it begins says so to backends, which know no other word for it.
      passes.set(pass, { actor: systemActor(orgId, `action ${action}`), origin: 'API' });
      try {
        const answer = await server.inject({
          method: method as 'POST',
          url: path,
          headers: { ...headers, ...(names.has('authorization') ? {} : { authorization: pass }) },
          ...(body === undefined ? {} : { payload: body }),
        });
        return { status: answer.statusCode, headers: {}, body: answer.rawPayload };
      } finally {
        passes.delete(pass);
      }
    },
  };
}
