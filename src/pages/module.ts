import type { Blueprints } from '#catalog/blueprint-queries.ts';
import type { BlueprintHook } from '#catalog/delete-blueprint.ts';
import type { Core } from '#platform/core.ts';
import type { Module } from '#platform/module.ts';
import { dataRoutes } from './data-routes.ts';
import { followBlueprint } from './follow-blueprint.ts';
import { pageRenames } from './follow-renames.ts';
import { pageRoutes } from './page-routes.ts';
import { lockPage, pagesOfBlueprint } from './page-store.ts';
import { removePage } from './save-page.ts';
import { sidebarRoutes } from './sidebar-routes.ts';
import { lockSidebar } from './sidebar-store.ts';
import { widgetRoutes } from './widget-routes.ts';

/** The page that lists the entities of a blueprint goes with it. */
export const pageBlueprintHook: BlueprintHook = {
  async beforeDelete(ctx, blueprint) {
    const identifiers = await pagesOfBlueprint(ctx, blueprint);
    if (identifiers.length === 0) return;
    await lockSidebar(ctx);
    for (const identifier of identifiers) {
      const page = await lockPage(ctx, identifier);
      if (page !== null) await removePage(ctx, page);
    }
  },
  onRename: followBlueprint,
};

/** Dashboards and other pages that people arrange, with the sidebar they stand in. */
export function pagesModule(core: Core, blueprints: Blueprints): Module {
  return {
    name: 'pages',
    followers: [pageRenames],
    routes: [
      ...pageRoutes(core, blueprints),
      ...dataRoutes(core, blueprints),
      ...widgetRoutes(core, blueprints),
      ...sidebarRoutes(core),
    ],
  };
}
