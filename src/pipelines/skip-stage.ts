import { authorize } from '#access/permissions.ts';
import type { Command } from '#platform/commands/write-context.ts';
import { problem } from '#platform/problem.ts';
import type { StageKinds } from './check-pipeline.ts';
import { assertMayStart, authenticationOf } from './create-execution.ts';
import { stageConfig, type WholeExecution } from './execution.ts';
import { lockExecution, storeExecution } from './execution-store.ts';
import { wrongStatus } from './pause-execution.ts';
import { findStage } from './restart-stage.ts';

export interface SkipStage {
  readonly execution: string;
  readonly stage: string;
  /** `wait` ends a wait or a time window now; `stage` leaves a running stage out, where its pipeline allows it. */
  readonly what: 'wait' | 'stage';
}

export function skipStage(kinds: StageKinds): Command<SkipStage, WholeExecution> {
  return async function skipStageCommand(ctx, input) {
    authorize(ctx.actor, 'pipeline.execute');
    const whole = await lockExecution(ctx, input.execution);
    await assertMayStart(ctx, whole.execution, { resource: 'execution', id: input.execution });
    const stage = findStage(whole, input.stage);
    const { wait } = stage;
    if (whole.execution.status !== 'RUNNING' && whole.execution.status !== 'PAUSED') {
      throw wrongStatus(whole, 'changed', 'RUNNING or PAUSED');
    }
    const lastModified = { user: authenticationOf(ctx.actor).user, lastModifiedTime: ctx.now.getTime() };
    if (input.what === 'wait') {
      if (wait?.for !== 'time' && wait?.for !== 'window') {
        throw problem('conflict', 'nothing_to_skip', `Stage "${stage.name}" does not wait for a time.`, {
          stage: stage.id,
        });
      }
      const over = { ...wait, until: ctx.now.toISOString() };
      const context = { ...stage.context, skipRemainingWait: true };
      return storeExecution(ctx, whole, { stages: [{ ...stage, wait: over, context, last_modified: lastModified }] });
    }
    if (stageConfig(whole.execution, stage.ref_id)['skippable'] !== true || stage.status !== 'RUNNING') {
      throw problem('conflict', 'stage_not_skippable', `Stage "${stage.name}" cannot be skipped.`, { stage: stage.id });
    }
    await kinds.get(stage.type)?.withdraw?.(ctx, stage, 'The stage was skipped.');
    const context = { ...stage.context, manualSkip: true };
    const skipped = { ...stage, status: 'SKIPPED', context, wait: null, sealed: null, ended_at: ctx.now } as const;
    return storeExecution(ctx, whole, { stages: [{ ...skipped, last_modified: lastModified }] });
  };
}
