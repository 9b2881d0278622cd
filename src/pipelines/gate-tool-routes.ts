import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { authorize } from '#access/permissions.ts';
import type { Clock } from '#platform/clock.ts';
import { isJsonObject, jsonEqual } from '#platform/json.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { type Reply, route, type Route } from '#platform/http/route.ts';
import { notFound, Problem, problem } from '#platform/problem.ts';
import { authorizeSaving } from './access-queries.ts';
import { anyPipelineBody, pipelineBody } from './contract.ts';
import { createExecution } from './create-execution.ts';
import { nextCronInstant } from './cron-rules.ts';
import { gateCallerRoutes } from './gate-caller-routes.ts';
import { deleteExecution } from './delete-execution.ts';
import { readTrigger } from './document-rules.ts';
import { evaluateText, stageFacts } from './evaluate-expressions.ts';
import type { WholeExecution } from './execution.ts';
import { getExecution } from './execution-queries.ts';
import { translateText } from './expression-rules.ts';
import { plain } from './gate-view.ts';
import { gateVariablesRoute } from './gate-variable-routes.ts';
import { gatePreferenceRoutes } from './gate-preference-routes.ts';
import { importPipeline } from './import-pipeline.ts';
import { checkedDocument, type PipelineRouteParts } from './check-document.ts';
import { findPipeline, findPipelineIn } from './pipeline-queries.ts';
import { findStage } from './restart-stage.ts';
import { savePipeline } from './save-pipeline.ts';
import { madeDocument } from './templates/build-pipeline.ts';
import { gateTemplateRoutes } from './templates/gate-template-routes.ts';

const tag = 'Gate';
const idParams = Type.Object({ id: Type.String() });
const mostAtOnce = 200;

/** Routes of Gate that its tools use beside the pages: bulk saving, ad-hoc starts, expressions, preferences. */
export function gateToolRoutes(parts: PipelineRouteParts, clock: Clock): readonly Route[] {
  return [
    ...bulkRoutes(parts),
    ...expressionRoutes(parts),
    gateVariablesRoute(parts),
    ...gatePreferenceRoutes(parts),
    ...gateTemplateRoutes(parts),
    ...gateCallerRoutes(),
    cronRoute(clock),
    deleteRoute(),
  ];
}

async function readPipeline(parts: PipelineRouteParts, orgId: string, body: unknown) {
  if (!Value.Check(pipelineBody, body)) {
    throw problem('invalid', 'invalid_pipeline', 'It is no pipeline: application, name and stages are needed.');
  }
  return importPipeline(await madeDocument(parts, orgId, body), new Set(parts.kinds.keys())).document;
}

function bulkRoutes(parts: PipelineRouteParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/gate/pipelines/bulksave',
      summary: 'Save many pipelines; each for itself',
      tag,
      access: 'known',
      request: {
        query: Type.Object({ application: Type.Optional(Type.String()) }),
        body: Type.Array(anyPipelineBody, { maxItems: mostAtOnce }),
      },
      statuses: [422],
      handle: async ({ actor, body, query, execute }) => {
        const saved: string[] = [];
        let refused = 0;
        const failed: Record<string, unknown>[] = [];
        for (const given of body as readonly Readonly<Record<string, unknown>>[]) {
          const pipeline = { ...(query.application === undefined ? {} : { application: query.application }), ...given };
          try {
            await authorizeSaving(parts.db, actor, pipeline);
            const document = await checkedDocument(
              parts,
              actor.orgId,
              await readPipeline(parts, actor.orgId, pipeline),
            );
            const id = typeof given['id'] === 'string' ? given['id'] : '';
            const known = id === '' ? null : await findPipeline(parts.db, actor, id);
            const row = await execute(savePipeline, {
              document,
              id: known?.id ?? null,
              wantedId: id,
              overName: true,
              expectedVersion: null,
              expectedUpdate: null,
            });
            saved.push(row.name);
          } catch (error) {
            if (!(error instanceof Problem)) throw error;
            if (error.kind === 'forbidden') refused += 1;
            failed.push({ ...pipeline, errorMsg: error.message });
          }
        }
        if (refused === body.length) authorize(actor, 'pipeline.write');
        return plain({
          successful_pipelines_count: saved.length,
          successful_pipelines: saved,
          failed_pipelines_count: failed.length,
          failed_pipelines: failed,
        });
      },
    }),
    route({
      method: 'POST',
      path: '/gate/pipelines/start',
      summary: 'Start a pipeline that is given as a whole; it has to be saved as it is given',
      tag,
      access: 'known',
      request: { body: anyPipelineBody },
      statuses: [202, 404, 409, 422],
      handle: async ({ actor, body, execute, requestId }) => {
        authorize(actor, 'pipeline.execute');
        const document = await readPipeline(parts, actor.orgId, body);
        const row = await findPipelineIn(parts.db, actor, document.application, document.name);
        if (row === null) throw notFound('pipeline', document.name, { application: document.application });
        const stored = await findPipeline(parts.db, actor, row.id);
        if (!jsonEqual(stored?.document.stages ?? [], document.stages)) {
          const message = `Pipeline "${row.name}" is saved with other stages. Save it first: only what is saved is started.`;
          throw problem('conflict', 'pipeline_differs', message);
        }
        const trigger = readTrigger({ trigger: (body as Readonly<Record<string, unknown>>)['trigger'] ?? {} });
        const { id } = await execute(createExecution, {
          pipeline: row.id,
          trigger: { type: 'manual', eventId: requestId },
          parameters: isJsonObject(trigger['parameters']) ? trigger['parameters'] : {},
        });
        return plain({ ref: `/pipelines/${id}` }, 202);
      },
    }),
  ];
}

const expressionQuery = Type.Object({ expression: Type.String({ minLength: 1, maxLength: 10_000 }) });

function expressionRoutes({ db, jq }: PipelineRouteParts): readonly Route[] {
  const at = '/gate/pipelines/:id';
  return [
    route({
      method: 'GET',
      path: `${at}/evaluateExpression`,
      summary: 'What an expression means in an execution',
      tag,
      access: 'known',
      request: { params: idParams, query: expressionQuery },
      statuses: [404],
      handle: async ({ actor, params, query }) =>
        evaluated(jq, await getExecution(db, actor, params.id), null, query.expression),
    }),
    route({
      method: 'POST',
      path: `${at}/evaluateExpression`,
      summary: 'What an expression means in an execution',
      tag,
      access: 'known',
      request: { params: idParams, body: expressionQuery },
      statuses: [404],
      handle: async ({ actor, params, body }) =>
        evaluated(jq, await getExecution(db, actor, params.id), null, body.expression),
    }),
    route({
      method: 'GET',
      path: `${at}/:stageId/evaluateExpression`,
      summary: 'What an expression means in a stage of an execution',
      tag,
      access: 'known',
      request: { params: Type.Object({ id: Type.String(), stageId: Type.String() }), query: expressionQuery },
      statuses: [404],
      handle: async ({ actor, params, query }) =>
        evaluated(jq, await getExecution(db, actor, params.id), params.stageId, query.expression),
    }),
  ];
}

/** Spinnaker's expressions are translated, bare ones are jq. What cannot be evaluated is told in `detail`. */
async function evaluated(
  jq: Pick<JqPool, 'evaluate' | 'evaluateBatch'>,
  whole: WholeExecution,
  stage: string | null,
  expression: string,
): Promise<Reply> {
  const refId = stage === null ? (whole.stages.at(-1)?.ref_id ?? '') : findStage(whole, stage).ref_id;
  const hasMarks = expression.includes('{{') || expression.includes('${');
  const template = hasMarks ? translateText(expression).text : `{{ ${expression} }}`;
  try {
    return plain({ result: await evaluateText(jq, template, stageFacts(whole.execution, whole.stages, refId)) });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return plain({ result: expression, detail: { [expression]: [{ level: 'ERROR', description: error.message }] } });
  }
}

function cronRoute(clock: Clock): Route {
  return route({
    method: 'GET',
    path: '/gate/cron/validate',
    summary: 'Whether a cron expression can be read, and when it comes next',
    tag,
    access: 'known',
    request: { query: Type.Object({ expression: Type.String({ maxLength: 500 }) }) },
    handle: async ({ query }) => {
      try {
        const next = nextCronInstant(query.expression, 'UTC', clock.now());
        return plain({ valid: true, description: `Next at ${next.toISOString()}` });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return plain({ valid: false, message: error.message });
      }
    },
  });
}

function deleteRoute(): Route {
  return route({
    method: 'DELETE',
    path: '/gate/pipelines/:id',
    summary: 'Delete an execution that has ended',
    tag,
    access: 'known',
    request: { params: idParams },
    statuses: [404, 409],
    handle: async ({ params, execute }) => {
      await execute(deleteExecution, { id: params.id });
      return plain({});
    },
  });
}
