import { authorize } from '#access/permissions.ts';
import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { etag, ok, type Reply, route, type Route } from '#platform/http/route.ts';
import { TestBody, WebhookBody, WebhookPatch, WebhookPath } from './contract.ts';
import { createWebhook, deleteWebhook, patchWebhook, replaceWebhook } from './save-webhook.ts';
import { testMappings, type TestParts } from './test-mappings.ts';
import { getWebhook, listRequests, listWebhooks, toWireWebhook, type Webhook } from './webhook-queries.ts';

const tag = 'Incoming webhooks';
const all = '/v1/webhooks';
const one = `${all}/:webhook`;

export interface WebhookRouteParts extends TestParts {
  readonly core: Core;
  readonly secrets: SecretBox;
}

export function webhookRoutes(parts: WebhookRouteParts): readonly Route[] {
  return [...reads(parts), ...writes(parts), ...ownRoutes(parts)];
}

function reads({ core }: WebhookRouteParts): readonly Route[] {
  const { db, publicUrl } = core;
  return [
    route({
      method: 'GET',
      path: all,
      summary: 'List the incoming webhooks',
      tag,
      access: 'known',
      async handle({ actor }) {
        authorize(actor, 'organisation.manage');
        const webhooks = (await listWebhooks(db, actor.orgId)).map((webhook) => toWireWebhook(webhook, publicUrl));
        // Clients differ in the key that they read.
        return ok({ integrations: webhooks, webhooks });
      },
    }),
    route({
      method: 'GET',
      path: `${all}/metadata`,
      summary: 'List the incoming webhooks as everybody may see them',
      tag,
      access: 'known',
      async handle({ actor }) {
        authorize(actor, 'catalog.read');
        const webhooks = (await listWebhooks(db, actor.orgId)).map(({ identifier, document, updatedAt }) => {
          const { title, icon = null } = document;
          return { identifier, title, icon, updatedAt: updatedAt.toISOString() };
        });
        return ok({ integrations: webhooks, webhooks });
      },
    }),
    route({
      method: 'GET',
      path: one,
      summary: 'Read an incoming webhook, without its secret',
      tag,
      access: 'known',
      request: { params: WebhookPath },
      async handle({ actor, params }) {
        authorize(actor, 'organisation.manage');
        return shown(core, await getWebhook(db, actor.orgId, params.webhook));
      },
    }),
  ];
}

function shown({ publicUrl }: Core, webhook: Webhook): Reply {
  const wire = toWireWebhook(webhook, publicUrl);
  return ok({ integration: wire, webhook: wire }, etag(webhook.version));
}

function writes({ core, secrets }: WebhookRouteParts): readonly Route[] {
  const create = createWebhook(secrets);
  const replace = replaceWebhook(secrets);
  const patch = patchWebhook(secrets);
  const remove = deleteWebhook();
  return [
    route({
      method: 'POST',
      path: all,
      summary: 'Create an incoming webhook: an address, and mappings from what is sent there to entities',
      tag,
      access: 'known',
      request: { body: WebhookBody },
      handle: async ({ body, execute }) => shown(core, await execute(create, body)),
    }),
    route({
      method: 'PUT',
      path: one,
      summary: 'Replace an incoming webhook; its address stays',
      tag,
      access: 'known',
      request: { params: WebhookPath, body: WebhookBody },
      handle: async ({ params, body, expectedVersion, execute }) =>
        shown(core, await execute(replace, { ...params, body, expectedVersion })),
    }),
    route({
      method: 'PATCH',
      path: one,
      summary: 'Change an incoming webhook; what is left out stays',
      tag,
      access: 'known',
      request: { params: WebhookPath, body: WebhookPatch },
      handle: async ({ params, body, expectedVersion, execute }) =>
        shown(core, await execute(patch, { ...params, body, expectedVersion })),
    }),
    route({
      method: 'DELETE',
      path: one,
      summary: 'Delete an incoming webhook; what it wrote stays',
      tag,
      access: 'known',
      request: { params: WebhookPath },
      async handle({ params, expectedVersion, execute }) {
        await execute(remove, { ...params, expectedVersion });
        return ok({});
      },
    }),
  ];
}

function ownRoutes(parts: WebhookRouteParts): readonly Route[] {
  const { db } = parts;
  return [
    route({
      method: 'GET',
      path: '/api/v1/webhooks/:webhook/requests',
      summary: 'The latest requests of an incoming webhook and what came of them',
      tag,
      access: 'known',
      request: { params: WebhookPath },
      async handle({ actor, params }) {
        authorize(actor, 'organisation.manage');
        const requests = await listRequests(db, await getWebhook(db, actor.orgId, params.webhook));
        return ok({
          requests: requests.map(({ receivedAt, ...request }) => ({
            ...request,
            receivedAt: receivedAt.toISOString(),
          })),
        });
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/webhooks/test',
      summary: 'What mappings would write of a sample; writes nothing',
      tag,
      access: 'known',
      request: { body: TestBody },
      async handle({ actor, body, execute }) {
        authorize(actor, 'organisation.manage');
        return ok({ ...(await testMappings(parts, { actor, execute }, body)) });
      },
    }),
  ];
}
