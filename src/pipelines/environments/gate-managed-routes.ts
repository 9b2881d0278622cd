import { Type } from 'typebox';
import { parse } from 'yaml';
import { authorize } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { assertShallow, assertStorableText } from '#platform/http/check-text.ts';
import { type Reply, route, type Route } from '#platform/http/route.ts';
import { isJsonObject } from '#platform/json.ts';
import { notFound, problem } from '#platform/problem.ts';
import { authorizeSaving } from '../access-queries.ts';
import { applicationParams, configNameParams, constraintBody, environmentParams } from '../contract.ts';
import type { Decide } from '../judge-stage.ts';
import { constraintsOf, getConfig, getConfigByName } from './config-queries.ts';
import { checkedConfig } from './check-config.ts';
import { type ConfigRow, toGateState } from './delivery-config.ts';
import { describeArtifacts, describeManaged } from './environments-view.ts';
import { askAgain, readJudgement } from './judge-constraint.ts';
import { deleteConfig, submitConfig } from './submit-config.ts';

const tag = 'Gate';

export interface ManagedRouteParts {
  readonly db: Db;
  readonly decide: Decide;
}

/** The part of Gate's API about delivery configs and their constraints. */
export function gateManagedRoutes(parts: ManagedRouteParts): readonly Route[] {
  const { db } = parts;
  return [
    ...submitRoutes(db),
    ...configRoutes(db, {
      path: '/gate/managed/delivery-configs/:name',
      params: configNameParams,
      find: async (actor, params) => getConfigByName(db, actor, params['name'] ?? ''),
    }),
    ...configRoutes(db, {
      path: '/gate/managed/application/:application/config',
      params: applicationParams,
      find: async (actor, params) => getConfig(db, actor, params['application'] ?? ''),
    }),
    ...readRoutes(db),
    ...constraintRoutes(parts),
  ];
}

function plain(body: object, status = 200): Reply {
  return { status, body };
}

function toGateConfig(row: ConfigRow): Record<string, unknown> {
  return { ...row.document, name: row.name, application: row.application };
}

/** JSON, or YAML as people keep these files. */
function readSubmission(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  if (text.trim() === '') throw unreadable('it is empty');
  assertShallow(text);
  let given: unknown;
  try {
    given = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw unreadable((error as Error).message.split('\n', 1)[0] ?? '');
  }
  const json = JSON.stringify(given ?? null);
  assertShallow(json);
  const plainGiven = JSON.parse(json) as unknown;
  assertStorableText(json, plainGiven);
  return plainGiven;
}

/** Who may save nothing at all is not told what is wrong with it. */
async function permittedSubmission(db: Db, actor: Actor, bytes: Buffer): Promise<unknown> {
  let given: unknown;
  try {
    given = readSubmission(bytes);
  } catch (error) {
    authorize(actor, 'pipeline.write');
    throw error;
  }
  await authorizeSaving(db, actor, isJsonObject(given) ? given : {});
  return given;
}

function unreadable(why: string): Error {
  return problem('invalid', 'invalid_request', `The delivery config is neither JSON nor YAML: ${why}.`, { field: '' });
}

function submitRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/gate/managed/delivery-configs',
      summary: 'Store a delivery config, as JSON or YAML; its application is made when it is new',
      tag,
      access: 'known',
      rawBody: true,
      statuses: [409, 422],
      handle: async ({ actor, rawBody, execute }) => {
        const document = await checkedConfig(db, actor.orgId, await permittedSubmission(db, actor, rawBody));
        return plain(toGateConfig(await execute(submitConfig, { document, expectedVersion: null })));
      },
    }),
    route({
      method: 'POST',
      path: '/gate/managed/delivery-configs/validate',
      summary: 'Check a delivery config without storing it',
      tag,
      access: 'known',
      rawBody: true,
      statuses: [422],
      handle: async ({ actor, rawBody }) => {
        await checkedConfig(db, actor.orgId, await permittedSubmission(db, actor, rawBody));
        return plain({ status: 'valid' });
      },
    }),
  ];
}

interface Lookup {
  readonly path: string;
  readonly params: typeof configNameParams | typeof applicationParams;
  readonly find: (actor: Actor, params: Readonly<Record<string, string>>) => Promise<ConfigRow>;
}

function configRoutes(db: Db, { path, params, find }: Lookup): readonly Route[] {
  const byName = path.endsWith(':name');
  return [
    route({
      method: 'GET',
      path,
      summary: byName ? 'Get a delivery config by its name' : 'Get the delivery config of an application',
      tag,
      access: 'known',
      request: { params },
      statuses: [404],
      handle: async (request) => plain(toGateConfig(await find(request.actor, request.params))),
    }),
    route({
      method: 'DELETE',
      path,
      summary: byName ? 'Delete a delivery config by its name' : 'Delete the delivery config of an application',
      tag,
      access: 'known',
      request: { params },
      statuses: [404],
      handle: async (request) => {
        const { application } = await find(request.actor, request.params).catch((error: unknown) => {
          authorize(request.actor, 'pipeline.write');
          throw error;
        });
        return plain(toGateConfig(await request.execute(deleteConfig, { application, expectedVersion: null })));
      },
    }),
    ...(byName
      ? [
          route({
            method: 'GET',
            path: `${path}/artifacts`,
            summary: 'The status of each version of each artifact in each environment',
            tag,
            access: 'known',
            request: { params },
            statuses: [404],
            handle: async (request) => plain(await describeArtifacts(db, await find(request.actor, request.params))),
          }),
        ]
      : []),
  ];
}

function readRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/gate/managed/application/:application',
      summary: 'Environments of an application with the versions in them',
      tag,
      access: 'known',
      request: { params: applicationParams },
      statuses: [404],
      handle: async ({ actor, params }) =>
        plain(await describeManaged(db, await getConfig(db, actor, params.application))),
    }),
    route({
      method: 'GET',
      path: '/gate/managed/application/:application/environment/:environment/constraints',
      summary: 'States of the constraints of an environment, newest first',
      tag,
      access: 'known',
      request: {
        params: environmentParams,
        query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) }),
      },
      statuses: [404],
      handle: async ({ actor, params, query }) => {
        const config = await getConfig(db, actor, params.application);
        if (!config.document.environments.some(({ name }) => name === params.environment)) {
          throw notFound('environment', params.environment, { application: config.application });
        }
        const states = await constraintsOf(db, config, params.environment, query.limit ?? 10);
        return plain(states.map((state) => toGateState(config, state)));
      },
    }),
  ];
}

function constraintRoutes({ db, decide }: ManagedRouteParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/gate/managed/application/:application/environment/:environment/constraint',
      summary: 'Judge a constraint (`OVERRIDE_PASS`, `OVERRIDE_FAIL`), or ask again (`PENDING`)',
      tag,
      access: 'known',
      request: { params: environmentParams, body: constraintBody },
      statuses: [403, 404, 409, 422],
      handle: async ({ actor, params, body, execute }) => {
        const config = await getConfig(db, actor, params.application);
        const judged = await readJudgement(db, actor, config, {
          environment: params.environment,
          type: body.type,
          version: body.artifactVersion,
          reference: body.artifactReference ?? null,
          status: body.status,
          comment: body.comment ?? null,
        });
        if (judged.act === 'decide') await execute(decide, judged.decision);
        if (judged.act === 'ask-again') {
          await execute(askAgain, { application: config.application, id: judged.state.id });
        }
        return plain({});
      },
    }),
  ];
}
