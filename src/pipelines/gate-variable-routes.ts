import { Type } from 'typebox';
import { route, type Route } from '#platform/http/route.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { Problem } from '#platform/problem.ts';
import type { PipelineRouteParts } from './check-document.ts';
import { evaluateText, stageFacts } from './evaluate-expressions.ts';
import type { WholeExecution } from './execution.ts';
import { getExecution } from './execution-queries.ts';
import { translateText } from './expression-rules.ts';
import { plain } from './gate-view.ts';

const tag = 'Gate';
const idParams = Type.Object({ id: Type.String() });

const variablesBody = Type.Array(
  Type.Object(
    { key: Type.String({ minLength: 1, maxLength: 200 }), value: Type.Unknown() },
    { additionalProperties: true },
  ),
  { maxItems: 200 },
);

/** As a stage evaluateVariables would: in order, and later ones see earlier ones. */
export function gateVariablesRoute({ db, jq }: PipelineRouteParts): Route {
  return route({
    method: 'POST',
    path: '/gate/pipelines/:id/evaluateVariables',
    summary: 'What variables of a stage evaluateVariables come to in an execution',
    tag,
    access: 'known',
    request: {
      params: idParams,
      query: Type.Object({ requisiteStageRefIds: Type.Optional(Type.String({ maxLength: 2_000 })) }),
      body: variablesBody,
    },
    statuses: [404],
    handle: async ({ actor, params, query, body }) => {
      const whole = await getExecution(db, actor, params.id);
      const facts = factsAfter(whole, query.requisiteStageRefIds ?? '');
      const vars = { ...(facts['vars'] as Record<string, unknown>) };
      const result: object[] = [];
      const detail: Record<string, unknown> = {};
      for (const { key, value } of body) {
        const found = await evaluatedValue(jq, { ...facts, vars }, value);
        vars[key] = found.result;
        result.push({ key, value: found.result });
        if (found.error !== null) detail[key] = [{ level: 'ERROR', description: found.error }];
      }
      return plain({ result, detail });
    },
  });
}

/** What a stage after these could speak of; without any, one after all that is there. */
function factsAfter({ execution, stages }: WholeExecution, requisites: string): Readonly<Record<string, unknown>> {
  const named = requisites.split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]));
  const after = named.length > 0 ? named : stages.map((stage) => stage.ref_id);
  const facts = after.map((refId) => stageFacts(execution, stages, refId));
  const outputs = stages.filter((stage) => after.includes(stage.ref_id)).map((stage) => stage.outputs);
  const vars = Object.assign({}, ...facts.map((each) => each['vars']), ...outputs) as Record<string, unknown>;
  return { ...(facts[0] ?? stageFacts(execution, stages, '')), vars };
}

async function evaluatedValue(
  jq: Pick<JqPool, 'evaluate' | 'evaluateBatch'>,
  facts: object,
  value: unknown,
): Promise<{ readonly result: unknown; readonly error: string | null }> {
  try {
    return {
      result: await evaluateText(jq, typeof value === 'string' ? translateText(value).text : value, facts),
      error: null,
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { result: value, error: error.message };
  }
}
