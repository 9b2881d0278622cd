import type { Core } from '#platform/core.ts';
import type { Module } from '#platform/module.ts';
import { aggregateRoutes } from './aggregate-routes.ts';
import type { EntityParts } from './apply-changes.ts';
import { calculationRoutes } from './calculation-routes.ts';
import { blueprintRoutes } from './blueprint-routes.ts';
import { bulkChangeChores, bulkChangeJobs, bulkChangeReader } from './bulk/bulk-change-jobs.ts';
import { bulkChangeRoutes } from './bulk/bulk-change-routes.ts';
import { bulkRoutes } from './bulk-routes.ts';
import type { BlueprintHook } from './delete-blueprint.ts';
import { derivedChores, derivedJobs } from './derived/derived-jobs.ts';
import { derivedReader } from './derived/derived-reactions.ts';
import { entityReadRoutes } from './entity-read-routes.ts';
import { entityRoutes } from './entity-routes.ts';
import { followPeople } from './people/follow-people.ts';
import { peopleChores } from './people/people-jobs.ts';
import { migrationChores, migrationJobs, migrationReader } from './migration-jobs.ts';
import { migrationRoutes } from './migration-routes.ts';
import { findRoutes } from './find/find-routes.ts';
import type { FindSource } from './find/find-source.ts';
import { wordsReader } from './find/words-reactions.ts';
import { previewRoutes } from './preview-routes.ts';
import { relatedRoutes } from './related-routes.ts';
import { renameRoutes } from './rename-routes.ts';
import { searchRoutes } from './search-routes.ts';
import { sourceRoutes } from './source-routes.ts';
import { tableRoutes } from './table-routes.ts';
import { timerChores } from './timers/timer-jobs.ts';
import { timersReader } from './timers/timer-reactions.ts';
import { viewRenames } from './views/follow-renames.ts';
import { viewRoutes } from './views/view-routes.ts';

export interface CatalogOptions extends EntityParts {
  /** What other modules keep about a blueprint and want to clean up, or keep from being deleted. */
  readonly blueprintHooks: readonly BlueprintHook[];
  /** What of other modules people find beside entities and blueprints. */
  readonly findSources?: readonly FindSource[];
}

export function catalogModule(core: Core, options: CatalogOptions): Module {
  const { blueprints } = options;
  const { graphs } = options.derivation;
  return {
    name: 'catalog',
    routes: [
      ...blueprintRoutes(core, options),
      ...entityReadRoutes(core, blueprints),
      ...entityRoutes(core, options),
      ...bulkRoutes(options),
      ...migrationRoutes(core, options),
      ...renameRoutes(blueprints),
      ...searchRoutes(core, blueprints),
      ...aggregateRoutes(core, blueprints),
      ...sourceRoutes(core, blueprints),
      ...tableRoutes(core, blueprints),
      ...viewRoutes(core, blueprints),
      ...bulkChangeRoutes(core, options),
      ...relatedRoutes(core, blueprints),
      ...calculationRoutes(core, options),
      ...previewRoutes(core, blueprints),
      ...findRoutes(core, { blueprints, sources: options.findSources ?? [] }),
    ],
    followers: [followPeople(options), viewRenames],
    readers: [derivedReader(graphs), wordsReader(), timersReader(graphs), migrationReader, bulkChangeReader],
    jobs: [...derivedJobs(core, options), ...migrationJobs(core, options), ...bulkChangeJobs(core, options)],
    chores: [
      ...derivedChores(core, options),
      ...migrationChores(core, options),
      ...bulkChangeChores(core, options),
      ...peopleChores(core, options),
      ...timerChores(core, options),
    ],
  };
}
