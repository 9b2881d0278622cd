import type { Module } from '#platform/module.ts';
import { sampleRoutes } from './routes.ts';
import type { SampleSlack } from './sample-slack.ts';

/** Null while the program has no local Slack. */
export function sampleModule(slack: SampleSlack | null): Module {
  return { name: 'sample', routes: sampleRoutes(slack) };
}
