import type { Module } from '#platform/module.ts';
import type { ExecuteParts } from './execute-action.ts';
import { legacyActionRoutes } from './legacy-routes.ts';
import { actionRoutes } from './routes.ts';
import { executeRoutes } from './run-routes.ts';

export function actionsModule(parts: ExecuteParts): Module {
  return {
    name: 'actions',
    routes: [...actionRoutes(parts.db), ...legacyActionRoutes(parts.db, parts.blueprints), ...executeRoutes(parts)],
  };
}
