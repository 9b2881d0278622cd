import { type CatalogOptions, catalogModule } from '#catalog/module.ts';
import { pageBlueprintHook, pagesModule } from '#pages/module.ts';
import { testCatalogParts } from './catalog-parts.ts';
import { type ModuleServer, serveModules } from './module-server.ts';

/** Catalog and pages behind HTTP. */
export async function servePages(options: Partial<CatalogOptions> = {}): Promise<ModuleServer> {
  return serveModules((core) => {
    const parts = testCatalogParts(core, { blueprintHooks: [pageBlueprintHook], ...options });
    return [catalogModule(core, parts), pagesModule(core, parts.blueprints)];
  });
}
