import { type Examples, fresh, isThere, type Request, takesNothing, type World } from './example.ts';

const legacy = '/v1/blueprints/service/actions';
const legacyAction = (identifier: string): object => ({
  identifier,
  trigger: 'CREATE',
  invocationMethod: { type: 'KAFKA' },
});
const action = (identifier: string): object => ({
  identifier,
  trigger: { type: 'self-service', operation: 'CREATE', blueprintIdentifier: 'service' },
  invocationMethod: { type: 'KAFKA' },
});
const newAction = async (world: World): Promise<string> => {
  const identifier = fresh();
  await world.make('POST', '/v1/actions', action(identifier));
  return identifier;
};
const newLegacy = async (world: World): Promise<string> => {
  const identifier = fresh();
  await world.make('POST', legacy, legacyAction(identifier));
  return identifier;
};
const newRun = async (world: World, name = 'call'): Promise<string> => {
  const begun = await world.make('POST', `/v1/actions/${name}/runs`, {});
  return `/v1/actions/runs/${(begun.body['run'] as { id: string }).id}`;
};
const endedRun = async (world: World): Promise<string> => {
  const path = await newRun(world);
  await world.make('PATCH', path, { status: 'SUCCESS' });
  return path;
};

/** A run that an agent has fetched. */
const offeredRun = async (world: World): Promise<Request> => {
  const identifier = fresh();
  const invocationMethod = {
    type: 'INTEGRATION_ACTION',
    installationId: identifier,
    integrationActionType: 'dispatch_workflow',
    integrationActionExecutionProperties: { org: 'acme', repo: 'portal', workflow: 'x.yml', workflowInputs: {} },
  };
  await world.make('POST', '/v1/actions', { ...action(identifier), invocationMethod });
  const path = await newRun(world, identifier);
  await world.settle();
  const claim = { installationId: identifier, limit: 10, visibilityTimeoutMs: 60_000 };
  await world.make('POST', '/v1/actions/runs/claim-pending', claim);
  return { path: '/v1/actions/runs/ack', body: { runId: path.split('/').at(-1) } };
};

export const actionExamples: Examples = {
  'GET /v1/actions': { ask: { path: '/v1/actions' }, status: 200, never: isThere },
  'POST /v1/actions': {
    ask: async () => ({ path: '/v1/actions', body: action(fresh()) }),
    status: 200,
    never: { 404: 'an action names what need not be there yet' },
    others: [{ status: 409, error: 'identifier_taken', ask: { path: '/v1/actions', body: action('call') } }],
  },
  'GET /v1/actions/:': { ask: { path: '/v1/actions/call' }, status: 200 },
  'PUT /v1/actions/:': {
    ask: async (world) => {
      const identifier = await newAction(world);
      return { path: `/v1/actions/${identifier}`, body: action(identifier) };
    },
    missing: { path: '/v1/actions/absent', body: action('absent') },
    status: 200,
  },
  'DELETE /v1/actions/:': {
    ask: async (world) => ({ path: `/v1/actions/${await newAction(world)}` }),
    status: 200,
    never: takesNothing,
  },
  'GET /v1/actions/:/permissions': { ask: { path: '/v1/actions/call/permissions' }, status: 200 },
  'PATCH /v1/actions/:/permissions': {
    ask: { path: '/v1/actions/call/permissions', body: { execute: { roles: ['Admin', 'Member'] } } },
    status: 200,
  },
  'GET /v1/blueprints/:/actions': {
    ask: { path: legacy },
    status: 200,
    never: { 404: 'a blueprint without actions and none at all look alike here' },
  },
  'POST /v1/blueprints/:/actions': {
    ask: async () => ({ path: legacy, body: legacyAction(fresh()) }),
    status: 200,
    never: { 404: 'an action names what need not be there yet' },
  },
  'PUT /v1/blueprints/:/actions': {
    ask: async () => ({ path: '/v1/blueprints/needy/actions', body: [legacyAction(fresh())] }),
    status: 200,
    never: { 404: 'an action names what need not be there yet' },
  },
  'GET /v1/blueprints/:/actions/:': {
    ask: async (world) => ({ path: `${legacy}/${await newLegacy(world)}` }),
    status: 200,
  },
  'PUT /v1/blueprints/:/actions/:': {
    ask: async (world) => {
      const identifier = await newLegacy(world);
      return { path: `${legacy}/${identifier}`, body: legacyAction(identifier) };
    },
    missing: { path: `${legacy}/absent`, body: legacyAction('absent') },
    status: 200,
  },
  'DELETE /v1/blueprints/:/actions/:': {
    ask: async (world) => ({ path: `${legacy}/${await newLegacy(world)}` }),
    status: 200,
    never: takesNothing,
  },
  'GET /v1/auth/permissions': { ask: { path: '/v1/auth/permissions' }, status: 200 },
};

export const runExamples: Examples = {
  'POST /v1/actions/:/runs': {
    ask: { path: '/v1/actions/call/runs', body: {} },
    missing: { path: '/v1/actions/absent/runs', body: {} },
    status: 202,
  },
  'GET /v1/actions/runs': { ask: { path: '/v1/actions/runs' }, status: 200, never: isThere },
  'GET /v1/actions/runs/:': { ask: async ({ run }) => ({ path: `/v1/actions/runs/${run}` }), status: 200 },
  'PATCH /v1/actions/runs/:': {
    ask: async (world) => ({ path: await newRun(world), body: { status: 'SUCCESS' } }),
    status: 200,
    others: [
      {
        status: 422,
        error: 'run_exhausted',
        ask: async (world) => ({ path: await endedRun(world), body: { status: 'FAILURE' } }),
      },
    ],
  },
  'PATCH /v1/actions/runs/:/approval': {
    ask: async (world) => {
      const identifier = fresh();
      await world.make('POST', '/v1/actions', { ...action(identifier), requiredApproval: true });
      return { path: `${await newRun(world, identifier)}/approval`, body: { status: 'APPROVE' } };
    },
    by: 'administrator',
    missing: { path: '/v1/actions/runs/r_absent/approval', body: { status: 'APPROVE' } },
    status: 201,
    others: [
      {
        status: 422,
        error: 'run_not_waiting_for_approval',
        ask: async ({ run }) => ({ path: `/v1/actions/runs/${run}/approval`, body: { status: 'APPROVE' } }),
      },
    ],
  },
  'GET /v1/actions/runs/:/approvers': {
    ask: async ({ run }) => ({ path: `/v1/actions/runs/${run}/approvers` }),
    missing: { path: '/v1/actions/runs/r_absent/approvers' },
    status: 200,
  },
  'GET /v1/actions/runs/:/logs': {
    ask: async ({ run }) => ({ path: `/v1/actions/runs/${run}/logs` }),
    missing: { path: '/v1/actions/runs/r_absent/logs' },
    status: 200,
  },
  'POST /v1/actions/runs/:/logs': {
    ask: async ({ run }) => ({ path: `/v1/actions/runs/${run}/logs`, body: { message: 'Working' } }),
    missing: { path: '/v1/actions/runs/r_absent/logs', body: { message: 'Working' } },
    status: 201,
    others: [
      {
        status: 422,
        error: 'run_exhausted',
        ask: async (world) => ({ path: `${await endedRun(world)}/logs`, body: { message: 'Late' } }),
      },
    ],
  },
  'POST /v1/actions/runs/claim-pending': {
    ask: {
      path: '/v1/actions/runs/claim-pending',
      body: { installationId: 'nobody', limit: 10, visibilityTimeoutMs: 60_000 },
    },
    status: 200,
  },
  'PATCH /v1/actions/runs/ack': {
    ask: offeredRun,
    status: 200,
    others: [{ status: 404, ask: { path: '/v1/actions/runs/ack', body: { runId: 'r_absent' } } }],
  },
  'PATCH /v1/actions/runs/:/response': {
    ask: async (world) => ({ path: `${await newRun(world)}/response`, body: { response: { status: 200 } } }),
    missing: { path: '/v1/actions/runs/r_absent/response', body: { response: {} } },
    status: 200,
  },
};
