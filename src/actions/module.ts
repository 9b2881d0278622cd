import type { Module } from '#platform/module.ts';
import { formRoutes } from './form-routes.ts';
import { legacyActionRoutes } from './legacy-routes.ts';
import { permissionRoutes } from './permission-routes.ts';
import { previewRoutes } from './preview-routes.ts';
import { actionRoutes } from './routes.ts';
import { type ExecuteRouteParts, executeRoutes } from './run-routes.ts';

export function actionsModule(parts: ExecuteRouteParts): Module {
  return {
    name: 'actions',
    routes: [
      ...actionRoutes(parts.db, parts.jq),
      ...legacyActionRoutes(parts),
      ...permissionRoutes(parts),
      ...formRoutes(parts),
      ...previewRoutes(parts),
      ...executeRoutes(parts),
    ],
  };
}
