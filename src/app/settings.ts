import { httpSettings } from '#platform/http/config.ts';
import { databaseSettings } from '#platform/db/config.ts';
import { eventSettings } from '#platform/events/config.ts';
import { cryptoSettings } from '#platform/crypto/config.ts';
import { logSettings } from '#platform/log-config.ts';
import { accessSettings } from '#access/config.ts';
import { azureDevOpsSettings } from '#integrations/azure-devops/config.ts';
import { pipelineSettings } from '#pipelines/config.ts';
import { runSettings } from '#runs/config.ts';
import { githubSettings } from '#integrations/github/config.ts';
import { kafkaSettings } from '#integrations/kafka/config.ts';
import { gitlabSettings } from '#integrations/gitlab/config.ts';
import { slackSettings } from '#slack/config.ts';
import { sampleSettings } from '#sample/config.ts';
import { mailSettings } from '#platform/mail/config.ts';
import { egressSettings } from '#platform/egress/config.ts';

/** Every setting of the program, declared by the module that it belongs to. */
export const settings = {
  ...httpSettings,
  ...databaseSettings,
  ...eventSettings,
  ...cryptoSettings,
  ...logSettings,
  ...accessSettings,
  ...runSettings,
  ...pipelineSettings,
  ...githubSettings,
  ...gitlabSettings,
  ...kafkaSettings,
  ...azureDevOpsSettings,
  ...slackSettings,
  ...sampleSettings,
  ...egressSettings,
  ...mailSettings,
} as const;
