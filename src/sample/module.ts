import type { Module } from '#platform/module.ts';
import type { SlackView } from './counterparts/slack/slack-channel-view.ts';
import { sampleRoutes } from './routes.ts';

/** Null while the program has no local Slack. */
export function sampleModule(slack: SlackView | null): Module {
  return { name: 'sample', routes: sampleRoutes(slack) };
}
