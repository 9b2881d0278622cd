import type { ExecuteParts } from '#actions/execute-action.ts';
import type { StageKinds } from '../check-pipeline.ts';
import { checkPreconditionsStage } from './check-preconditions.ts';
import { evaluateScorecardStage } from './evaluate-scorecard.ts';
import { evaluateVariablesStage } from './evaluate-variables.ts';
import { githubWorkflowStage } from './github-workflow.ts';
import { manualJudgmentStage } from './manual-judgment.ts';
import { pipelineStage } from './pipeline.ts';
import { preconfiguredStage } from './preconfigured-webhook.ts';
import { runActionStage } from './run-action.ts';
import { slackMessageStage } from './slack-message.ts';
import type { StageKind } from './stage-kind.ts';
import { waitStage } from './wait.ts';
import { webhookStage } from './webhook.ts';

/** Any other type may be one that administrators made; `has` and `keys` know only what is built in. */
class Kinds extends Map<string, StageKind> {
  readonly #others: StageKind;

  constructor(others: StageKind) {
    super();
    this.#others = others;
  }

  override get(type: string): StageKind {
    return super.get(type) ?? this.#others;
  }
}

/** Every type of stage, by its name. */
export function stageKinds(parts: ExecuteParts): StageKinds {
  const { db, jq } = parts;
  const webhook = webhookStage(parts);
  const kinds = new Kinds(preconfiguredStage(db, parts, webhook));
  const all = [
    manualJudgmentStage(db),
    waitStage,
    webhook,
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
