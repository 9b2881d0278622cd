import { authorize } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { plainText } from '#platform/plain-text.ts';
import { problem } from '#platform/problem.ts';
import { queryInstant } from '#platform/http/query-instant.ts';
import { queryList } from '#platform/http/query-list.ts';
import { created, etag, ok, type Reply, route, type Route, type RouteRequest } from '#platform/http/route.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { advanceExecution, type EngineParts, type ExecutionKey, type Planned } from './advance-execution.ts';
import { cancelExecution } from './cancel-execution.ts';
import {
  cancelBody,
  executionListQuery,
  executionParams,
  judgmentBody,
  pipelineParams,
  stageParams,
  startBody,
} from './contract.ts';
import { createExecution } from './create-execution.ts';
import type { WholeExecution } from './execution.ts';
import { getExecution, listExecutions, shownExecution } from './execution-queries.ts';
import { toWireExecution, toWireExecutionItem } from './execution-view.ts';
import { type Decide, judgmentDecision } from './judge-stage.ts';
import { advanceQueue } from './reactions.ts';
import { pauseExecution, resumeExecution, wrongStatus } from './pause-execution.ts';
import { restartStage } from './restart-stage.ts';
import { skipStage } from './skip-stage.ts';
import type { StartExecution, StartRequest } from './start-execution.ts';

export interface ExecutionRouteParts extends EngineParts {
  readonly decide: Decide;
  readonly startExecution: StartExecution;
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

const tag = 'Pipeline executions';
const defaultLimit = 30;

export function executionRoutes(parts: ExecutionRouteParts): readonly Route[] {
  return [
    ...readRoutes(parts),
    startRoute(parts),
    ...controlRoutes(parts),
    putForwardRoute(parts),
    ...stageRoutes(parts),
  ];
}

/**
 * Goes on at once instead of with the next job, so that the answer shows what came of it. What fails here is done by
 * a job.
 */
export async function goOn(
  parts: ExecutionRouteParts,
  actor: Actor,
  id: string,
  planned: Planned | null = null,
): Promise<WholeExecution> {
  const key = { orgId: actor.orgId, executionId: id };
  const whole = await advanceExecution(parts, key, planned).catch(async (error: unknown) => {
    await leaveToJob(parts, key, error);
    return null;
  });
  return whole === null ? getExecution(parts.core.db, actor, id) : shownExecution(parts.core.db, actor, whole);
}

async function leaveToJob(
  { core, enqueueNow }: Pick<ExecutionRouteParts, 'core' | 'enqueueNow'>,
  key: ExecutionKey,
  error: unknown,
): Promise<void> {
  core.log.warn({ event: 'execution-not-advanced', execution: key.executionId, err: error });
  await enqueueNow<ExecutionKey>(advanceQueue, [{ data: key }]);
}

const shownOfError = 300;

/** Whoever puts it forward looks after the installation: they are told what the log is told. */
function notPutForward(execution: string, error: unknown): Error {
  const why = plainText(error instanceof Error ? error.message : String(error)).slice(0, shownOfError);
  const message = `It could not go on: ${why} A job tries again.`.replace(/([^.!?]) A job/, '$1. A job');
  return problem('unavailable', 'execution_not_advanced', message, { execution, why });
}

type Asked = Pick<
  RouteRequest<Actor, unknown, unknown, unknown>,
  'actor' | 'origin' | 'requestId' | 'isKeyed' | 'execute'
>;

/** Starts an execution, together with others of its pipeline that start at the same time, and goes on with it. */
export async function startAtOnce(
  parts: ExecutionRouteParts,
  { actor, origin, requestId, isKeyed, execute }: Asked,
  input: StartRequest['input'],
): Promise<WholeExecution> {
  const { id, done, planned } = isKeyed
    ? { ...(await execute(createExecution, { ...input, goesOn: true })), done: null, planned: null }
    : await parts.startExecution({ caller: { actor, origin, requestId }, input });
  return done === null ? goOn(parts, actor, id, planned) : shownExecution(parts.core.db, actor, done);
}

function executionReply(whole: WholeExecution): Reply {
  return ok({ execution: toWireExecution(whole) }, etag(whole.execution.version));
}

function readRoutes({ core: { db, clock } }: ExecutionRouteParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/executions',
      summary: 'List executions, newest first; `awaiting` for those that wait for a judgment',
      tag,
      access: 'known',
      request: { query: executionListQuery },
      statuses: [422],
      handle: async ({ actor, query }) => {
        const limit = query.limit ?? defaultLimit;
        const found = await listExecutions(db, actor, {
          application: query.application,
          pipelines: query.pipeline === undefined ? undefined : [query.pipeline],
          statuses: queryList(query.status),
          awaiting: query.awaiting,
          stuckAt: query.stuck === true ? clock.now() : undefined,
          triggers: queryList(query.trigger),
          by: query.by,
          from: queryInstant(query.from, 'from'),
          to: queryInstant(query.to, 'to'),
          after: query.after,
          limit: limit + 1,
        });
        const page = found.slice(0, limit);
        const next = found.length > limit ? (page.at(-1)?.execution.id ?? null) : null;
        return ok({ executions: page.map(toWireExecutionItem), next });
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/executions/:execution',
      summary: 'Get an execution with its stages',
      tag,
      access: 'known',
      request: { params: executionParams },
      statuses: [404],
      handle: async ({ actor, params }) => executionReply(await getExecution(db, actor, params.execution)),
    }),
  ];
}

function startRoute(parts: ExecutionRouteParts): Route {
  return route({
    method: 'POST',
    path: '/api/v1/pipelines/:pipeline/executions',
    summary: 'Start a pipeline',
    tag,
    access: 'known',
    request: { params: pipelineParams, body: startBody },
    statuses: [201, 404, 422, 429],
    handle: async ({ params, body, ...asked }) => {
      const input = { pipeline: params.pipeline, trigger: { type: 'manual' }, parameters: body.parameters ?? {} };
      const whole = await startAtOnce(parts, asked, input);
      return created({ execution: toWireExecution(whole) }, etag(whole.execution.version));
    },
  });
}

function controlRoutes(parts: ExecutionRouteParts): readonly Route[] {
  const cancel = cancelExecution(parts.kinds);
  return [
    route({
      method: 'POST',
      path: '/api/v1/executions/:execution/cancel',
      summary: 'Cancel an execution and what it started',
      tag,
      access: 'known',
      request: { params: executionParams, body: cancelBody },
      statuses: [404],
      handle: async ({ params, body, execute }) =>
        executionReply(await execute(cancel, { id: params.execution, reason: body.reason ?? null })),
    }),
    route({
      method: 'POST',
      path: '/api/v1/executions/:execution/pause',
      summary: 'Pause an execution',
      tag,
      access: 'known',
      request: { params: executionParams },
      statuses: [404, 409],
      handle: async ({ params, execute }) => executionReply(await execute(pauseExecution, { id: params.execution })),
    }),
    route({
      method: 'POST',
      path: '/api/v1/executions/:execution/resume',
      summary: 'Resume a paused execution',
      tag,
      access: 'known',
      request: { params: executionParams },
      statuses: [404, 409],
      handle: async ({ actor, params, execute }) => {
        await execute(resumeExecution, { id: params.execution });
        return executionReply(await goOn(parts, actor, params.execution));
      },
    }),
  ];
}

function putForwardRoute(parts: ExecutionRouteParts): Route {
  return route({
    method: 'POST',
    path: '/api/v1/executions/:execution/put-forward',
    summary: 'Have a running execution that stands still go on',
    tag,
    access: 'known',
    request: { params: executionParams },
    statuses: [404, 409, 503],
    handle: async ({ actor, params }) => {
      authorize(actor, 'pipeline.write');
      const before = await getExecution(parts.core.db, actor, params.execution);
      if (before.execution.status !== 'RUNNING') throw wrongStatus(before, 'put forward', 'RUNNING');
      const key = { orgId: actor.orgId, executionId: params.execution };
      await advanceExecution(parts, key).catch(async (error: unknown) => {
        await leaveToJob(parts, key, error);
        throw notPutForward(params.execution, error);
      });
      const after = await getExecution(parts.core.db, actor, params.execution);
      const moved = after.execution.version !== before.execution.version;
      return ok({ execution: toWireExecution(after), moved }, etag(after.execution.version));
    },
  });
}

function stageRoutes(parts: ExecutionRouteParts): readonly Route[] {
  const skip = skipStage(parts.kinds);
  const restart = restartStage(parts.kinds);
  return [
    route({
      method: 'POST',
      path: '/api/v1/executions/:execution/stages/:stage/judgment',
      summary: 'Judge a stage that awaits it: continue or stop',
      tag,
      access: 'known',
      request: { params: stageParams, body: judgmentBody },
      statuses: [403, 404, 409, 422],
      handle: async ({ actor, params, body, execute }) => {
        const whole = await getExecution(parts.core.db, actor, params.execution);
        const decision = await judgmentDecision(parts.core.db, actor, whole, {
          stage: params.stage,
          verdict: body.verdict,
          input: body.input ?? null,
          comment: body.comment ?? null,
          attempt: body.attempt ?? null,
          ...(body.through === undefined ? {} : { through: body.through }),
        });
        await execute(parts.decide, decision);
        return executionReply(await goOn(parts, actor, params.execution));
      },
    }),
    ...(['skip', 'skip-wait'] as const).map((verb) =>
      route({
        method: 'POST',
        path: `/api/v1/executions/:execution/stages/:stage/${verb}`,
        summary: verb === 'skip' ? 'Leave out a running stage that may be skipped' : 'End a wait or a time window now',
        tag,
        access: 'known',
        request: { params: stageParams },
        statuses: [404, 409],
        handle: async ({ actor, params, execute }) => {
          await execute(skip, { ...params, what: verb === 'skip' ? 'stage' : 'wait' });
          return executionReply(await goOn(parts, actor, params.execution));
        },
      }),
    ),
    route({
      method: 'POST',
      path: '/api/v1/executions/:execution/stages/:stage/restart',
      summary: 'Do a stage again, and everything after it',
      tag,
      access: 'known',
      request: { params: stageParams },
      statuses: [404, 409],
      handle: async ({ actor, params, execute }) => {
        await execute(restart, params);
        return executionReply(await goOn(parts, actor, params.execution));
      },
    }),
  ];
}
