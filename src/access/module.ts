import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Credentials, Identity } from '#platform/http/server.ts';
import type { Module } from '#platform/module.ts';
import { createAccessTokens } from './access-token.ts';
import { createAuthenticate } from './authenticate.ts';
import { directoryRoutes } from './directory-routes.ts';
import { deleteOldInvitations } from './invite-person.ts';
import { peopleRoutes } from './people-routes.ts';
import { sessionRoutes, type SessionRouteParts } from './session-routes.ts';
import { deleteExpiredSessions, sessionCookieOf } from './session-store.ts';
import { createSignInThrottle, limitsOfPeople, limitsOfPrograms } from './sign-in-throttle.ts';
import { tokenRoutes } from './token-routes.ts';

export interface AccessOptions {
  readonly secrets: SecretBox;
  /** Signs bearer tokens. */
  readonly tokenKey: Uint8Array;
  readonly csrfKey: Uint8Array;
  readonly describeOrganisation: SessionRouteParts['describeOrganisation'];
}

export interface AccessModule extends Module {
  readonly authenticate: (credentials: Credentials) => Promise<Identity | null>;
}

const hour = 3_600;
const day = 24 * hour;

export function accessModule(core: Core, options: AccessOptions): AccessModule {
  const tokens = createAccessTokens(options.tokenKey, core.clock);
  const { db, clock } = core;
  const cookie = sessionCookieOf(core.publicUrl);
  const authenticate = createAuthenticate({ db, clock, tokens, csrfKey: options.csrfKey, cookie });
  return {
    name: 'access',
    authenticate,
    routes: [
      ...tokenRoutes({
        db: core.db,
        secrets: options.secrets,
        tokens,
        throttle: createSignInThrottle(core.clock, limitsOfPrograms),
        forget: authenticate.forget,
      }),
      ...sessionRoutes({
        db: core.db,
        runner: core.runner,
        clock: core.clock,
        throttle: createSignInThrottle(core.clock, limitsOfPeople),
        csrfKey: options.csrfKey,
        cookie,
        describeOrganisation: options.describeOrganisation,
      }),
      ...peopleRoutes(core.db, core.publicUrl),
      ...directoryRoutes(core.db),
    ],
    chores: [
      {
        name: 'delete-expired-sessions',
        everySeconds: hour,
        run: async () => deleteExpiredSessions(core.db, core.clock.now()),
      },
      {
        name: 'delete-old-invitations',
        everySeconds: day,
        run: async () => deleteOldInvitations(core.db, core.clock.now()),
      },
    ],
  };
}
