import type { Actor, Origin } from '#platform/commands/actor.ts';
import type { Command } from '#platform/commands/write-context.ts';
import { type Reply, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import { createRun, type NewRun } from '#runs/create-run.ts';
import { getRun } from '#runs/run-queries.ts';
import { inVersion, type RunRow, toWireRun } from '#runs/run.ts';
import { runParams } from '#runs/contract.ts';
import { secretInputs } from './secret-inputs-rules.ts';
import type { ActionRow } from './action.ts';
import { getAction, getLegacyAction } from './action-queries.ts';
import { actionParams, entityActionParams, legacyActionParams, rerunBody, runBody, runQuery } from './contract.ts';
import { type ExecuteParts, prepareRun } from './execute-action.ts';
import type { createReadAction, PermittedAction } from './read-action.ts';
import type { RunStarts } from './start-run.ts';
import { personByEmailIn } from '#access/people-queries.ts';
import { toUserActor } from '#access/person.ts';
import { notFound } from '#platform/problem.ts';

const tag = 'Action runs';
const accepted = 202;

/** What executing over HTTP needs. */
export interface ExecuteRouteParts extends ExecuteParts {
  readonly starts: RunStarts;
  readonly readAction: ReturnType<typeof createReadAction>;
}

interface ExecuteRequest {
  readonly actor: Actor;
  readonly origin: Origin;
  readonly requestId: string;
  readonly isKeyed: boolean;
  readonly body: { readonly properties?: Record<string, unknown>; readonly entity?: string | null };
  readonly query: { readonly version?: string; readonly run_as?: string };
  readonly execute: <Input, Result>(command: Command<Input, Result>, input: Input) => Promise<Result>;
}

/** The three ways to execute an action: by its own name, and by the older names within a blueprint. */
export function executeRoutes(parts: ExecuteRouteParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/actions/:action/runs',
      summary: 'Execute an action',
      tag,
      access: 'known',
      request: { params: actionParams, query: runQuery, body: runBody },
      statuses: [accepted, 403, 404, 422],
      handle: async (request) => {
        const permitted = await parts.readAction({
          orgId: request.actor.orgId,
          id: request.params.action,
        });
        return begin(parts, request, permitted, request.body.entity ?? null);
      },
    }),
    route({
      method: 'POST',
      path: '/v1/blueprints/:blueprint/actions/:action/runs',
      summary: 'Execute an action of a blueprint (older route)',
      tag,
      access: 'known',
      request: { params: legacyActionParams, query: runQuery, body: runBody },
      statuses: [accepted, 403, 404, 422],
      handle: async (request) => {
        const { blueprint, action: identifier } = request.params;
        const action = await getLegacyAction(parts.db, { orgId: request.actor.orgId, blueprint, identifier });
        return begin(parts, request, { action }, request.body.entity ?? null);
      },
    }),
    route({
      method: 'POST',
      path: '/v1/blueprints/:blueprint/entities/:entity/actions/:action/runs',
      summary: 'Execute an action on an entity (older route)',
      tag,
      access: 'known',
      request: { params: entityActionParams, query: runQuery, body: runBody },
      statuses: [accepted, 403, 404, 422],
      handle: async (request) => {
        const { blueprint, action: identifier, entity } = request.params;
        const action = await getLegacyAction(parts.db, { orgId: request.actor.orgId, blueprint, identifier });
        return begin(parts, request, { action }, entity);
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/runs/:run/again',
      summary: 'Execute the action of a run again, with the same inputs where no others are given',
      tag,
      access: 'known',
      request: { params: runParams, query: runQuery, body: rerunBody },
      statuses: [accepted, 403, 404, 422],
      handle: async (request) => {
        const earlier = await getRun(parts.db, request.actor, request.params.run);
        const action = await getAction(parts.db, request.actor.orgId, earlier.action);
        const properties = inputsAgain(action, earlier, request.body.properties ?? {});
        return begin(parts, { ...request, body: { properties } }, { action }, earlier.entity);
      },
    }),
  ];
}

/** A run does not keep what was secret: who runs it again gives that anew. */
function inputsAgain(
  action: ActionRow,
  earlier: RunRow,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const secret = secretInputs(action.document.trigger.userInputs);
  const kept = Object.entries(earlier.raw_properties).filter(([key]) => !secret.has(key));
  const missing = Object.keys(earlier.raw_properties).filter((key) => secret.has(key) && !(key in given));
  if (missing.length === 0) return { ...Object.fromEntries(kept), ...given };
  throw problem(
    'invalid',
    'secret_inputs_needed',
    `Secret inputs are not kept. Give ${missing.map((key) => `"${key}"`).join(', ')} again.`,
    { inputs: missing, field: `properties.${missing[0]}` },
  );
}

async function begin(
  parts: ExecuteRouteParts,
  request: ExecuteRequest,
  { action, permissions }: Pick<PermittedAction, 'action'> & Partial<PermittedAction>,
  entity: string | null,
): Promise<Reply> {
  const executor = await executorOf(parts, request);
  const run = await prepareRun(parts, {
    actor: executor.actor,
    origin: request.origin,
    action,
    properties: request.body.properties ?? {},
    entity,
    impersonatedBy: executor.impersonatedBy,
    permissions,
  });
  const { id } = await start(parts, request, run, executor.actor.id);
  const view = await parts.starts.read(request.actor, id);
  const shape = action.shape === 1 && request.query.version === undefined ? inVersion(view, 'v1') : toWireRun(view);
  return { status: accepted, body: { ok: true, run: shape } };
}

/** What may have been answered before is answered alone, and so is what has somebody asked. */
async function start(
  { starts }: ExecuteRouteParts,
  { actor, origin, requestId, isKeyed, execute }: ExecuteRequest,
  run: NewRun,
  createdBy: string,
): Promise<{ readonly id: string }> {
  return isKeyed || run.approval !== null
    ? execute(createRunAs, { run, createdBy })
    : starts.start({ actor, origin, requestId }, run, createdBy);
}

const createRunAs: Command<{ readonly run: NewRun; readonly createdBy: string }, RunRow> = async (ctx, input) =>
  createRun({ ...ctx, actor: { ...ctx.actor, id: input.createdBy } }, input.run);

/** `run_as` lets organisation credentials start a run in a person's name; the run remembers both. */
async function executorOf(
  parts: ExecuteParts,
  { actor, query }: ExecuteRequest,
): Promise<{ readonly actor: Actor; readonly impersonatedBy: string | null }> {
  if (query.run_as === undefined || query.run_as === '') return { actor, impersonatedBy: null };
  if (actor.kind !== 'credential') {
    throw problem(
      'forbidden',
      'missing_permissions',
      'Only organisation credentials may run an action as somebody else.',
    );
  }
  const person = await personByEmailIn(parts.db, actor.orgId, query.run_as);
  if (person === null || person.status !== 'ACTIVE') throw notFound('user', query.run_as);
  return { actor: toUserActor(person), impersonatedBy: actor.id };
}
