import { isJsonObject } from '#platform/json.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { problem } from '#platform/problem.ts';
import { checkTemplate } from '#platform/template/check-template.ts';
import { findCircle } from './execution-rules.ts';
import { stageNodes } from './execution.ts';
import type { PipelineDocument, StageConfig } from './pipeline.ts';
import { checkParameters } from './parameter-rules.ts';
import { checkUse, type PreconfiguredRow } from './preconfigured/preconfigured-webhook.ts';
import type { FieldProblem, StageKind } from './stages/stage-kind.ts';
import { checkTriggers } from './trigger-rules.ts';
import { readWindow } from './window-rules.ts';

/** What keeps a pipeline from being saved: where, in words for who edits it. */
export interface PipelineProblem {
  /** E.g. `stages[1].waitTime`. */
  readonly path: string;
  /** Of the stage it is about. */
  readonly refId: string | null;
  readonly message: string;
}

export type StageKinds = ReadonlyMap<string, StageKind>;

const mostStages = 200;
const mostTexts = 1_000_000;

/** Everything that is wrong with a pipeline, in the order of the document. */
export async function checkPipeline(
  document: PipelineDocument,
  kinds: StageKinds,
  jq: Pick<JqPool, 'check'>,
  defined: readonly PreconfiguredRow[] = [],
): Promise<readonly PipelineProblem[]> {
  const problems: PipelineProblem[] = [];
  const general = (path: string, message: string): void => void problems.push({ path, refId: null, message });
  if (document.stages.length > mostStages) general('stages', `A pipeline has at most ${mostStages} stages.`);
  if (JSON.stringify(document).length > mostTexts) general('stages', 'The pipeline is too large.');
  if (problems.length > 0) return problems;
  for (const { field, message } of checkParameters(document.parameterConfig ?? [])) general(field, message);
  for (const { field, message } of checkTriggers(document.triggers ?? [])) general(field, message);
  problems.push(...checkGraph(document));
  for (const [at, stage] of document.stages.entries()) {
    for (const { field, message } of await checkStage(stage, { kinds, jq, defined })) {
      problems.push({ path: `stages[${at}].${field}`, refId: stage.refId, message });
    }
  }
  return problems;
}

/** Refuses a pipeline with problems: the first one is the message, all are in the details. */
export function assertNoProblems(problems: readonly PipelineProblem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const place = first.refId === null ? '' : ` (stage ${first.refId})`;
  throw problem('invalid', 'invalid_pipeline', `${first.path}${place}: ${first.message}`, {
    field: first.path,
    problems: problems.slice(0, 100),
  });
}

function checkGraph({ stages, ...rest }: PipelineDocument): readonly PipelineProblem[] {
  const problems: PipelineProblem[] = [];
  const known = new Set(stages.map((stage) => stage.refId));
  const seen = new Set<string>();
  for (const [at, { refId, requisiteStageRefIds }] of stages.entries()) {
    if (seen.has(refId)) problems.push(graphProblem(at, 'refId', refId, `Another stage is called ${refId}, too.`));
    seen.add(refId);
    for (const requisite of requisiteStageRefIds) {
      if (known.has(requisite)) continue;
      const message = `It comes after stage ${requisite}, which is not there.`;
      problems.push(graphProblem(at, 'requisiteStageRefIds', refId, message));
    }
  }
  if (problems.length > 0) return problems;
  const circle = findCircle(stageNodes({ ...rest, stages } as PipelineDocument));
  if (circle === null) return [];
  const at = stages.findIndex((stage) => stage.refId === circle[0]);
  const message = `Stages wait for each other in a circle: ${[...circle, circle[0]].join(' → ')}.`;
  return [graphProblem(at, 'requisiteStageRefIds', circle[0] ?? '', message)];
}

function graphProblem(at: number, field: string, refId: string, message: string): PipelineProblem {
  return { path: `stages[${at}].${field}`, refId, message };
}

export interface StageChecks {
  readonly kinds: StageKinds;
  readonly jq: Pick<JqPool, 'check'>;
  /** Types that administrators made. */
  readonly defined?: readonly PreconfiguredRow[];
}

export async function checkStage(
  stage: StageConfig,
  { kinds, jq, defined = [] }: StageChecks,
): Promise<readonly FieldProblem[]> {
  const kind = kinds.has(stage.type) ? kinds.get(stage.type) : undefined;
  const definition = defined.find(({ type }) => type === stage.type);
  if (kind === undefined && definition === undefined) {
    const known = [...kinds.keys(), ...defined.map(({ type }) => type)].toSorted().join(', ');
    return [{ field: 'type', message: `There are no stages of type "${stage.type}". Known are ${known}.` }];
  }
  const own = definition === undefined ? (kind?.check(stage) ?? []) : checkUse(stage, definition.document);
  const problems = [...own, ...checkTiming(stage)];
  for (const found of await checkTemplate(stage, jq)) {
    problems.push({ field: found.path.replace(/^\$\.?/, ''), message: sentence(found.message) });
  }
  for (const { field, expression } of programsOf(stage)) {
    if (expression.includes('{{')) continue;
    const verdict = await jq.check(expression);
    if (!verdict.ok) problems.push({ field, message: sentence(verdict.message) });
  }
  return problems;
}

function checkTiming(stage: StageConfig): { field: string; message: string }[] {
  const problems: { field: string; message: string }[] = [];
  if (stage['restrictExecutionDuringTimeWindow'] === true) {
    const window = readWindow(stage['restrictedExecutionWindow']);
    if (typeof window === 'string')
      problems.push({ field: 'restrictedExecutionWindow', message: `The time window ${window}` });
  }
  const timeout = stage['stageTimeoutMs'];
  if (timeout !== undefined && timeout !== null && !(typeof timeout === 'number' && timeout > 0)) {
    problems.push({ field: 'stageTimeoutMs', message: 'stageTimeoutMs must be a number of milliseconds above 0.' });
  }
  return problems;
}

/** Conditions are programs without braces around them. */
function programsOf(stage: StageConfig): readonly { readonly field: string; readonly expression: string }[] {
  const found: { field: string; expression: string }[] = [];
  const enabled = stage['stageEnabled'];
  if (isJsonObject(enabled) && typeof enabled['expression'] === 'string' && enabled['expression'].trim() !== '') {
    found.push({ field: 'stageEnabled.expression', expression: enabled['expression'] });
  }
  const conditions = stage.type === 'checkPreconditions' ? stage['preconditions'] : [];
  for (const [at, each] of (Array.isArray(conditions) ? (conditions as unknown[]) : []).entries()) {
    const context = isJsonObject(each) && isJsonObject(each['context']) ? each['context'] : {};
    if (typeof context['expression'] === 'string' && context['expression'] !== '') {
      found.push({ field: `preconditions[${at}].context.expression`, expression: context['expression'] });
    }
  }
  return found;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
