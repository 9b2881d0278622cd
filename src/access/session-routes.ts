import type { Clock } from '#platform/clock.ts';
import { type Actor, systemActor } from '#platform/commands/actor.ts';
import type { CommandRunner } from '#platform/commands/command-runner.ts';
import { hashPassword } from '#platform/crypto/password-hash.ts';
import type { Db } from '#platform/db/handles.ts';
import { ok, type Reply, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import { acceptanceBody, preferencesBody, signInBody, tokenParams } from './contract.ts';
import { acceptInvitation, findInvitation, invitationGone } from './invite-person.ts';
import { personById } from './people-queries.ts';
import { type PersonRow, toUserActor } from './person.ts';
import { csrfTokenOf, newSessionToken, type SessionCookie } from './session-store.ts';
import { endSession } from './end-session.ts';
import { openSession, signIn } from './sign-in.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';
import { setPreferences } from './update-person.ts';

export interface SessionRouteParts {
  readonly db: Db;
  readonly runner: CommandRunner;
  readonly clock: Clock;
  readonly throttle: SignInThrottle;
  readonly csrfKey: Uint8Array;
  readonly cookie: SessionCookie;
  readonly describeOrganisation: (orgId: string) => Promise<{ id: string; name: string; sample: boolean }>;
}

const cookieSeconds = 7 * 86_400;

export function sessionRoutes(parts: SessionRouteParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/session',
      summary: 'Sign in with e-mail and password',
      tag: 'Session',
      access: 'anyone',
      request: { body: signInBody },
      statuses: [401, 429],
      handle: async ({ body, ip, requestId }) => {
        const { person, token } = await signIn(parts, { ...body, ip, requestId });
        return withCookie(parts, await sessionReply(parts, person, token), token);
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/session',
      summary: 'Who is signed in',
      tag: 'Session',
      access: 'known',
      handle: async ({ actor, cookies }) => {
        const person = await signedInPerson(parts.db, actor);
        return sessionReply(parts, person, cookies[parts.cookie.name] ?? '');
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/session',
      summary: 'Sign out',
      tag: 'Session',
      access: 'known',
      handle: async ({ cookies, execute }) => {
        await execute(endSession, { token: cookies[parts.cookie.name] ?? '' });
        return ok({}, { 'set-cookie': cookieText(parts, '', 0) });
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/v1/session/preferences',
      summary: 'Set your language and theme',
      tag: 'Session',
      access: 'known',
      request: { body: preferencesBody },
      handle: async ({ body, execute }) => {
        await execute(setPreferences, body);
        return ok({});
      },
    }),
    ...invitationRoutes(parts),
  ];
}

function invitationRoutes(parts: SessionRouteParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/invitations/:token',
      summary: 'What an invitation link offers',
      tag: 'Session',
      access: 'anyone',
      request: { params: tokenParams },
      statuses: [404],
      handle: async ({ params }) => {
        const invitation = await findInvitation(parts.db, params.token, parts.clock.now());
        if (invitation === null) throw invitationGone();
        return ok({ invitation: { email: invitation.email, organisation: invitation.organisation } });
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/invitations/:token/accept',
      summary: 'Accept an invitation: choose a name and a password, and be signed in',
      tag: 'Session',
      access: 'anyone',
      request: { params: tokenParams, body: acceptanceBody },
      statuses: [404, 409],
      handle: async ({ params, body, requestId }) => {
        const invitation = await findInvitation(parts.db, params.token, parts.clock.now());
        if (invitation === null) throw invitationGone();
        const person = await parts.runner.execute(
          { actor: systemActor(invitation.orgId, 'invitations'), origin: 'UI', requestId },
          acceptInvitation,
          {
            token: params.token,
            firstName: body.firstName,
            lastName: body.lastName,
            passwordHash: await hashPassword(body.password),
          },
        );
        const token = newSessionToken();
        await parts.runner.execute({ actor: toUserActor(person), origin: 'UI', requestId }, openSession, { token });
        return withCookie(parts, await sessionReply(parts, person, token), token);
      },
    }),
  ];
}

async function signedInPerson(db: Db, actor: Actor): Promise<PersonRow> {
  const person = actor.kind === 'user' ? await personById(db, actor.orgId, actor.id) : null;
  if (person === null) throw problem('unauthenticated', 'unauthorized', 'Nobody is signed in.');
  return person;
}

async function sessionReply(parts: SessionRouteParts, person: PersonRow, token: string): Promise<Reply> {
  return ok({
    person: {
      id: person.id,
      email: person.email,
      firstName: person.first_name,
      lastName: person.last_name,
      roles: person.roles,
      teams: person.teams,
      language: person.preferences.language ?? null,
      theme: person.preferences.theme ?? null,
    },
    organisation: await parts.describeOrganisation(person.org_id),
    csrfToken: csrfTokenOf(parts.csrfKey, token),
  });
}

function withCookie(parts: SessionRouteParts, reply: Reply, token: string): Reply {
  return { ...reply, headers: { 'set-cookie': cookieText(parts, token, cookieSeconds) } };
}

function cookieText({ cookie }: SessionRouteParts, value: string, maxAge: number): string {
  const secure = cookie.secure ? '; Secure' : '';
  return `${cookie.name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure}`;
}
