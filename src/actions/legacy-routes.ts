import type { Blueprints } from '#catalog/blueprint-queries.ts';
import type { Db } from '#platform/db/handles.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { notFound } from '#platform/problem.ts';
import { etag, ok, route, type Route } from '#platform/http/route.ts';
import { toLegacyWireAction } from './action.ts';
import { actionsOf, getLegacyAction, isShownTo, shownTo } from './action-queries.ts';
import { blueprintParams, legacyActionBody, legacyActionParams, legacyActionsBody } from './contract.ts';
import { checkForm } from './check-action.ts';
import { actionFor } from './invocation-view.ts';
import {
  createLegacyAction,
  createLegacyActions,
  deleteAction,
  replaceLegacyActions,
  updateLegacyAction,
} from './save-action.ts';

const tag = 'Actions';

interface LegacyParts {
  readonly db: Db;
  readonly blueprints: Blueprints;
  readonly jq: Pick<JqPool, 'check'>;
}

/** The routes of version 1, where an action belongs to a blueprint. */
export function legacyActionRoutes(parts: LegacyParts): readonly Route[] {
  return [...collectionRoutes(parts), ...itemRoutes(parts)];
}

function collectionRoutes({ db, blueprints, jq }: LegacyParts): readonly Route[] {
  const path = '/v1/blueprints/:blueprint/actions';
  return [
    route({
      method: 'GET',
      path,
      summary: 'List the actions of a blueprint (older route)',
      tag,
      access: 'known',
      request: { params: blueprintParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        await blueprints.get(db, actor.orgId, params.blueprint);
        const rows = await actionsOf(db, actor.orgId, { blueprints: [params.blueprint], ...shownTo(actor) });
        return ok({ actions: rows.map((row) => actionFor(actor, toLegacyWireAction(row))) });
      },
    }),
    route({
      method: 'POST',
      path,
      summary: 'Create one action or several for a blueprint (older route)',
      tag,
      access: 'known',
      request: { params: blueprintParams, body: legacyActionsBody },
      statuses: [404, 409, 422],
      handle: async ({ actor, params, body, execute }) => {
        for (const { userInputs } of [body].flat()) await checkForm(jq, actor, userInputs);
        if (!Array.isArray(body)) {
          const row = await execute(createLegacyAction, { ...params, action: body });
          return ok({ action: toLegacyWireAction(row) });
        }
        const rows = await execute(createLegacyActions, { ...params, actions: body });
        return ok({ actions: rows.map(toLegacyWireAction) });
      },
    }),
    route({
      method: 'PUT',
      path,
      summary: 'Replace all actions of a blueprint (older route)',
      tag,
      access: 'known',
      request: { params: blueprintParams, body: legacyActionsBody },
      statuses: [404, 409, 422],
      handle: async ({ actor, params, body, execute }) => {
        for (const { userInputs } of [body].flat()) await checkForm(jq, actor, userInputs);
        const rows = await execute(replaceLegacyActions, { ...params, actions: [body].flat() });
        return ok({ actions: rows.map(toLegacyWireAction) });
      },
    }),
  ];
}

function itemRoutes({ db, jq }: LegacyParts): readonly Route[] {
  const path = '/v1/blueprints/:blueprint/actions/:action';
  return [
    route({
      method: 'GET',
      path,
      summary: 'Get an action of a blueprint (older route)',
      tag,
      access: 'known',
      request: { params: legacyActionParams },
      statuses: [404],
      handle: async ({ actor, params: { blueprint, action: identifier } }) => {
        const row = await getLegacyAction(db, { orgId: actor.orgId, blueprint, identifier });
        if (!isShownTo(actor, row)) throw notFound('action', identifier, { blueprint });
        return ok({ action: actionFor(actor, toLegacyWireAction(row)) }, etag(row.version));
      },
    }),
    route({
      method: 'PUT',
      path,
      summary: 'Replace an action of a blueprint (older route)',
      tag,
      access: 'known',
      request: { params: legacyActionParams, body: legacyActionBody },
      statuses: [404, 409, 412, 422],
      handle: async ({ actor, params: { blueprint, action: identifier }, body, expectedVersion, execute }) => {
        await checkForm(jq, actor, body.userInputs);
        const row = await execute(updateLegacyAction, { blueprint, identifier, action: body, expectedVersion });
        return ok({ action: toLegacyWireAction(row) }, etag(row.version));
      },
    }),
    route({
      method: 'DELETE',
      path,
      summary: 'Delete an action of a blueprint (older route)',
      tag,
      access: 'known',
      request: { params: legacyActionParams },
      statuses: [404],
      handle: async ({ actor, params: { blueprint, action: identifier }, execute }) => {
        const row = await getLegacyAction(db, { orgId: actor.orgId, blueprint, identifier });
        await execute(deleteAction, { identifier: row.identifier });
        return ok({});
      },
    }),
  ];
}
