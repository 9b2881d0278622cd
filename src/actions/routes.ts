import type { Db } from '#platform/db/handles.ts';
import { queryList } from '#platform/http/query-list.ts';
import { notFound } from '#platform/problem.ts';
import { etag, ok, route, type Route } from '#platform/http/route.ts';
import { toLegacyWireAction, toWireAction } from './action.ts';
import { actionPermissions, executableActions, setActionPermissions } from './action-permissions.ts';
import { actionsOf, getAction, isShownTo, shownTo } from './action-queries.ts';
import { actionBody, actionListQuery, actionParams, permissionsBody } from './contract.ts';
import { actionFor } from './invocation-view.ts';
import { createAction, deleteAction, updateAction } from './save-action.ts';

const tag = 'Actions';

export function actionRoutes(db: Db): readonly Route[] {
  return [...readRoutes(db), ...writeRoutes(), ...permissionRoutes(db), executableRoute(db)];
}

function readRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/actions',
      summary: 'List actions',
      tag,
      access: 'known',
      request: { query: actionListQuery },
      handle: async ({ actor, query }) => {
        if (query.trigger_type === 'automation') return ok({ actions: [] });
        const rows = await actionsOf(db, actor.orgId, {
          identifiers: queryList(query.action_identifier),
          blueprints: queryList(query.blueprint_identifier),
          operations: queryList(query.operation),
          published: query.published,
          ...shownTo(actor),
        });
        const toWire = query.version === 'v1' ? toLegacyWireAction : toWireAction;
        return ok({ actions: rows.map((row) => actionFor(actor, toWire(row))) });
      },
    }),
    route({
      method: 'GET',
      path: '/v1/actions/:action',
      summary: 'Get an action',
      tag,
      access: 'known',
      request: { params: actionParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const row = await getAction(db, actor.orgId, params.action);
        if (!isShownTo(actor, row)) throw notFound('action', params.action);
        return ok({ action: actionFor(actor, toWireAction(row)) }, etag(row.version));
      },
    }),
  ];
}

function writeRoutes(): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/actions',
      summary: 'Create an action',
      tag,
      access: 'known',
      request: { body: actionBody },
      statuses: [404, 409, 422],
      handle: async ({ body, execute }) => ok({ action: toWireAction(await execute(createAction, body)) }),
    }),
    route({
      method: 'PUT',
      path: '/v1/actions/:action',
      summary: 'Replace an action',
      tag,
      access: 'known',
      request: { params: actionParams, body: actionBody },
      statuses: [404, 409, 412, 422],
      handle: async ({ params, body, expectedVersion, execute }) => {
        const row = await execute(updateAction, { identifier: params.action, action: body, expectedVersion });
        return ok({ action: toWireAction(row) }, etag(row.version));
      },
    }),
    route({
      method: 'DELETE',
      path: '/v1/actions/:action',
      summary: 'Delete an action; its runs stay',
      tag,
      access: 'known',
      request: { params: actionParams },
      statuses: [404],
      handle: async ({ params, execute }) => {
        await execute(deleteAction, { identifier: params.action });
        return ok({});
      },
    }),
  ];
}

/** Port's MCP server shows only the actions named here, so each is named. */
function executableRoute(db: Db): Route {
  return route({
    method: 'GET',
    path: '/v1/auth/permissions',
    summary: 'What the caller may execute',
    tag: 'Authentication',
    access: 'known',
    handle: async ({ actor }) => {
      const identifiers = await executableActions(db, actor);
      return ok({ permissions: identifiers.map((identifier) => `execute:actions:${identifier}`) });
    },
  });
}

function permissionRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/actions/:action/permissions',
      summary: 'Who may execute and approve an action',
      tag,
      access: 'known',
      request: { params: actionParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        await getAction(db, actor.orgId, params.action);
        return ok({ permissions: await actionPermissions(db, actor.orgId, params.action) });
      },
    }),
    route({
      method: 'PATCH',
      path: '/v1/actions/:action/permissions',
      summary: 'Change who may execute and approve an action',
      tag,
      access: 'known',
      request: { params: actionParams, body: permissionsBody },
      statuses: [404],
      handle: async ({ params, body, execute }) =>
        ok({ permissions: await execute(setActionPermissions, { action: params.action, change: body }) }),
    }),
  ];
}
