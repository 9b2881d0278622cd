import { systemActor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { isJsonObject } from '#platform/json.ts';
import type { StageKinds } from '../check-pipeline.ts';
import { cancelWhole } from '../cancel-execution.ts';
import { authenticationOf, createExecution } from '../create-execution.ts';
import type { StageRow } from '../execution.ts';
import { loadExecution } from '../execution-store.ts';
import { findPipeline, findPipelineIn } from '../pipeline-queries.ts';
import { missingTexts } from './field-rules.ts';
import type { BeginRequest, StageKind, StageStep } from './stage-kind.ts';

/** Starts another pipeline and, unless told otherwise, waits for its end. */
export function pipelineStage(db: Db, kinds: StageKinds): StageKind {
  return {
    type: 'pipeline',
    check: (stage) => missingTexts(stage, ['pipeline']),
    begin: async (request) => startChild(db, request),
    look: async ({ stage, execution }) => childStep(db, execution.org_id, stage),
    async withdraw(ctx, stage, reason) {
      if (stage.wait?.for !== 'execution') return;
      const child = await loadExecution(ctx.db, ctx.actor.orgId, stage.wait.id);
      if (child !== null) await cancelWhole(ctx, kinds, { id: stage.wait.id, reason: `Parent pipeline: ${reason}` });
    },
  };
}

async function startChild(db: Db, { config, execution, stage, actor }: BeginRequest): Promise<StageStep> {
  const wanted = String(config['pipeline']);
  const system = systemActor(execution.org_id, 'pipelines');
  const application = typeof config['application'] === 'string' ? config['application'] : execution.application;
  const found = (await findPipeline(db, system, wanted)) ?? (await findPipelineIn(db, system, application, wanted));
  if (found === null) return { step: 'failed', error: `There is no pipeline "${wanted}".` };
  const parameters = isJsonObject(config['pipelineParameters']) ? config['pipelineParameters'] : {};
  const waits = config['waitForCompletion'] !== false;
  return {
    step: 'asking',
    context: {
      application: found.application,
      pipeline: found.id,
      pipelineName: found.name,
      pipelineParameters: parameters,
    },
    ask: async (ctx) => {
      const child = await createExecution(
        { ...ctx, actor },
        {
          pipeline: found.id,
          trigger: { type: 'pipeline', parentExecution: execution.id, parentPipelineStageId: stage.id },
          parameters,
          parent: { execution: execution.id, stage: stage.id, depth: execution.depth + 1 },
          authentication: authenticationOf(actor),
          correlation: `${stage.id}/${stage.attempt}`,
        },
      );
      // Without waiting there is nothing to look for: the moment has come already.
      return waits ? { for: 'execution', id: child.id } : { for: 'time', until: ctx.now.toISOString() };
    },
  };
}

async function childStep(db: Db, orgId: string, stage: StageRow): Promise<StageStep | null> {
  if (stage.wait?.for === 'time') return { step: 'ended', status: 'SUCCEEDED' };
  if (stage.wait?.for !== 'execution') return null;
  const context = { executionId: stage.wait.id };
  const child = await loadExecution(db, orgId, stage.wait.id);
  if (child === null) return { step: 'failed', error: 'The pipeline it started is gone.', context };
  const { status, name, number } = child.execution;
  switch (status) {
    case 'SUCCEEDED':
      return {
        step: 'ended',
        status: 'SUCCEEDED',
        context: { ...context, status },
        outputs: Object.assign({}, ...child.stages.map((each) => each.outputs)) as Record<string, unknown>,
      };
    case 'TERMINAL':
      return {
        step: 'failed',
        error: `${name} #${number} failed: ${failuresOf(child.stages)}`,
        context: { ...context, status },
      };
    case 'CANCELED':
      return {
        step: 'failed',
        error: `${name} #${number} was cancelled.`,
        status: 'CANCELED',
        context: { ...context, status },
      };
    default:
      return null;
  }
}

function failuresOf(stages: readonly StageRow[]): string {
  const told = stages.flatMap(({ name, context }) => {
    const exception = context['exception'] as { readonly details?: { readonly error?: string } } | undefined;
    return exception?.details?.error === undefined ? [] : [`${name}: ${exception.details.error}`];
  });
  return told.length === 0 ? 'no stage says why.' : told.join(' ');
}
