import type { Core } from '#platform/core.ts';
import type { Module } from '#platform/module.ts';
import { blueprintRoutes } from './blueprint-routes.ts';
import { type Blueprints, createBlueprints } from './blueprint-queries.ts';
import type { BlueprintHook } from './delete-blueprint.ts';

export interface CatalogOptions {
  /** Shared with whoever else reads blueprints, so that each is parsed once; made here when left out. */
  readonly blueprints?: Blueprints;
  readonly blueprintHooks?: readonly BlueprintHook[];
}

export function catalogModule(core: Core, options: CatalogOptions = {}): Module {
  const blueprints = options.blueprints ?? createBlueprints();
  return { name: 'catalog', routes: [...blueprintRoutes(core, blueprints, options.blueprintHooks ?? [])] };
}
