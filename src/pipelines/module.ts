import type { Core } from '#platform/core.ts';
import type { ChangeWatch } from '#platform/events/change-watch.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import type { Module } from '#platform/module.ts';
import { executionRoutes, type ExecutionRouteParts } from './execution-routes.ts';
import { executionStreamRoute } from './execution-stream-routes.ts';
import { gateExecutionRoutes } from './gate-execution-routes.ts';
import { gateRoutes } from './gate-routes.ts';
import { pipelineJobs, sweepChore } from './jobs.ts';
import { pipelineRoutes } from './pipeline-routes.ts';
import { advanceReader } from './reactions.ts';
import { resolveActor } from './resolve-actor.ts';
import { stageKinds } from './stages/stage-kinds.ts';

export interface PipelinesOptions extends Pick<ExecutionRouteParts, 'decide'> {
  readonly watch: ChangeWatch;
  readonly jq: JqPool;
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

export function pipelinesModule(core: Core, options: PipelinesOptions): Module {
  const { db } = core;
  const { jq } = options;
  const kinds = stageKinds({ db, jq });
  const engine = {
    ...options,
    core,
    kinds,
    actorFor: resolveActor.bind(null, db),
  };
  return {
    name: 'pipelines',
    routes: [
      ...pipelineRoutes({ db, jq, kinds }),
      ...executionRoutes(engine),
      executionStreamRoute(db, options.watch),
      ...gateRoutes({ db, jq, kinds }),
      ...gateExecutionRoutes(engine),
    ],
    readers: [advanceReader],
    jobs: pipelineJobs(engine),
    chores: [sweepChore(engine)],
  };
}
