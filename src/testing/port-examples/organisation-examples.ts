import { type Examples, fresh, isThere, takesNothing, type World } from './example.ts';

const organisation = '/v1/organization';
const secrets = `${organisation}/secrets`;
const newTeam = async (world: World): Promise<string> => {
  const name = fresh();
  await world.make('POST', '/v1/teams', { name });
  return `/v1/teams/${name}`;
};
const newSecret = async (world: World): Promise<string> => {
  const secretName = fresh();
  await world.make('POST', secrets, { secretName, secretValue: 'value' });
  return `${secrets}/${secretName}`;
};

export const accessExamples: Examples = {
  'POST /v1/auth/access_token': {
    ask: { path: '/v1/auth/access_token', body: { clientId: 'test-client-id', clientSecret: 'wrong' } },
    // The suite itself signs in with the right ones.
    status: 401,
    never: { 404: 'whether a client id exists is not told', 200: 'every other test begins with it' },
  },
  'GET /v1/apps': { ask: { path: '/v1/apps' }, status: 200, never: isThere },
  'POST /v1/apps/:/rotate-secret': {
    ask: async ({ credential }) => ({ path: `/v1/apps/${credential}/rotate-secret` }),
    missing: { path: '/v1/apps/absent/rotate-secret' },
    status: 200,
    never: takesNothing,
  },
  'POST /v1/rotate-credentials/:': {
    ask: async (world) => {
      const identifier = `${fresh()}@serviceaccounts.getport.io`;
      await world.make('POST', '/v1/blueprints/_user/entities', {
        identifier,
        properties: { port_type: 'Service Account' },
      });
      return { path: `/v1/rotate-credentials/${identifier}` };
    },
    missing: { path: '/v1/rotate-credentials/absent@example.com' },
    status: 200,
    // It takes no body that could be wrong: people have no credentials.
    invalid: async (world) => {
      const identifier = `${fresh()}@example.com`;
      await world.make('POST', '/v1/blueprints/_user/entities', { identifier });
      return { path: `/v1/rotate-credentials/${identifier}` };
    },
  },
  'PUT /v1/apps/:': {
    ask: async ({ credential }) => ({ path: `/v1/apps/${credential}`, body: { name: 'Renamed' } }),
    status: 200,
  },
  'DELETE /v1/apps/:': {
    ask: async ({ spareCredential }) => ({ path: `/v1/apps/${spareCredential}` }),
    status: 200,
    never: takesNothing,
  },
  'GET /v1/users': { ask: { path: '/v1/users' }, status: 200, never: isThere },
  'GET /v1/users/:': { ask: async ({ person }) => ({ path: `/v1/users/${person}` }), status: 200 },
  'PATCH /v1/users/:': {
    ask: async ({ person }) => ({ path: `/v1/users/${person}`, body: { roles: ['Member'] } }),
    status: 200,
    missing: { path: '/v1/users/absent@example.com', body: { roles: ['Member'] } },
  },
  'DELETE /v1/users/:': {
    ask: async ({ person }) => ({ path: `/v1/users/${person}` }),
    status: 200,
    never: takesNothing,
  },
  'POST /v1/users/invite': {
    ask: { path: '/v1/users/invite?notify=false', body: { invitee: { email: 'invited@example.com' } } },
    status: 200,
    missing: { path: '/v1/users/invite', body: { invitee: { email: 'invited@example.com', teams: ['absent'] } } },
  },
  'GET /v1/teams': { ask: { path: '/v1/teams' }, status: 200, never: isThere },
  'POST /v1/teams': {
    ask: async () => ({ path: '/v1/teams', body: { name: fresh() } }),
    status: 200,
    missing: { path: '/v1/teams', body: { name: 'lost', users: ['absent@example.com'] } },
    others: [{ status: 409, error: 'identifier_taken', ask: { path: '/v1/teams', body: { name: 'team' } } }],
  },
  'GET /v1/teams/:': { ask: { path: '/v1/teams/team' }, status: 200 },
  'PUT /v1/teams/:': {
    ask: async (world) => {
      const path = await newTeam(world);
      return { path, body: { name: path.split('/').at(-1), description: 'Replaced', users: [] } };
    },
    missing: { path: '/v1/teams/absent', body: { name: 'absent' } },
    status: 200,
  },
  'PATCH /v1/teams/:': {
    ask: async (world) => ({ path: await newTeam(world), body: { description: 'Changed' } }),
    status: 200,
  },
  'DELETE /v1/teams/:': { ask: async (world) => ({ path: await newTeam(world) }), status: 200, never: takesNothing },
};

const always = { 404: 'an organisation is always there' } as const;

export const organisationExamples: Examples = {
  'GET /v1/organization': { ask: { path: organisation }, status: 200, never: always },
  'PUT /v1/organization': { ask: { path: organisation, body: { name: 'Renamed' } }, status: 200, never: always },
  'PATCH /v1/organization': { ask: { path: organisation, body: { settings: {} } }, status: 200, never: always },
  'GET /v1/organization/secrets': { ask: { path: secrets }, status: 200, never: isThere },
  'POST /v1/organization/secrets': {
    ask: async () => ({ path: secrets, body: { secretName: fresh(), secretValue: 'value' } }),
    status: 200,
    never: { 404: 'a secret names nothing else' },
  },
  'GET /v1/organization/secrets/:': { ask: async (world) => ({ path: await newSecret(world) }), status: 200 },
  'PATCH /v1/organization/secrets/:': {
    ask: async (world) => ({ path: await newSecret(world), body: { description: 'Changed' } }),
    status: 200,
  },
  'DELETE /v1/organization/secrets/:': {
    ask: async (world) => ({ path: await newSecret(world) }),
    status: 200,
    never: takesNothing,
  },
};
