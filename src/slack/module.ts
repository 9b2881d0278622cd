import type { Module } from '#platform/module.ts';
import { reminderRoutes } from './reminder-routes.ts';
import type { ReminderParts } from './send-reminder.ts';

export function slackModule(reminders: ReminderParts): Module {
  return { name: 'slack', routes: reminderRoutes(reminders) };
}
