import { pipelineChannel } from '../workspace/pipelines.ts';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { send } from '#cli/send.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import type { GitHubCounterpart, GitHubCounterpartOptions } from '../counterparts/github/github-counterpart.ts';
import { senderStep } from '../counterparts/github/sender-step.ts';
import type { SlackCounterpart } from '../counterparts/slack/slack-counterpart.ts';
import { startEmulators } from '../counterparts/start-emulators.ts';
import { people } from '../workspace/people.ts';
import { workflowRepository } from '../workspace/actions.ts';
import { openSampleServices } from './sample-services.ts';

export interface SampleServersOptions {
  /** Keeps ports and tokens, so that they outlive a restart. */
  readonly dataDirectory: string;
  /** Where Quayside listens on this machine. */
  readonly quaysideUrl: string;
  /** Where people reach it; links in messages lead there. */
  readonly publicUrl: string;
  /** The real ones, as far as they are configured: what is there is not emulated. */
  readonly real: { readonly slack: boolean; readonly slackWebhookUrl: string | null; readonly github: boolean };
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds that each step of a workflow or of the backend takes at least; a person wants to watch. */
  readonly paceMilliseconds?: number;
}

export interface SampleServers {
  /** `127.0.0.1:<port>` of everything started, for the egress allow list. */
  readonly authorities: readonly string[];
  /** What the program takes for settings that nobody gave. */
  readonly settings: SampleSettings;
  readonly changelogUrl: string;
  readonly backendUrl: string;
  readonly slack: SlackCounterpart | null;
  /** Hands the organisation's credentials to those who call back. */
  connect(credentials: { readonly clientId: string; readonly clientSecret: string }): Promise<void>;
  close(): Promise<void>;
}

export interface SampleSettings {
  readonly slackApiUrl?: string;
  readonly slackBotToken?: string;
  readonly slackSigningSecret?: string;
  readonly slackWebhookUrl?: string;
  readonly slackChannel?: string;
  readonly githubApiUrl?: string;
  readonly githubToken?: string;
  readonly githubWebhookSecret?: string;
}

const reminderChannel = 'production-readiness';
const healthChannel = 'deployments';
const defaultPace = 700;
const webhookSecretBytes = 32;

/** Everything of the sample that is not Quayside: Slack, GitHub, a listener and a backend, all on this machine. */
export async function startSampleServers(options: SampleServersOptions): Promise<SampleServers> {
  const { dataDirectory, real, log, paceMilliseconds = defaultPace } = options;
  const githubWebhookSecret = randomBytes(webhookSecretBytes).toString('base64url');
  const services = await openSampleServices(join(dataDirectory, 'sample-services-port'));
  const { slack, github, ...emulators } = await startEmulators({
    slack: real.slack ? null : slackSeed,
    github: real.github ? null : githubSeed({ ...options, paceMilliseconds }, githubWebhookSecret),
    addressFile: join(dataDirectory, 'emulators.json'),
    log,
  }).catch(async (error: unknown) => {
    await services.close();
    throw error;
  });
  const webhookFor = (channel: string): string | null => slack?.incomingWebhookUrl(channel) ?? real.slackWebhookUrl;
  return {
    authorities: [...emulators.authorities, services.authority],
    settings: {
      ...(slack === null ? {} : slackSettings(slack)),
      ...(github === null ? {} : { githubApiUrl: github.apiUrl, githubToken: github.token, githubWebhookSecret }),
    },
    changelogUrl: services.changelogUrl,
    backendUrl: services.backendUrl,
    slack,
    async connect(credentials) {
      slack?.setInteractivityUrl(`${options.quaysideUrl}/notifications/callbacks/slack`);
      if (github !== null) giveSecrets(github, credentials, webhookFor(reminderChannel));
      const slackWebhookUrl = webhookFor(healthChannel);
      await services.connect({ ...options, ...credentials, slackWebhookUrl, paceMilliseconds });
    },
    async close() {
      await emulators.close();
      await services.close();
    },
  };
}

const slackSeed = {
  channels: [{ name: reminderChannel }, { name: healthChannel }, { name: pipelineChannel }],
  users: people.map(({ email, firstName, lastName }) => ({
    name: email.replace(/@.*$/, ''),
    realName: `${firstName} ${lastName}`,
    email,
  })),
};

function githubSeed(
  options: SampleServersOptions & { readonly paceMilliseconds: number },
  webhookSecret: string,
): GitHubCounterpartOptions {
  const { quaysideUrl, publicUrl, paceMilliseconds } = options;
  return {
    quaysideUrl,
    repositories: [{ ...workflowRepository, description: 'Workflows behind self-service actions' }],
    workflowsDirectory: fileURLToPath(new URL('workflows', import.meta.url)),
    steps: {
      // Links in the message are for people, who may reach Quayside at another address than a process here.
      'port-labs/port-sender': senderStep(async (io) =>
        send({ ...io, env: { ...io.env, INPUT_PORT_APP_URL: publicUrl } }),
      ),
    },
    webhook: { url: `${quaysideUrl}/hooks/github`, secret: webhookSecret },
    pace: { queuedMilliseconds: paceMilliseconds, stepMilliseconds: paceMilliseconds },
  };
}

function slackSettings(slack: SlackCounterpart): SampleSettings {
  return {
    slackApiUrl: slack.apiUrl.replace(/\/$/, ''),
    slackBotToken: slack.botToken,
    slackSigningSecret: slack.signingSecret,
    slackWebhookUrl: slack.incomingWebhookUrl(reminderChannel),
    slackChannel: `#${reminderChannel}`,
  };
}

function giveSecrets(
  github: GitHubCounterpart,
  credentials: { readonly clientId: string; readonly clientSecret: string },
  slackWebhookUrl: string | null,
): void {
  github.setSecret('PORT_CLIENT_ID', credentials.clientId);
  github.setSecret('PORT_CLIENT_SECRET', credentials.clientSecret);
  if (slackWebhookUrl !== null) github.setSecret('SLACK_WEBHOOK_URL', slackWebhookUrl);
}
