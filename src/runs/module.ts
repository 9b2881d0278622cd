import type { Core } from '#platform/core.ts';
import type { Module } from '#platform/module.ts';
import { runJobs, type RunJobParts } from './jobs.ts';
import { dispatchReader } from './reactions.ts';
import { runRoutes } from './routes.ts';

export function runsModule(core: Core, options: Omit<RunJobParts, 'core'>): Module {
  return {
    name: 'runs',
    routes: runRoutes(core.db),
    readers: [dispatchReader],
    jobs: runJobs({ core, ...options }),
  };
}
