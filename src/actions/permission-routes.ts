import { etag, ok, route, type Route } from '#platform/http/route.ts';
import {
  actionPermissions,
  executePermissions,
  permissionsVersion,
  setActionPermissions,
} from './action-permissions.ts';
import { toWireAction } from './action.ts';
import { getAction, getShownAction } from './action-queries.ts';
import { checkPolicies } from './check-action.ts';
import { fillForm, formEntity, teamsOf } from './check-inputs.ts';
import { actionParams, formBody, offeredQuery, permissionsBody } from './contract.ts';
import { describePermission } from './describe-permission.ts';
import type { ExecuteParts } from './execute-action.ts';
import { findOfferedActions } from './find-offered-actions.ts';
import { actionFor } from './invocation-view.ts';
import { maskInputs } from './secret-inputs-rules.ts';

const tag = 'Actions';
const path = '/v1/actions/:action/permissions';

export function permissionRoutes(parts: ExecuteParts): readonly Route[] {
  return [readRoute(parts), ...changeRoutes(parts), explainRoute(parts), offeredRoute(parts), callerRoute(parts)];
}

function readRoute({ db }: ExecuteParts): Route {
  return route({
    method: 'GET',
    path,
    summary: 'Who may execute and approve an action',
    tag,
    access: 'known',
    request: { params: actionParams },
    statuses: [404],
    handle: async ({ actor, params }) => {
      await getAction(db, actor.orgId, params.action);
      const permissions = await actionPermissions(db, actor.orgId, params.action);
      return ok({ permissions }, etag(permissionsVersion(permissions)));
    },
  });
}

function changeRoutes({ jq }: ExecuteParts): readonly Route[] {
  const change = (method: 'PATCH' | 'PUT', summary: string): Route =>
    route({
      method,
      path,
      summary,
      tag,
      access: 'known',
      request: { params: actionParams, body: permissionsBody },
      statuses: [404, 412, 422],
      handle: async ({ actor, params, body, expectedVersion, execute }) => {
        await checkPolicies(jq, actor, body);
        const input = { action: params.action, change: body, whole: method === 'PUT', expectedVersion };
        const permissions = await execute(setActionPermissions, input);
        return ok({ permissions }, etag(permissionsVersion(permissions)));
      },
    });
  return [
    change('PATCH', 'Change who may execute and approve an action: the given keys alone'),
    change('PUT', 'Replace who may execute and approve an action'),
  ];
}

/** The same question that executing asks, without executing. */
function explainRoute(parts: ExecuteParts): Route {
  return route({
    method: 'POST',
    path: '/api/v1/actions/:action/permission-check',
    summary: 'Whether the caller may execute an action with these inputs, and why',
    tag,
    access: 'known',
    request: { params: actionParams, body: formBody },
    statuses: [404, 422],
    handle: async ({ actor, params, body }) => {
      const action = await getShownAction(parts.db, actor, params.action);
      const { userInputs: inputs } = action.document.trigger;
      const entity = await formEntity(parts, actor, action.blueprint, body.entity);
      const filling = { actor, inputs, given: body.properties ?? {}, entity };
      const { form, entities } = await fillForm(parts, filling, { dropHidden: true });
      const { execute } = await actionPermissions(parts.db, actor.orgId, action.identifier);
      const shown = await entities.withReferences(maskInputs(inputs, form.values));
      const question = { action, actor, at: parts.clock.now(), inputs: shown, entity };
      return ok({ permission: await describePermission(parts, execute, question, teamsOf(entity)) });
    },
  });
}

/** What people are shown to execute: the page of actions, the menu of an entity, the palette. */
function offeredRoute(parts: ExecuteParts): Route {
  return route({
    method: 'GET',
    path: '/api/v1/offered-actions',
    summary: 'The actions that the caller may execute, as far as that is known before a form is filled in',
    tag,
    access: 'known',
    request: { query: offeredQuery },
    statuses: [404],
    handle: async ({ actor, query }) => {
      const rows = await findOfferedActions(parts, actor, query);
      return ok({ actions: rows.map((row) => actionFor(actor, toWireAction(row))) });
    },
  });
}

/** Port's MCP server shows only the actions named here, so each is named. */
function callerRoute({ db }: ExecuteParts): Route {
  return route({
    method: 'GET',
    path: '/v1/auth/permissions',
    summary: 'What the caller may execute',
    tag: 'Authentication',
    access: 'known',
    handle: async ({ actor }) => ok({ permissions: await executePermissions(db, actor) }),
  });
}
