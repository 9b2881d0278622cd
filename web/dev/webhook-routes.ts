import type { TestResult } from '../../src/webhooks/contract.ts';
import type { WireStream } from '../../src/deliveries/contract.ts';
import { ago } from './data/catalog.ts';
import { at, Refusal, type Route } from './reply.ts';

const webhook = {
  identifier: 'pulls',
  title: 'Pull requests',
  description: 'From the Git host of the organisation',
  enabled: true,
  integrationType: 'custom',
  mappings: [
    {
      blueprint: 'service',
      filter: '.headers."x-github-event" == "pull_request"',
      entity: { identifier: '.body.repository.name', properties: { tier: '.body.tier' } },
    },
  ],
  security: { secret: '********', signatureAlgorithm: 'sha256', signatureHeaderName: 'X-Hub-Signature-256' },
  webhookKey: 'k3yOfTheSampleWebhook',
  url: 'https://portal.example.com/hooks/in/k3yOfTheSampleWebhook',
  updatedAt: ago(30),
};

const tested: TestResult = {
  entities: [
    {
      mapping: 0,
      blueprint: 'service',
      operation: 'create',
      identifier: 'checkout',
      effect: 'changed',
      before: { title: 'Checkout', properties: { tier: 2 } },
      after: { title: 'Checkout', properties: { tier: 1 } },
      problem: null,
    },
  ],
  problems: [{ mapping: 0, item: null, field: 'entity.icon', message: 'gives nothing' }],
  passed: [{ seen: 1, passed: 1 }],
};

const requests = [
  {
    id: 'whr_1',
    receivedAt: ago(1),
    delivery: 'd-1',
    state: 'done',
    content: { body: { repository: { name: 'checkout' }, tier: 1 }, headers: {}, queryParams: {} },
    outcome: { written: 1, deleted: 0, problems: [] },
  },
];

const stream = {
  version: 1,
  createdAt: ago(900),
  createdBy: 'user_1',
  updatedAt: ago(900),
  updatedBy: 'user_1',
  waiting: 0,
  givenUp: 0,
  failing: null,
};
const eventStreams: readonly WireStream[] = [
  {
    ...stream,
    id: 'stream_audit',
    title: 'Audit archive',
    endpoint: 'https://audit.example.com/quayside?key=…',
    lastDelivered: { eventNumber: 20_481, at: ago(0.02) },
  },
  {
    ...stream,
    id: 'stream_bot',
    title: 'Release bot',
    endpoint: 'https://bot.example.com/events',
    waiting: 214,
    givenUp: 2,
    lastDelivered: { eventNumber: 20_266, at: ago(1.6) },
    failing: {
      delivery: 'dlv_1',
      eventNumber: 20_267,
      attempts: 21,
      status: 503,
      error: 'Answered 503: Service Unavailable',
      nextAttemptAt: ago(-0.05),
    },
  },
];

export const webhookRoutes: readonly Route[] = [
  { method: 'GET', pattern: at('/api/v1/event-streams'), handle: () => ({ body: { eventStreams } }) },
  { method: 'GET', pattern: at('/v1/webhooks'), handle: () => ({ body: { webhooks: [webhook] } }) },
  {
    method: 'GET',
    pattern: at('/v1/webhooks/:webhook'),
    handle: ({ params, response }) => {
      if (params[0] !== 'pulls') throw new Refusal(404, 'not_found', 'There is no such webhook.');
      response.setHeader('etag', '"1"');
      return { body: { webhook } };
    },
  },
  { method: 'GET', pattern: at('/api/v1/webhooks/:webhook/requests'), handle: () => ({ body: { requests } }) },
  { method: 'POST', pattern: at('/api/v1/webhooks/test'), handle: () => ({ body: tested }) },
];
