import type { Fields, StageConfig } from '../wire.ts';

/** How a field of a stage is edited. */
export type FieldKind =
  /** May speak of parameters and stages, on one line or on several. */
  | 'text'
  | 'lines'
  /** Means what it says. */
  | 'word'
  | 'number'
  | 'switch'
  /** A list of texts. */
  | 'texts'
  /** Options: objects with a `value`. */
  | 'values'
  | 'json'
  | 'action'
  | 'pipeline'
  /** A Slack channel; empty for the connection's own. */
  | 'channel'
  /** Conditions of checkPreconditions, variables of evaluateVariables: rows with two texts. */
  | 'preconditions'
  | 'variables'
  | 'method';

export interface StageField {
  readonly key: string;
  readonly kind: FieldKind;
  readonly required?: boolean;
  /** What holds while a switch says nothing. */
  readonly standard?: boolean;
  /** Shown only while this other field has this value. */
  readonly when?: readonly [key: string, value: unknown];
}

/** The fields of each type of stage, as the server reads them. Everything else is in the JSON view. */
export const stageFields: Readonly<Record<string, readonly StageField[]>> = {
  manualJudgment: [
    { key: 'instructions', kind: 'lines' },
    { key: 'judgmentInputs', kind: 'values' },
    { key: 'continueButtonLabel', kind: 'word' },
    { key: 'stopButtonLabel', kind: 'word' },
    { key: 'preventSelfApproval', kind: 'switch', standard: false },
    { key: 'markSuccessfulOnTimeout', kind: 'switch', standard: false },
  ],
  wait: [{ key: 'waitTime', kind: 'number', required: true }],
  runAction: [
    { key: 'action', kind: 'action', required: true },
    { key: 'entity', kind: 'text' },
    { key: 'properties', kind: 'json' },
    { key: 'waitForCompletion', kind: 'switch', standard: true },
  ],
  evaluateScorecard: [
    { key: 'blueprint', kind: 'text', required: true },
    { key: 'entity', kind: 'text', required: true },
    { key: 'scorecard', kind: 'text', required: true },
    { key: 'level', kind: 'text', required: true },
  ],
  checkPreconditions: [{ key: 'preconditions', kind: 'preconditions' }],
  evaluateVariables: [
    { key: 'variables', kind: 'variables' },
    { key: 'failOnFailedExpressions', kind: 'switch', standard: true },
  ],
  slackMessage: [
    { key: 'channel', kind: 'channel' },
    { key: 'message', kind: 'lines', required: true },
  ],
  webhook: [
    { key: 'url', kind: 'text', required: true },
    { key: 'method', kind: 'method' },
    { key: 'payload', kind: 'json' },
    { key: 'waitForCompletion', kind: 'switch', standard: false },
    { key: 'statusJsonPath', kind: 'word', when: ['waitForCompletion', true] },
    { key: 'successStatuses', kind: 'word', when: ['waitForCompletion', true] },
    { key: 'terminalStatuses', kind: 'word', when: ['waitForCompletion', true] },
  ],
  githubWorkflow: [
    { key: 'org', kind: 'text', required: true },
    { key: 'repo', kind: 'text', required: true },
    { key: 'workflow', kind: 'text', required: true },
    { key: 'ref', kind: 'text' },
    { key: 'workflowInputs', kind: 'json' },
    { key: 'waitForCompletion', kind: 'switch', standard: true },
  ],
  pipeline: [
    { key: 'pipeline', kind: 'pipeline', required: true },
    { key: 'pipelineParameters', kind: 'json' },
    { key: 'waitForCompletion', kind: 'switch', standard: true },
  ],
};

/** What the stage does to the rest when it fails, as one choice instead of three switches. */
export const failureChoices = ['failPipeline', 'haltBranch', 'othersFirst', 'ignore'] as const;
export type FailureChoice = (typeof failureChoices)[number];

export function failureChoiceOf(stage: StageConfig): FailureChoice {
  if (stage['continuePipeline'] === true) return 'ignore';
  const fails = stage['failPipeline'];
  if (fails === undefined || fails === null || fails === true) return 'failPipeline';
  return stage['completeOtherBranchesThenFail'] === true ? 'othersFirst' : 'haltBranch';
}

export const failureFields = (choice: FailureChoice): Fields => ({
  failPipeline: choice === 'failPipeline',
  continuePipeline: choice === 'ignore',
  completeOtherBranchesThenFail: choice === 'othersFirst',
});

/** Without keys whose value is undefined: in a document they would be nulls that nobody wrote. */
export const withField = <Document extends Fields>(document: Document, key: string, value: unknown): Document =>
  Object.fromEntries(Object.entries({ ...document, [key]: value }).filter(([, one]) => one !== undefined)) as Document;
