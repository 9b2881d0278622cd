import { Type } from 'typebox';
import { queryList } from '#platform/http/query-list.ts';
import { route, type Route } from '#platform/http/route.ts';
import { isJsonObject } from '#platform/json.ts';
import { notFound, problem } from '#platform/problem.ts';
import { cancelExecution } from './cancel-execution.ts';
import { anyPipelineBody, applicationParams } from './contract.ts';
import { readTrigger } from './document-rules.ts';
import { type ExecutionFilter, getExecution, listExecutions } from './execution-queries.ts';
import { type ExecutionRouteParts, goOn, startAtOnce } from './execution-routes.ts';
import { plain, toGateExecution } from './gate-view.ts';
import { judgmentDecision } from './judge-stage.ts';
import { parseTrigger } from './parse-trigger.ts';
import { pauseExecution, resumeExecution } from './pause-execution.ts';
import { findPipelineIn } from './pipeline-queries.ts';
import { restartStage } from './restart-stage.ts';
import { skipStage } from './skip-stage.ts';

const tag = 'Gate';
const idParams = Type.Object({ id: Type.String() });
const stageIdParams = Type.Object({ id: Type.String(), stageId: Type.String() });
const startParams = Type.Object({ application: Type.String(), name: Type.String() });
const most = 200;
const instant = Type.Optional(Type.Integer({ minimum: 0, maximum: 8_640_000_000_000 }));
const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 }));
const listQuery = {
  limit,
  statuses: Type.Optional(Type.String()),
  expand: Type.Optional(Type.Boolean()),
};

/** The part of Gate's API about executions: starting, looking, judging, ending. */
export function gateExecutionRoutes(parts: ExecutionRouteParts): readonly Route[] {
  return [...startRoutes(parts), ...listRoutes(parts), ...controlRoutes(parts), ...stageRoutes(parts)];
}

function startRoutes(parts: ExecutionRouteParts): readonly Route[] {
  return ['/gate/pipelines/:application/:name', '/gate/pipelines/v2/:application/:name'].map((path) =>
    route({
      method: 'POST',
      path,
      summary: 'Start a pipeline by its name or id',
      tag,
      access: 'known',
      request: { params: startParams, body: anyPipelineBody },
      statuses: [202, 404, 422],
      handle: async ({ params, body, ...asked }) => {
        const { actor, requestId: eventId } = asked;
        const pipeline = await findPipelineIn(parts.core.db, actor, params.application, params.name);
        if (pipeline === null) throw notFound('pipeline', params.name, { application: params.application });
        const given = readTrigger(body);
        const correlation = given['correlationId'];
        const { execution } = await startAtOnce(parts, asked, {
          pipeline: pipeline.id,
          trigger: { type: 'manual', eventId },
          parameters: isJsonObject(given['parameters']) ? given['parameters'] : {},
          correlation: typeof correlation === 'string' && correlation !== '' ? correlation.slice(0, 200) : null,
        });
        return plain({ ref: `/pipelines/${execution.id}`, eventId }, 202);
      },
    }),
  );
}

function shown(expand: boolean) {
  return (whole: Parameters<typeof toGateExecution>[0]) => toGateExecution(whole, expand);
}

/** Comma-separated; statuses in either case. */
function statusList(text: string | undefined): readonly string[] | undefined {
  return queryList(text)
    ?.flatMap((each) => each.split(',').map((status) => status.trim().toUpperCase()))
    .filter((status) => status !== '');
}

function listRoutes({ core: { db } }: ExecutionRouteParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/gate/applications/:application/pipelines',
      summary: 'Executions of an application, newest first',
      tag,
      access: 'known',
      request: {
        params: applicationParams,
        query: Type.Object({
          ...listQuery,
          pipelineNameFilter: Type.Optional(Type.String()),
          page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
        }),
      },
      handle: async ({ actor, params, query }) => {
        const found = await listExecutions(db, actor, {
          application: params.application,
          statuses: statusList(query.statuses),
          nameContains: query.pipelineNameFilter,
          perPipeline: query.limit ?? 10,
          limit: most,
          offset: ((query.page ?? 1) - 1) * most,
        });
        return plain(found.map(shown(query.expand !== false)));
      },
    }),
    route({
      method: 'GET',
      path: '/gate/executions',
      summary: 'Executions by pipelines or by ids',
      tag,
      access: 'known',
      request: {
        query: Type.Object({
          ...listQuery,
          pipelineConfigIds: Type.Optional(Type.String()),
          executionIds: Type.Optional(Type.String()),
        }),
      },
      statuses: [400],
      handle: async ({ actor, query }) => {
        const filter = wantedExecutions(query.pipelineConfigIds, query.executionIds, query.limit ?? 1);
        if (filter === null) return plain([]);
        const found = await listExecutions(db, actor, { ...filter, statuses: statusList(query.statuses) });
        return plain(found.map(shown(query.expand !== false)));
      },
    }),
    route({
      method: 'GET',
      path: '/gate/applications/:application/executions/search',
      summary: 'Search executions of an application, or of all (*)',
      tag,
      access: 'known',
      request: {
        params: applicationParams,
        query: Type.Object({
          triggerTypes: Type.Optional(Type.String()),
          pipelineName: Type.Optional(Type.String()),
          eventId: Type.Optional(Type.String()),
          trigger: Type.Optional(Type.String({ maxLength: 20_000 })),
          triggerTimeStartBoundary: instant,
          triggerTimeEndBoundary: instant,
          statuses: Type.Optional(Type.String()),
          startIndex: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
          size: Type.Optional(Type.Integer({ minimum: 1, maximum: most })),
          reverse: Type.Optional(Type.Boolean()),
          expand: Type.Optional(Type.Boolean()),
        }),
      },
      handle: async ({ actor, params, query }) => {
        const found = await listExecutions(db, actor, {
          ...(params.application === '*' ? {} : { application: params.application }),
          statuses: statusList(query.statuses),
          triggers: statusList(query.triggerTypes)?.map((type) => type.toLowerCase()),
          name: query.pipelineName,
          eventId: query.eventId,
          trigger: parseTrigger(query.trigger),
          from: query.triggerTimeStartBoundary === undefined ? undefined : new Date(query.triggerTimeStartBoundary),
          to: query.triggerTimeEndBoundary === undefined ? undefined : new Date(query.triggerTimeEndBoundary),
          limit: query.size ?? 10,
          offset: query.startIndex ?? 0,
          oldestFirst: query.reverse === true,
        });
        return plain(found.map(shown(query.expand === true)));
      },
    }),
    route({
      method: 'GET',
      path: '/gate/pipelines/:id',
      summary: 'Get an execution',
      tag,
      access: 'known',
      request: { params: idParams },
      statuses: [404],
      handle: async ({ actor, params }) => plain(toGateExecution(await getExecution(db, actor, params.id))),
    }),
  ];
}

function wantedExecutions(
  pipelines: string | undefined,
  ids: string | undefined,
  each: number,
): ExecutionFilter | null {
  if (pipelines !== undefined && ids !== undefined) {
    throw problem('bad-request', 'bad_request', 'Name pipelineConfigIds or executionIds, not both.');
  }
  const list = (ids ?? pipelines ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (list.length === 0) return null;
  return ids === undefined ? { pipelines: list, perPipeline: each, limit: most } : { ids: list, limit: most };
}

function controlRoutes(parts: ExecutionRouteParts): readonly Route[] {
  const cancel = cancelExecution(parts.kinds);
  return [
    route({
      method: 'PUT',
      path: '/gate/pipelines/:id/cancel',
      summary: 'Cancel an execution',
      tag,
      access: 'known',
      request: {
        params: idParams,
        query: Type.Object({ reason: Type.Optional(Type.String()), force: Type.Optional(Type.Boolean()) }),
      },
      statuses: [404],
      handle: async ({ params, query, execute }) => {
        await execute(cancel, { id: params.id, reason: query.reason?.slice(0, 1000) ?? null });
        return plain({});
      },
    }),
    route({
      method: 'PUT',
      path: '/gate/pipelines/:id/pause',
      summary: 'Pause an execution',
      tag,
      access: 'known',
      request: { params: idParams },
      statuses: [404, 409],
      handle: async ({ params, execute }) => {
        await execute(pauseExecution, { id: params.id });
        return plain({});
      },
    }),
    route({
      method: 'PUT',
      path: '/gate/pipelines/:id/resume',
      summary: 'Resume a paused execution',
      tag,
      access: 'known',
      request: { params: idParams },
      statuses: [404, 409],
      handle: async ({ params, execute }) => {
        await execute(resumeExecution, { id: params.id });
        return plain({});
      },
    }),
  ];
}

function stageRoutes(parts: ExecutionRouteParts): readonly Route[] {
  const restart = restartStage(parts.kinds);
  const skip = skipStage(parts.kinds);
  return [
    route({
      method: 'PUT',
      path: '/gate/pipelines/:id/stages/:stageId/restart',
      summary: 'Restart a stage and everything after it',
      tag,
      access: 'known',
      request: { params: stageIdParams },
      statuses: [404, 409],
      handle: async ({ actor, params, execute }) => {
        await execute(restart, { execution: params.id, stage: params.stageId });
        return plain(toGateExecution(await goOn(parts, actor, params.id)));
      },
    }),
    route({
      method: 'PATCH',
      path: '/gate/pipelines/:id/stages/:stageId',
      summary: 'Judge a stage (`judgmentStatus`), or skip its wait or the stage itself',
      tag,
      access: 'known',
      request: { params: stageIdParams, body: anyPipelineBody },
      statuses: [403, 404, 409, 422],
      handle: async ({ actor, params, body, execute }) => {
        const change = body as Readonly<Record<string, unknown>>;
        const target = { execution: params.id, stage: params.stageId };
        if (change['skipRemainingWait'] === true) await execute(skip, { ...target, what: 'wait' });
        else if (change['manualSkip'] === true) await execute(skip, { ...target, what: 'stage' });
        else {
          const whole = await getExecution(parts.core.db, actor, params.id);
          const decision = await judgmentDecision(parts.core.db, actor, whole, {
            stage: params.stageId,
            verdict: verdictOf(change['judgmentStatus']),
            input: textOf(change['judgmentInput']),
            comment: textOf(change['comment']),
            attempt: null,
            through: 'gate',
          });
          await execute(parts.decide, decision);
        }
        return plain(toGateExecution(await goOn(parts, actor, params.id)));
      },
    }),
  ];
}

function verdictOf(given: unknown): 'continue' | 'stop' {
  const word = typeof given === 'string' ? given.toLowerCase() : '';
  if (word === 'continue' || word === 'stop') return word;
  throw problem('invalid', 'invalid_request', 'judgmentStatus must be continue or stop.', { field: 'judgmentStatus' });
}

function textOf(given: unknown): string | null {
  return typeof given === 'string' && given !== '' ? given : null;
}
