import type { JqPool } from '#platform/jq/jq-pool.ts';
import { isJsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import { evaluateText } from '../evaluate-expressions.ts';
import type { FieldProblem, StageKind } from './stage-kind.ts';

interface Variable {
  readonly key: string;
  readonly value: unknown;
}

const nameShape = /^[A-Za-z_][\w-]{0,99}$/;

/** Gives names to values for the stages after it; a later one may use those before it. */
export function evaluateVariablesStage(jq: JqPool): StageKind {
  return {
    type: 'evaluateVariables',
    rendersItself: true,
    check: (stage) => checkVariables(stage['variables']),
    async begin({ config, facts }) {
      const strict = config['failOnFailedExpressions'] !== false;
      const outputs: Record<string, unknown> = {};
      const failed: Record<string, string> = {};
      for (const { key, value } of readVariables(config['variables'])) {
        try {
          const vars = { ...(facts['vars'] as object), ...outputs };
          outputs[key] = (await evaluateText(jq, value, { ...facts, vars })) ?? null;
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          failed[key] = error.message;
        }
      }
      const context = Object.keys(failed).length === 0 ? {} : { expressionEvaluationSummary: failed };
      const [first] = Object.entries(failed);
      if (first !== undefined && strict) return { step: 'failed', error: `${first[0]}: ${first[1]}`, context };
      return { step: 'ended', status: 'SUCCEEDED', outputs, context };
    },
  };
}

function readVariables(given: unknown): readonly Variable[] {
  if (!Array.isArray(given)) return [];
  return (given as unknown[]).flatMap((each) =>
    isJsonObject(each) && typeof each['key'] === 'string' ? [{ key: each['key'], value: each['value'] }] : [],
  );
}

function checkVariables(given: unknown): readonly FieldProblem[] {
  if (!Array.isArray(given)) return [{ field: 'variables', message: 'variables is needed: a list of key and value.' }];
  const problems: FieldProblem[] = [];
  for (const [at, each] of (given as unknown[]).entries()) {
    const key = isJsonObject(each) ? each['key'] : undefined;
    if (typeof key !== 'string' || !nameShape.test(key)) {
      const message = 'A variable is named by letters, digits, _ and -, beginning with a letter.';
      problems.push({ field: `variables[${at}].key`, message });
    }
  }
  return problems;
}
