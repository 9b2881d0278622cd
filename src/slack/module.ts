import type { Module } from '#platform/module.ts';
import { accountRoutes } from './accounts/account-routes.ts';
import { connectionRoutes, type ConnectionRouteParts } from './connection-routes.ts';
import { deleteOldInteractions } from './interaction-store.ts';
import { type InteractionHandler, slackJobs } from './jobs.ts';
import { decisionFormHandler, decisionSubmitHandler } from './decide-in-form.ts';
import { approvalHandler, type DecideParts } from './decide-in-slack.ts';
import { commandHandler, type CommandParts, formButtonHandler } from './commands/run-command.ts';
import { findChoices } from './commands/find-choices.ts';
import { followFormHandler } from './commands/follow-form.ts';
import { submitFormHandler } from './commands/submit-form.ts';
import { failedMessageRoutes } from './failed-message-routes.ts';
import { channelRoutes } from './channels/channel-routes.ts';
import { SocketKeeper } from './sockets/keep-sockets.ts';
import type { OpenSocket } from './sockets/create-socket-opener.ts';
import { receiveInteraction } from './receive-interaction.ts';
import { openHomeHandler } from './home/open-home.ts';
import { previewHandler } from './links/preview-links.ts';
import { approvalReader, catchUpReader, homeReader, runMessageReader } from './reactions.ts';
import { linkRoutes } from './link-routes.ts';
import { receiverRoutes, type ReceiverParts } from './receiver-routes.ts';
import { reminderRoutes } from './reminder-routes.ts';
import type { ReminderParts } from './send-reminder.ts';
import { testButtonHandler } from './test-connection.ts';

export interface SlackModuleParts
  extends ConnectionRouteParts, Omit<ReceiverParts, 'handlers' | 'findChoices'>, DecideParts, CommandParts {
  readonly reminders: ReminderParts;
  readonly openSocket: OpenSocket;
}

const day = 86_400;
const socketSeconds = 5;

export function slackModule(parts: SlackModuleParts): Module & { close(): Promise<void> } {
  const { core } = parts;
  const handlers: readonly InteractionHandler[] = [
    testButtonHandler(parts),
    decisionFormHandler(parts),
    decisionSubmitHandler(parts),
    approvalHandler(parts),
    commandHandler(parts),
    formButtonHandler(parts),
    followFormHandler(parts),
    submitFormHandler(parts),
    openHomeHandler(parts),
    previewHandler(parts),
  ];
  const intake = {
    ...parts,
    handlers,
    findChoices: async (...question: Parameters<ReceiverParts['findChoices']>) => findChoices(parts, ...question),
  };
  const sockets = new SocketKeeper({
    ...parts,
    receive: async (connection, inbound) => receiveInteraction(intake, [connection], inbound),
  });
  return {
    name: 'slack',
    close: async () => sockets.close(),
    routes: [
      ...reminderRoutes({ ...parts.reminders, secrets: parts.secrets }),
      ...connectionRoutes(parts),
      ...receiverRoutes(intake),
      ...linkRoutes(core),
      ...accountRoutes(core),
      ...channelRoutes(parts),
      ...failedMessageRoutes(core),
    ],
    readers: [approvalReader, catchUpReader, runMessageReader, homeReader],
    jobs: slackJobs({ ...parts, handlers }),
    chores: [
      { name: 'keep-slack-sockets', everySeconds: socketSeconds, run: async () => sockets.keep() },
      {
        name: 'delete-old-slack-interactions',
        everySeconds: day,
        run: async () => deleteOldInteractions(core.db, core.clock.now()),
      },
    ],
  };
}
