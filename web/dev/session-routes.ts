import { session, teams, users } from './data/people.ts';
import { at, Refusal, type Route } from './reply.ts';

const ok = (body: object) => ({ body });

export const sessionRoutes: readonly Route[] = [
  { method: 'GET', pattern: at('/api/v1/session'), handle: () => ok(session) },
  {
    method: 'POST',
    pattern: at('/api/v1/session'),
    open: true,
    handle: ({ body, response }) => {
      if (body['password'] === 'wrong') throw new Refusal(401, 'invalid_credentials', 'Invalid credentials');
      response.setHeader('set-cookie', 'quayside=1; HttpOnly; SameSite=Lax; Path=/');
      return ok(session);
    },
  },
  {
    method: 'DELETE',
    pattern: at('/api/v1/session'),
    handle: ({ response }) => {
      response.setHeader('set-cookie', 'quayside=; Max-Age=0; Path=/');
      return ok({});
    },
  },
  { method: 'PATCH', pattern: at('/api/v1/session/preferences'), handle: () => ok({}) },
  {
    method: 'GET',
    pattern: at('/api/v1/credentials'),
    handle: () =>
      ok({
        credentials: [
          {
            id: 'app_1',
            name: 'Organisation',
            clientId: '60EsooJtOqimlekxrNh7nfr2iOgTcyLZ',
            createdAt: users[0]?.createdAt,
          },
        ],
      }),
  },
  {
    method: 'POST',
    pattern: at('/api/v1/credentials/:id/reveal'),
    handle: () =>
      ok({ clientId: '60EsooJtOqimlekxrNh7nfr2iOgTcyLZ', clientSecret: 'sample-secret-for-the-fixture-server-only' }),
  },
  { method: 'GET', pattern: at('/v1/users'), handle: () => ok({ users }) },
  { method: 'GET', pattern: at('/v1/teams'), handle: () => ok({ teams }) },
  {
    method: 'POST',
    pattern: at('/api/v1/invitations'),
    handle: () =>
      ok({
        invitation: {
          link: 'http://127.0.0.1:3000/invitations/tok_example',
          expiresAt: new Date(Date.now() + 604_800_000).toISOString(),
        },
      }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/invitations/:token'),
    open: true,
    handle: ({ params }) => {
      if (params[0] === 'expired') throw new Refusal(404, 'not_found', 'This invitation has expired.');
      return ok({ invitation: { email: 'new@example.com', organisation: 'Harbour' } });
    },
  },
];
