import Type from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { Core } from '#platform/core.ts';
import { created, etag, ok, route, type Route } from '#platform/http/route.ts';
import type { Blueprints } from '../blueprint-queries.ts';
import { BlueprintPath } from '../contract.ts';
import { loadVisibility } from '../visibility-queries.ts';
import { chooseDefaultView } from './choose-default-view.ts';
import { createView, deleteView, updateView } from './save-view.ts';
import { getView, listViews, readDefaults, refuseUnknownView } from './view-queries.ts';
import { DefaultBody, toWireView, ViewBody, ViewPatch } from './view-rules.ts';

const tag = 'Views';
const all = '/api/v1/blueprints/:blueprint/views';
const one = `${all}/:view`;
const ViewPath = Type.Object({
  blueprint: Type.String({ minLength: 1 }),
  view: Type.String({ minLength: 1, maxLength: 100 }),
});

/** Named views of a blueprint's table: columns, order, filter and grouping. */
export function viewRoutes(core: Core, blueprints: Blueprints): readonly Route[] {
  return [...reads(core, blueprints), ...writes(blueprints), defaults(blueprints)];
}

function reads({ db }: Core, blueprints: Blueprints): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: all,
      summary: 'Views of a table that the caller sees, and which of them it opens with',
      tag,
      access: 'known',
      request: { params: BlueprintPath },
      async handle({ actor, params: { blueprint } }) {
        authorize(actor, 'catalog.read');
        await blueprints.get(db, actor.orgId, blueprint);
        const { hidden } = await loadVisibility(db, actor);
        if (hidden.has(blueprint)) return ok({ views: [], defaults: { own: null, everyone: null } });
        const views = await listViews(db, actor, blueprint);
        const shown = views.map((view) => toWireView(view, actor));
        return ok({ views: shown, defaults: await readDefaults(db, actor, blueprint) });
      },
    }),
    route({
      method: 'GET',
      path: one,
      summary: 'Read a view',
      tag,
      access: 'known',
      request: { params: ViewPath },
      async handle({ actor, params }) {
        authorize(actor, 'catalog.read');
        const view = await getView(db, actor, params.view);
        const { hidden } = await loadVisibility(db, actor);
        if (view.blueprint !== params.blueprint || hidden.has(view.blueprint)) refuseUnknownView(params.view);
        return ok({ view: toWireView(view, actor) }, etag(view.version));
      },
    }),
  ];
}

function writes(blueprints: Blueprints): readonly Route[] {
  const commands = { create: createView(blueprints), update: updateView(blueprints), delete: deleteView(blueprints) };
  return [
    route({
      method: 'POST',
      path: all,
      summary: 'Keep a view of a table, for oneself or shared with everybody',
      tag,
      access: 'known',
      request: { params: BlueprintPath, body: ViewBody },
      statuses: [201],
      async handle({ actor, params, body, execute }) {
        const view = await execute(commands.create, { blueprint: params.blueprint, body });
        return created({ view: toWireView(view, actor) }, etag(view.version));
      },
    }),
    route({
      method: 'PATCH',
      path: one,
      summary: 'Rename a view, share it, or change what it shows',
      tag,
      access: 'known',
      request: { params: ViewPath, body: ViewPatch },
      async handle({ actor, params, body, expectedVersion, execute }) {
        const input = { blueprint: params.blueprint, id: params.view, patch: body, expectedVersion };
        const view = await execute(commands.update, input);
        return ok({ view: toWireView(view, actor) }, etag(view.version));
      },
    }),
    route({
      method: 'DELETE',
      path: one,
      summary: 'Delete a view',
      tag,
      access: 'known',
      request: { params: ViewPath },
      async handle({ params, expectedVersion, execute }) {
        await execute(commands.delete, { blueprint: params.blueprint, id: params.view, expectedVersion });
        return ok({});
      },
    }),
  ];
}

function defaults(blueprints: Blueprints): Route {
  const choose = chooseDefaultView(blueprints);
  return route({
    method: 'PUT',
    path: '/api/v1/blueprints/:blueprint/default-view',
    summary: 'Choose the view that a table opens with, for oneself or for everybody',
    tag,
    access: 'known',
    request: { params: BlueprintPath, body: DefaultBody },
    async handle({ params, body, execute }) {
      return ok({ defaults: await execute(choose, { blueprint: params.blueprint, body }) });
    },
  });
}
