import type { ExecuteParts } from '#actions/execute-action.ts';
import type { Core } from '#platform/core.ts';
import type { Egress } from '#platform/egress/egress.ts';
import type { ChangeWatch } from '#platform/events/change-watch.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import type { Module } from '#platform/module.ts';
import { executionBatches } from './advance-execution.ts';
import { callJobs } from './call-jobs.ts';
import { environmentRoutes } from './environments/environment-routes.ts';
import { gateManagedRoutes } from './environments/gate-managed-routes.ts';
import { executionRoutes, type ExecutionRouteParts } from './execution-routes.ts';
import { executionStreamRoute } from './execution-stream-routes.ts';
import { expressionRoutes } from './expression-routes.ts';
import { strandedCallsChore } from './find-stranded-calls.ts';
import { cronChore } from './fire-triggers.ts';
import { gateDoor } from './authorize-gate.ts';
import { gateExecutionRoutes } from './gate-execution-routes.ts';
import { gateRoutes } from './gate-routes.ts';
import { gateTaskRoutes } from './gate-task-routes.ts';
import { gateToolRoutes } from './gate-tool-routes.ts';
import { pipelineJobs, sweepChore } from './jobs.ts';
import { notifyJobs, type NotifyParts, oldNoticesChore } from './notify-jobs.ts';
import { pipelineRoutes } from './pipeline-routes.ts';
import { preconfiguredRoutes } from './preconfigured/preconfigured-routes.ts';
import { purgeExecutionsChore } from './purge-executions.ts';
import { advanceReader } from './reactions.ts';
import { actorResolver } from './resolve-actor.ts';
import { stageKinds } from './stages/stage-kinds.ts';
import { executionStarts } from './start-execution.ts';
import { callReader, triggerReader } from './trigger-reactions.ts';
import { triggerRoutes } from './trigger-routes.ts';

export interface PipelinesOptions
  extends Pick<ExecutionRouteParts, 'decide'>, Pick<NotifyParts, 'postNotice' | 'mailer' | 'signingSecret'> {
  readonly retention: { readonly executionRetentionDays: number };
  /** For stages that run actions; secrets and backends among it. */
  readonly actions: ExecuteParts;
  readonly egress: Egress;
  readonly watch: ChangeWatch;
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

export function pipelinesModule(core: Core, options: PipelinesOptions): Module {
  const { db } = core;
  const { jq, secrets, openSecrets } = options.actions;
  const kinds = stageKinds(options.actions);
  const actorFor = actorResolver(db);
  const parts = {
    ...options,
    core,
    jq,
    kinds,
    secrets,
    openSecrets,
    actorFor,
    batches: executionBatches(core, kinds),
    startExecution: executionStarts({ core, jq, kinds, actorFor }),
  };
  return {
    name: 'pipelines',
    routes: [
      ...pipelineRoutes({ db, jq, kinds }),
      ...expressionRoutes({ db, jq }),
      ...executionRoutes(parts),
      executionStreamRoute(db, options.watch),
      ...gateDoor(db, [
        ...gateRoutes({ db, jq, kinds }),
        ...gateExecutionRoutes(parts),
        ...gateToolRoutes({ db, jq, kinds }, core.clock),
        ...gateManagedRoutes({ db, decide: options.decide }),
        ...gateTaskRoutes(db, core.clock),
        ...preconfiguredRoutes({ db, jq, kinds }),
      ]),
      ...triggerRoutes(parts),
      ...environmentRoutes(db),
    ],
    readers: [advanceReader, callReader, triggerReader],
    jobs: [...pipelineJobs(parts), ...callJobs(parts), ...notifyJobs(parts)],
    chores: [
      sweepChore(parts),
      strandedCallsChore(parts),
      cronChore(parts),
      oldNoticesChore(parts),
      purgeExecutionsChore(core, options.retention.executionRetentionDays),
    ],
  };
}
