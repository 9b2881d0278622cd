import type { EntityParts } from '#catalog/apply-changes.ts';
import { createAzureDevOpsBackend } from '#integrations/azure-devops/azure-devops-backend.ts';
import { createIntegrationActionBackend } from '#integrations/agent/integration-action-backend.ts';
import { createKafkaBackend } from '#integrations/kafka/kafka-backend.ts';
import type { KafkaAccess } from '#integrations/kafka/kafka-access.ts';
import { createKafkaSenders } from '#integrations/kafka/kafka-senders.ts';
import type { OwnApi } from '#integrations/webhook/own-api.ts';
import { openConnection, webhookSecrets } from '#integrations/connections/connection-store.ts';
import { createConnections, type InstallationConnections } from '#integrations/connections/read-connections.ts';
import { connectionRoutes } from '#integrations/connections/routes.ts';
import { createUpsertEntityBackend } from '#integrations/entity/upsert-entity-backend.ts';
import { createGitHubBackend } from '#integrations/github/github-backend.ts';
import { githubRoutes } from '#integrations/github/routes.ts';
import { workflowRoutes } from '#integrations/github/workflow-routes.ts';
import { createGitLabBackend } from '#integrations/gitlab/gitlab-backend.ts';
import { integrationRoutes } from '#integrations/routes.ts';
import { createWebhookBackend } from '#integrations/webhook/webhook-backend.ts';
import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Egress } from '#platform/egress/egress.ts';
import type { Module } from '#platform/module.ts';
import type { RunBackend } from '#runs/backend.ts';
import { followQueue } from '#runs/jobs.ts';
import type { SlackConnections } from '#slack/connection-store.ts';
import type { AppOptions } from './build-app.ts';
import { describeConnections } from './describe-connections.ts';
import type { Queue } from './modules.ts';

export interface IntegrationParts {
  readonly core: Core;
  readonly options: AppOptions;
  readonly queue: Queue;
  readonly secrets: SecretBox;
  readonly egress: Egress;
  readonly entityParts: EntityParts;
  readonly slack: SlackConnections;
  readonly ownApi: OwnApi;
  /** Signs what the organisation sends. */
  readonly signingSecret: (orgId: string) => Promise<string>;
}

/** What does the work of actions at other systems, and the doors through which these report. */
export function buildIntegrations(parts: IntegrationParts): {
  readonly backends: readonly RunBackend[];
  readonly module: Module;
  close(): Promise<void>;
} {
  const { core, options, queue, secrets, egress, entityParts, slack, signingSecret, ownApi } = parts;
  const { db, clock, runner, publicUrl } = core;
  const installation = installationConnections(options);
  const kafka = createKafkaSenders({
    egress,
    connectionOf: async (orgId) => openConnection(db, secrets, orgId, 'kafka'),
    installation: installationKafka(options),
  });
  const connections = createConnections({ db, secrets, egress, clock, installation, signingSecret });
  return {
    backends: [
      createWebhookBackend({ egress, clock, signingSecret, ownApi, publicUrl, kafkaOf: kafka.of }),
      createGitHubBackend(connections.github),
      createGitLabBackend(connections.gitlab),
      createAzureDevOpsBackend({ egress, targetOf: connections.azureDevOps, publicUrl }),
      createKafkaBackend(kafka.of),
      createIntegrationActionBackend(),
      createUpsertEntityBackend({ runner, catalog: entityParts }),
    ],
    close: async () => kafka.close(),
    module: {
      name: 'integrations',
      routes: [
        ...integrationRoutes(async (orgId) => describeConnections(options, slack, orgId)),
        ...connectionRoutes(db, secrets, { egress, ...installation }),
        ...workflowRoutes(connections.github),
        ...githubRoutes({
          db,
          webhookSecrets: async () => gitHubSecrets(parts),
          followNow: async (runs) =>
            queue.enqueueNow(
              followQueue,
              runs.map((run) => ({ data: { ...run, askedTimes: 0, once: true } })),
            ),
        }),
      ],
    },
  };
}

async function gitHubSecrets({
  core,
  options,
  secrets,
}: IntegrationParts): ReturnType<Parameters<typeof githubRoutes>[0]['webhookSecrets']> {
  const { githubWebhookSecret: secret } = options.config;
  const own = await webhookSecrets(core.db, secrets, 'github');
  return [...(secret === null ? [] : [{ orgId: null, secret }]), ...own];
}

function installationConnections({ config }: AppOptions): InstallationConnections {
  const { githubToken, githubAppId, githubAppPrivateKey, githubAppInstallationId: installationId } = config;
  const app =
    githubAppId === null || githubAppPrivateKey === null
      ? null
      : ({
          kind: 'app',
          appId: githubAppId,
          privateKey: githubAppPrivateKey.replaceAll('\\n', '\n'),
          ...(installationId === null ? {} : { installationId }),
        } as const);
  const token = githubToken === null ? null : ({ kind: 'token', token: githubToken } as const);
  return { ...config, github: app ?? token };
}

function installationKafka({ config }: AppOptions): KafkaAccess | null {
  const { kafkaBrokers, kafkaTls, kafkaSaslMechanism: mechanism, kafkaUsername, kafkaPassword } = config;
  if (kafkaBrokers === null) return null;
  const brokers = kafkaBrokers.split(',').map((broker) => broker.trim());
  const signedIn = mechanism !== null && kafkaUsername !== null && kafkaPassword !== null;
  return {
    brokers,
    tls: kafkaTls === 'on',
    sasl: signedIn ? { mechanism, username: kafkaUsername, password: kafkaPassword } : null,
  };
}
