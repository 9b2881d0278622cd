import { knownTypes } from '../src/pipelines/stage-types.ts';
import { deliveryConfig, environments } from './data/environments.ts';
import { executions, pipelines, stuck } from './data/pipelines.ts';
import { at, Refusal, type Route } from './reply.ts';

function found<Thing extends { readonly id: string }>(things: readonly Thing[], id: string | undefined): Thing {
  const thing = things.find((one) => one.id === id);
  if (thing === undefined) throw new Refusal(404, 'not_found', `"${id}" was not found`);
  return thing;
}

/** Pipelines to look at; nothing of them runs here. */
const stageTypes = [
  {
    type: 'deployLegacy',
    label: 'Deploy to the old cluster',
    description: 'Asks the release machine of the old cluster, and waits until it is through.',
    url: 'https://deploy.example.com/releases',
    method: 'POST',
    waitForCompletion: true,
    parameters: [
      { name: 'version', label: 'Version', description: 'As the registry calls it.' },
      { name: 'target', label: 'Target', defaultValue: 'staging' },
    ],
    version: 3,
  },
  {
    type: 'freezeCheck',
    label: 'Check the freeze calendar',
    enabled: false,
    url: 'https://calendar.example.com/freeze',
    method: 'GET',
    version: 1,
  },
];

export const pipelineRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: at('/api/v1/applications'),
    handle: () => ({
      body: {
        applications: [
          { name: 'checkout', description: 'The way to an order.', pipelines: pipelines.length, writable: true },
        ],
      },
    }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/applications/:name'),
    handle: ({ params }) => ({
      body: {
        application: {
          name: params[0],
          description: 'The way to an order.',
          pipelines: pipelines.length,
          writable: true,
        },
      },
    }),
  },
  { method: 'GET', pattern: at('/api/v1/applications/:name/environments'), handle: () => ({ body: { environments } }) },
  {
    method: 'GET',
    pattern: at('/api/v1/applications/:name/delivery-config'),
    handle: ({ response }) => {
      response.setHeader('etag', '"1"');
      return { body: { deliveryConfig: { document: deliveryConfig } } };
    },
  },
  {
    method: 'POST',
    pattern: at('/api/v1/applications/:name/delivery-config/validate'),
    handle: () => ({ body: { problems: [] } }),
  },
  { method: 'GET', pattern: at('/api/v1/pipelines'), handle: () => ({ body: { pipelines } }) },
  {
    method: 'GET',
    pattern: at('/api/v1/preconfigured-webhooks'),
    handle: () => ({ body: { preconfiguredWebhooks: stageTypes } }),
  },
  { method: 'GET', pattern: at('/api/v1/stage-types'), handle: () => ({ body: { stageTypes: knownTypes } }) },
  {
    method: 'GET',
    pattern: at('/gate/v2/pipelineTemplates/:id'),
    handle: () => ({
      body: {
        variables: [
          { name: 'service', type: 'string', description: 'What is rolled out.' },
          { name: 'soak', type: 'int', description: 'How long to wait, in seconds.', defaultValue: 60 },
        ],
      },
    }),
  },
  {
    method: 'POST',
    pattern: at('/api/v1/pipelines/validate'),
    handle: ({ body }) => ({
      body: {
        problems:
          (body['stages'] as unknown[]).length > 0
            ? []
            : [{ path: 'stages', refId: null, message: 'A pipeline needs at least one stage.' }],
      },
    }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/pipelines/:id'),
    handle: ({ params, response }) => {
      const pipeline = found(pipelines, params[0]);
      response.setHeader('etag', `"${pipeline.version}"`);
      return { body: { pipeline } };
    },
  },
  {
    method: 'GET',
    pattern: at('/api/v1/pipelines/:id/revisions'),
    handle: ({ params }) => {
      const { document, updatedAt, updatedBy } = found(pipelines, params[0]);
      const saved = { savedAt: updatedAt, savedBy: updatedBy };
      return {
        body: {
          revisions: [
            { version: 2, document, ...saved },
            { version: 1, document: { ...document, description: 'Checks and a rollout.' }, ...saved },
          ],
        },
      };
    },
  },
  {
    method: 'GET',
    pattern: at('/api/v1/executions'),
    handle: ({ query }) => ({
      body: { executions: query.has('stuck') ? stuck : executions, next: null },
    }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/executions/:id'),
    handle: ({ params }) => ({ body: { execution: found(executions, params[0]) } }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/executions/:id/stream'),
    handle: ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': hello\n\n');
      return 'handled';
    },
  },
];
