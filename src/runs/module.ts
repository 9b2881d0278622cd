import type { Core } from '#platform/core.ts';
import type { ChangeWatch } from '#platform/events/change-watch.ts';
import type { Module } from '#platform/module.ts';
import { runApprovalRoutes, type RunApprovalParts } from './approval-routes.ts';
import { claimRoutes } from './claim-routes.ts';
import { overdueRunsChore } from './end-overdue-runs.ts';
import { createHideRunSecrets } from './hide-run-secrets.ts';
import { purgeRunsChore, type RunRetention } from './purge-runs.ts';
import { runJobs, type RunJobParts } from './jobs.ts';
import { dispatchReader } from './reactions.ts';
import { runRoutes } from './routes.ts';
import { runStreamRoutes } from './stream-routes.ts';
import { strandedRunsChore } from './find-stranded-runs.ts';
import { timelineRoutes } from './timeline-routes.ts';

export interface RunsOptions extends Omit<RunJobParts, 'core'> {
  readonly decide: RunApprovalParts['decide'];
  readonly watch: ChangeWatch;
  readonly retention: RunRetention;
}

export function runsModule(core: Core, options: RunsOptions): Module {
  return {
    name: 'runs',
    routes: [
      ...runRoutes(core.db, createHideRunSecrets(options.secrets)),
      ...claimRoutes(core, options.secrets),
      ...runStreamRoutes({ db: core.db, watch: options.watch }),
      ...timelineRoutes(core.db),
      ...runApprovalRoutes({ db: core.db, decide: options.decide }),
    ],
    readers: [dispatchReader],
    jobs: runJobs({ core, ...options }),
    chores: [strandedRunsChore({ core, ...options }), overdueRunsChore(core), purgeRunsChore(core, options.retention)],
  };
}
