import type { JqPool } from '#platform/jq/jq-pool.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import { evaluateCondition } from '../evaluate-expressions.ts';
import type { BeginRequest, FieldProblem, StageKind } from './stage-kind.ts';

/** Goes on only while every condition holds. */
export function checkPreconditionsStage(jq: JqPool): StageKind {
  return {
    type: 'checkPreconditions',
    rendersItself: true,
    check: (stage) => checkConditions(stage['preconditions']),
    async begin(request) {
      const results: { readonly failure: string | null; readonly failPipeline: boolean }[] = [];
      for (const condition of conditionsOf(request.config['preconditions'])) {
        const failure = await failureOf(jq, condition, request);
        results.push({ failure, failPipeline: condition['failPipeline'] !== false });
      }
      const failures = results.filter((result) => result.failure !== null);
      const context = { preconditions: results.map(({ failure }) => ({ holds: failure === null, failure })) };
      if (failures.length === 0) return { step: 'ended', status: 'SUCCEEDED', context };
      const error = failures.map(({ failure }) => failure).join(' ');
      // One that only stops its branch says so itself; the stage's own options rule the rest.
      const stopsOnly = failures.every(({ failPipeline }) => !failPipeline);
      return { step: 'failed', error, context, ...(stopsOnly ? { status: 'STOPPED' as const } : {}) };
    },
  };
}

async function failureOf(jq: JqPool, condition: JsonObject, request: BeginRequest): Promise<string | null> {
  const context = isJsonObject(condition['context']) ? condition['context'] : {};
  const told =
    typeof context['failureMessage'] === 'string' && context['failureMessage'] !== ''
      ? context['failureMessage']
      : null;
  if (condition['type'] === 'stageStatus') {
    const stages = request.facts['stages'] as Readonly<Record<string, { readonly status: string }>>;
    const name = String(context['stageName']);
    const status = stages[name]?.status;
    if (status === context['stageStatus']) return null;
    return told ?? `Stage "${name}" is ${status ?? 'not there'}, not ${String(context['stageStatus'])}.`;
  }
  const expression = typeof context['expression'] === 'string' ? context['expression'] : '';
  try {
    const holds = await evaluateCondition(jq, expression, request.facts);
    if (holds === true) return null;
    if (holds === null) return `The condition ${expression.slice(0, 200)} is neither true nor false.`;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.message;
  }
  return told ?? `The condition ${expression.slice(0, 200)} does not hold.`;
}

function conditionsOf(given: unknown): readonly JsonObject[] {
  return Array.isArray(given) ? (given as unknown[]).filter((each) => isJsonObject(each)) : [];
}

function checkConditions(given: unknown): readonly FieldProblem[] {
  if (!Array.isArray(given) || given.length === 0) {
    return [{ field: 'preconditions', message: 'preconditions is needed: a list of conditions.' }];
  }
  return (given as unknown[]).flatMap((each, at) => checkCondition(each, `preconditions[${at}]`));
}

function checkCondition(given: unknown, field: string): readonly FieldProblem[] {
  if (!isJsonObject(given)) return [{ field, message: 'A condition is an object.' }];
  const context = isJsonObject(given['context']) ? given['context'] : {};
  if (given['type'] === 'stageStatus') {
    return ['stageName', 'stageStatus']
      .filter((key) => typeof context[key] !== 'string' || context[key] === '')
      .map((key) => ({ field: `${field}.context.${key}`, message: `${key} is needed.` }));
  }
  if (given['type'] !== 'expression') {
    return [{ field: `${field}.type`, message: 'A condition is of type expression or stageStatus.' }];
  }
  return typeof context['expression'] === 'string' && context['expression'].trim() !== ''
    ? []
    : [{ field: `${field}.context.expression`, message: 'expression is needed.' }];
}
