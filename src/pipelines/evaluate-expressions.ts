import type { JqPool } from '#platform/jq/jq-pool.ts';
import { describeJqFailure } from '#platform/jq/jq-failure.ts';
import { problem } from '#platform/problem.ts';
import { collectTemplateBlocks } from '#platform/template/collect-template-blocks.ts';
import { renderTemplate } from '#platform/template/render-template.ts';
import { stagesBefore } from './execution-rules.ts';
import { stageNodes, type ExecutionRow, type StageRow } from './execution.ts';
import type { StageConfig } from './pipeline.ts';

type Jq = Pick<JqPool, 'evaluate' | 'evaluateBatch'>;

/** Decide when and after what a stage begins; they are no templates. */
const untouched: ReadonlySet<string> = new Set([
  'refId',
  'requisiteStageRefIds',
  'type',
  'name',
  'comments',
  'stageEnabled',
  'notifications',
  'restrictedExecutionWindow',
]);

/** What expressions of a stage may speak of. */
export function stageFacts(
  execution: ExecutionRow,
  stages: readonly StageRow[],
  refId: string,
): Readonly<Record<string, unknown>> {
  const before = stagesBefore(stageNodes(execution.document), refId);
  const self = stages.find((stage) => stage.ref_id === refId);
  // Nearest last: a later stage's value stands above an earlier one's.
  const vars = Object.assign(
    {},
    ...stages
      .filter((stage) => before.has(stage.ref_id))
      .toSorted((left, right) => (left.ended_at?.getTime() ?? 0) - (right.ended_at?.getTime() ?? 0))
      .map((stage) => stage.outputs),
  ) as Record<string, unknown>;
  return {
    execution: {
      id: execution.id,
      number: execution.number,
      application: execution.application,
      name: execution.name,
      pipelineConfigId: execution.pipeline,
      status: execution.status,
      buildTime: execution.created_at.getTime(),
      startTime: execution.started_at?.getTime() ?? null,
      user: execution.authentication.user,
    },
    trigger: execution.trigger,
    parameters: execution.trigger.parameters,
    templateVariables: execution.document['templateValues'] ?? {},
    user: execution.authentication.user,
    stages: Object.fromEntries(
      stages.map((stage) => [
        stage.name,
        { status: stage.status, refId: stage.ref_id, context: stage.context, outputs: stage.outputs },
      ]),
    ),
    stage: { name: self?.name ?? '', refId, attempt: self?.attempt ?? 1, context: self?.context ?? {} },
    vars,
  };
}

/** The stage with its expressions evaluated. A failing expression is refused unless the stage says it may fail. */
export async function evaluateStage(jq: Jq, config: StageConfig, facts: object): Promise<StageConfig> {
  const fields = Object.fromEntries(Object.entries(config).filter(([key]) => !untouched.has(key)));
  if (collectTemplateBlocks(fields).length === 0 && !JSON.stringify(fields).includes('{{')) return config;
  const rendered = await renderTemplate(fields, facts, jq, {
    strict: config['failOnFailedExpressions'] !== false,
    code: 'expression_failed',
  });
  return { ...config, ...(rendered as Record<string, unknown>) };
}

/** A condition is a jq program, or a text with one between braces. True, false, or null when it is neither. */
export async function evaluateCondition(jq: Jq, text: string, facts: object): Promise<boolean | null> {
  const value = text.includes('{{') ? await evaluateText(jq, text, facts) : await evaluateProgram(jq, text, facts);
  if (value === true || value === false) return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return word === 'true' ? true : word === 'false' ? false : null;
}

export async function evaluateText(jq: Jq, template: unknown, facts: object): Promise<unknown> {
  return renderTemplate(template, facts, jq, { strict: true, code: 'expression_failed' });
}

async function evaluateProgram(jq: Jq, program: string, facts: object): Promise<unknown> {
  const result = await jq.evaluate(program, facts);
  if (result.ok) return result.value;
  throw problem(
    'invalid',
    'expression_failed',
    `The expression ${program.slice(0, 200)} cannot be evaluated: ${describeJqFailure(result)}.`,
  );
}
