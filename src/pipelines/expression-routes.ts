import { Type } from 'typebox';
import { authorize } from '#access/permissions.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { Problem } from '#platform/problem.ts';
import { evaluateText, stageFacts } from './evaluate-expressions.ts';
import type { WholeExecution } from './execution.ts';
import { getExecution } from './execution-queries.ts';
import type { PipelineRouteParts } from './check-document.ts';

const body = Type.Object(
  {
    /** A jq program, or a text with programs between double braces. */
    expression: Type.String({ minLength: 1, maxLength: 10_000 }),
    /** The execution whose facts it speaks of, and the stage that it stands in. */
    execution: Type.Optional(Type.String({ maxLength: 100 })),
    stage: Type.Optional(Type.String({ maxLength: 100 })),
    /** Facts to speak of instead, for a pipeline that never ran. */
    facts: Type.Optional(Type.Object({}, { additionalProperties: true })),
  },
  { additionalProperties: false },
);

/** For editors: what an expression means, tried without saving or starting anything. */
export function expressionRoutes({ db, jq }: Pick<PipelineRouteParts, 'db' | 'jq'>): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/expressions/evaluate',
      summary: 'What an expression of a pipeline means, in an execution or over given facts',
      tag: 'Pipelines',
      access: 'known',
      request: { body },
      statuses: [404],
      handle: async ({ actor, body: { expression, execution, stage, facts = {} } }) => {
        authorize(actor, 'pipeline.execute');
        const over = execution === undefined ? facts : factsOf(await getExecution(db, actor, execution), stage);
        const template = expression.includes('{{') ? expression : `{{ ${expression} }}`;
        try {
          return ok({ result: await evaluateText(jq, template, over), error: null });
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return ok({ result: null, error: error.message });
        }
      },
    }),
  ];
}

function factsOf(whole: WholeExecution, stage: string | undefined): Readonly<Record<string, unknown>> {
  // A stage that was added since stands after all that ran.
  const named = whole.stages.find(({ id, ref_id: refId }) => id === stage || refId === stage) ?? whole.stages.at(-1);
  return stageFacts(whole.execution, whole.stages, named?.ref_id ?? '');
}
