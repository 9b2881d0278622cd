import type { Module } from '#platform/module.ts';
import { connectionRoutes, type ConnectionRouteParts } from './connection-routes.ts';
import { deleteOldInteractions } from './interaction-store.ts';
import { type InteractionHandler, slackJobs } from './jobs.ts';
import { approvalHandler, type DecideParts } from './decide-in-slack.ts';
import { approvalReader } from './reactions.ts';
import { linkRoutes } from './link-routes.ts';
import { receiverRoutes, type ReceiverParts } from './receiver-routes.ts';
import { reminderRoutes } from './reminder-routes.ts';
import type { ReminderParts } from './send-reminder.ts';
import { testButtonHandler } from './test-connection.ts';

export interface SlackModuleParts extends ConnectionRouteParts, ReceiverParts, DecideParts {
  readonly reminders: ReminderParts;
}

const day = 86_400;

export function slackModule(parts: SlackModuleParts): Module {
  const { core } = parts;
  const handlers: readonly InteractionHandler[] = [testButtonHandler(parts), approvalHandler(parts)];
  return {
    name: 'slack',
    routes: [
      ...reminderRoutes(parts.reminders),
      ...connectionRoutes(parts),
      ...receiverRoutes(parts),
      ...linkRoutes(parts),
    ],
    readers: [approvalReader],
    jobs: slackJobs({ ...parts, handlers }),
    chores: [
      {
        name: 'delete-old-slack-interactions',
        everySeconds: day,
        run: async () => deleteOldInteractions(core.db, core.clock.now()),
      },
    ],
  };
}
