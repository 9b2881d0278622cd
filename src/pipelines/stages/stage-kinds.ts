import type { JqPool } from '#platform/jq/jq-pool.ts';
import type { Db } from '#platform/db/handles.ts';
import type { StageKinds } from '../check-pipeline.ts';
import { checkPreconditionsStage } from './check-preconditions.ts';
import { evaluateVariablesStage } from './evaluate-variables.ts';
import { manualJudgmentStage } from './manual-judgment.ts';
import { pipelineStage } from './pipeline.ts';
import type { StageKind } from './stage-kind.ts';
import { waitStage } from './wait.ts';

export interface StageKindParts {
  readonly db: Db;
  readonly jq: JqPool;
}

/** Every type of stage, by its name. */
export function stageKinds({ db, jq }: StageKindParts): StageKinds {
  const kinds = new Map<string, StageKind>();
  const all = [
    manualJudgmentStage(db),
    waitStage,
    checkPreconditionsStage(jq),
    evaluateVariablesStage(jq),
    pipelineStage(db, kinds),
  ];
  for (const kind of all) kinds.set(kind.type, kind);
  return kinds;
}
