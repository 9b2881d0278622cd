import { route, type Route } from '#platform/http/route.ts';
import { plain } from './gate-view.ts';

const tag = 'Gate';

/** What Gate's clients ask about themselves before anything else. */
export function gateCallerRoutes(): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/gate/auth/user',
      summary: 'Who is calling',
      tag,
      access: 'known',
      handle: async ({ actor }) =>
        plain({
          username: actor.kind === 'user' ? actor.email : actor.name,
          email: actor.kind === 'user' ? actor.email : null,
          roles: actor.kind === 'user' ? [...actor.roles, ...actor.teams] : [],
          enabled: true,
        }),
    }),
    route({
      method: 'GET',
      path: '/gate/auth/user/serviceAccounts',
      summary: 'Service accounts: always none, pipelines act as whoever started them',
      tag,
      access: 'known',
      handle: async () => plain([]),
    }),
    route({
      method: 'GET',
      path: '/gate/version',
      summary: 'Which Gate this stands for',
      tag,
      access: 'known',
      handle: async () => plain({ version: 'quayside' }),
    }),
  ];
}
