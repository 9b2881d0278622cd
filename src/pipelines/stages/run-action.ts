import { getAction } from '#actions/action-queries.ts';
import { type ExecuteParts, prepareRun } from '#actions/execute-action.ts';
import { type Actor, systemActor } from '#platform/commands/actor.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db } from '#platform/db/handles.ts';
import { isJsonObject } from '#platform/json.ts';
import { createRun, type NewRun } from '#runs/create-run.ts';
import { findRun } from '#runs/run-queries.ts';
import type { StageRow } from '../execution.ts';
import { hasExpression, missingTexts } from './field-rules.ts';
import type { BeginRequest, FieldProblem, StageKind, StageStep } from './stage-kind.ts';

/** How runs that pipelines start name their origin. */
export const runSource = 'AUTOMATION';

/** Executes a self-service action as whom the pipeline acts for, with all the action's own checks. */
export function runActionStage(parts: ExecuteParts): StageKind {
  return {
    type: 'runAction',
    check: (stage) => [...missingTexts(stage, ['action']), ...checkProperties(stage['properties'])],
    begin: async (request) => startRun(parts, request),
    look: async ({ stage, execution }) => runStep(parts.db, execution.org_id, stage),
  };
}

function checkProperties(given: unknown): readonly FieldProblem[] {
  if (given === undefined || given === null || isJsonObject(given) || hasExpression(given)) return [];
  return [{ field: 'properties', message: 'properties is an object: the inputs of the action.' }];
}

async function startRun(parts: ExecuteParts, { config, execution, actor }: BeginRequest): Promise<StageStep> {
  const action = await getAction(parts.db, execution.org_id, String(config['action']));
  const entity = config['entity'];
  const run = await prepareRun(parts, {
    actor,
    origin: runSource,
    action,
    properties: isJsonObject(config['properties']) ? config['properties'] : {},
    entity: typeof entity === 'string' && entity !== '' ? entity : null,
    impersonatedBy: null,
  });
  return askForRun(actor, run, config['waitForCompletion'] !== false);
}

/** A run of its own: with a log, followed and ended as every other. */
export function askForRun(actor: Actor, run: NewRun, waits: boolean): StageStep {
  return {
    step: 'asking',
    context: { runId: run.id },
    ask: async (ctx: WriteContext) => {
      await createRun({ ...ctx, actor }, run);
      return waits ? { for: 'run', id: run.id } : { for: 'time', until: ctx.now.toISOString() };
    },
  };
}

export async function runStep(db: Db, orgId: string, stage: StageRow): Promise<StageStep | null> {
  if (stage.wait?.for === 'time') return { step: 'ended', status: 'SUCCEEDED' };
  if (stage.wait?.for !== 'run') return null;
  const run = await findRun(db, systemActor(orgId, 'pipelines'), stage.wait.id);
  if (run === null) return { step: 'failed', error: 'The run it started is gone.' };
  if (run.ended_at === null) return null;
  const context = { runId: run.id, runStatus: run.status, runLabel: run.status_label };
  if (run.status === 'SUCCESS') {
    return { step: 'ended', status: 'SUCCEEDED', context, outputs: { runId: run.id, response: run.response ?? null } };
  }
  const label = run.status_label === null ? '' : `: ${run.status_label}`;
  return { step: 'failed', error: `Run ${run.id} ended as ${run.status}${label}.`, context };
}
