import type { ExecuteParts } from '#actions/execute-action.ts';
import type { StageKinds } from '../check-pipeline.ts';
import { checkPreconditionsStage } from './check-preconditions.ts';
import { evaluateScorecardStage } from './evaluate-scorecard.ts';
import { evaluateVariablesStage } from './evaluate-variables.ts';
import { githubWorkflowStage } from './github-workflow.ts';
import { manualJudgmentStage } from './manual-judgment.ts';
import { pipelineStage } from './pipeline.ts';
import { runActionStage } from './run-action.ts';
import { slackMessageStage } from './slack-message.ts';
import type { StageKind } from './stage-kind.ts';
import { waitStage } from './wait.ts';
import { webhookStage } from './webhook.ts';

/** Every type of stage, by its name. */
export function stageKinds(parts: ExecuteParts): StageKinds {
  const { db, jq } = parts;
  const kinds = new Map<string, StageKind>();
  const all = [
    manualJudgmentStage(db),
    waitStage,
    webhookStage(parts),
    checkPreconditionsStage(jq),
    evaluateVariablesStage(jq),
    pipelineStage(db, kinds),
    runActionStage(parts),
    evaluateScorecardStage(parts),
    slackMessageStage,
    githubWorkflowStage(parts),
  ];
  for (const kind of all) kinds.set(kind.type, kind);
  return kinds;
}
