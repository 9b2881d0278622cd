import type { Static } from 'typebox';
import type { Db } from '#platform/db/handles.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { queryList } from '#platform/http/query-list.ts';
import { etag, ok, route, type Route } from '#platform/http/route.ts';
import { toLegacyWireAction, toWireAction } from './action.ts';
import { actionsOf, getShownAction, shownTo } from './action-queries.ts';
import { checkForm } from './check-action.ts';
import { actionBody, actionListQuery, actionParams } from './contract.ts';
import { actionFor } from './invocation-view.ts';
import { createAction, deleteAction, updateAction } from './save-action.ts';

const tag = 'Actions';

export function actionRoutes(db: Db, jq: Pick<JqPool, 'check'>): readonly Route[] {
  return [...readRoutes(db), ...writeRoutes(jq)];
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
        if (asksForAutomations(query)) return ok({ actions: [] });
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
        const row = await getShownAction(db, actor, params.action);
        return ok({ action: actionFor(actor, toWireAction(row)) }, etag(row.version));
      },
    }),
  ];
}

/** There are none of them, and nobody executes an automation. */
function asksForAutomations(query: Static<typeof actionListQuery>): boolean {
  const { trigger_type: type, trigger_event: event, trigger_event_action_identifier: by } = query;
  return type === 'automation' || (queryList(event) ?? []).length > 0 || (queryList(by) ?? []).length > 0;
}

function writeRoutes(jq: Pick<JqPool, 'check'>): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/actions',
      summary: 'Create an action',
      tag,
      access: 'known',
      request: { body: actionBody },
      statuses: [404, 409, 422],
      handle: async ({ actor, body, execute }) => {
        await checkForm(jq, actor, body.trigger.userInputs);
        return ok({ action: toWireAction(await execute(createAction, body)) });
      },
    }),
    route({
      method: 'PUT',
      path: '/v1/actions/:action',
      summary: 'Replace an action',
      tag,
      access: 'known',
      request: { params: actionParams, body: actionBody },
      statuses: [404, 409, 412, 422],
      handle: async ({ actor, params, body, expectedVersion, execute }) => {
        await checkForm(jq, actor, body.trigger.userInputs);
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
