import { setTimeout as wait } from 'node:timers/promises';
import type { DecideResult, Decision } from '#approvals/decide-approval.ts';
import type { Command } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Egress } from '#platform/egress/egress.ts';
import type { Module } from '#platform/module.ts';
import type { CommandParts } from '#slack/commands/run-command.ts';
import { transportOf } from '#slack/connection.ts';
import { createSlackConnections, type SlackConnections } from '#slack/connection-store.ts';
import { createSlackHttp } from '#slack/create-slack-http.ts';
import { slackModule } from '#slack/module.ts';
import { createSocketOpener } from '#slack/sockets/create-socket-opener.ts';
import type { RunBackend } from '#runs/backend.ts';
import { createMessageBackend } from '#slack/message-backend.ts';
import { createReminderBackend } from '#slack/reminder-backend.ts';
import { createReadWorkspace } from '#slack/read-workspace.ts';
import type { ReminderParts } from '#slack/send-reminder.ts';
import type { AppOptions } from './build-app.ts';
import { isEmulated } from './describe-connections.ts';
import type { Queue } from './modules.ts';

export interface SlackParts {
  /** Built last, because people run actions from Slack and actions post there. */
  readonly createModule: (uses: Pick<CommandParts, 'actions' | 'find'>) => Module & { close(): Promise<void> };
  readonly connections: SlackConnections;
  readonly reminders: ReminderParts;
  readonly backends: readonly RunBackend[];
}

export interface SlackWiring {
  readonly core: Core;
  readonly options: AppOptions;
  readonly queue: Queue;
  readonly secrets: SecretBox;
  readonly egress: Egress;
  readonly decide: Command<Decision, DecideResult>;
}

/** Slack, connected by each organisation's own settings or by those of the environment. */
export function buildSlack({ core, options, queue, secrets, egress, decide }: SlackWiring): SlackParts {
  const { config } = options;
  const isLocal = (apiUrl: string): boolean => isEmulated(options, apiUrl);
  const savedApiUrl = isLocal(config.slackApiUrl) ? 'https://slack.com/api' : config.slackApiUrl;
  const environment = { ...config, savedApiUrl };
  const connections = createSlackConnections({ db: core.db, secrets, environment, log: core.log });
  const http = createSlackHttp(egress);
  const reminders: ReminderParts = {
    db: core.db,
    clock: core.clock,
    publicUrl: core.publicUrl,
    http,
    wait,
    slackTransport: async (orgId) => transportOf(await connections.of(orgId)),
  };
  return {
    connections,
    reminders,
    backends: [createReminderBackend(reminders), createMessageBackend(reminders)],
    createModule: (uses) =>
      slackModule({
        ...uses,
        core,
        secrets,
        environment,
        connections,
        http,
        reminders,
        isEmulated: isLocal,
        enqueue: queue.enqueue,
        wake: queue.wake,
        enqueueNow: queue.enqueueNow,
        decide,
        readWorkspace: createReadWorkspace(http, core.clock),
        openSocket: createSocketOpener(egress),
      }),
  };
}
