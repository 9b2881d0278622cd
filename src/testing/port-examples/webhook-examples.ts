import { type Examples, fresh, isThere, takesNothing, type World } from './example.ts';

const definition = { title: 'Webhook', enabled: true };
const newWebhook = async (world: World): Promise<string> => {
  const identifier = fresh();
  await world.make('POST', '/v1/webhooks', { identifier, ...definition });
  return `/v1/webhooks/${identifier}`;
};

export const webhookExamples: Examples = {
  'GET /v1/webhooks': { ask: { path: '/v1/webhooks' }, status: 200, never: isThere },
  'GET /v1/webhooks/metadata': { ask: { path: '/v1/webhooks/metadata' }, status: 200, never: isThere },
  'POST /v1/webhooks': {
    ask: async () => ({ path: '/v1/webhooks', body: { identifier: fresh(), ...definition } }),
    status: 200,
    never: { 404: 'a new webhook names nothing that has to be there' },
    others: [
      {
        status: 409,
        error: 'identifier_taken',
        ask: async (world) => {
          const identifier = (await newWebhook(world)).split('/').at(-1);
          return { path: '/v1/webhooks', body: { identifier, ...definition } };
        },
      },
    ],
  },
  'GET /v1/webhooks/:': { ask: async (world) => ({ path: await newWebhook(world) }), status: 200 },
  'PUT /v1/webhooks/:': {
    ask: async (world) => ({ path: await newWebhook(world), body: { ...definition, title: 'Replaced' } }),
    status: 200,
  },
  'PATCH /v1/webhooks/:': {
    ask: async (world) => ({ path: await newWebhook(world), body: { title: 'Changed' } }),
    status: 200,
  },
  'DELETE /v1/webhooks/:': {
    ask: async (world) => ({ path: await newWebhook(world) }),
    status: 200,
    never: takesNothing,
  },
};
