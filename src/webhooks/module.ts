import type { EntityParts } from '#catalog/apply-changes.ts';
import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import type { Module } from '#platform/module.ts';
import { webhookChores, webhookJobs } from './jobs.ts';
import { requestReader } from './reactions.ts';
import { receiverRoutes } from './receiver-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

export interface WebhooksOptions {
  readonly core: Core;
  readonly catalog: EntityParts;
  readonly secrets: SecretBox;
  readonly jq: JqPool;
}

/** Addresses where other systems tell what happened, and mappings that make entities of it. */
export function webhooksModule(options: WebhooksOptions): Module {
  return {
    name: 'webhooks',
    routes: [...webhookRoutes({ ...options, db: options.core.db }), ...receiverRoutes(options)],
    readers: [requestReader],
    jobs: webhookJobs(options),
    chores: webhookChores(options),
  };
}
