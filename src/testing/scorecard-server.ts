import { catalogModule } from '#catalog/module.ts';
import { createScoreSource } from '#scorecards/compile-scores.ts';
import { scorecardBlueprintHook, scorecardsModule } from '#scorecards/module.ts';
import type { Core } from '#platform/core.ts';
import type { Module } from '#platform/module.ts';
import { testCatalogParts } from './catalog-parts.ts';
import { type ModuleServer, serveModules } from './module-server.ts';
import { createSettling } from './settle-modules.ts';

/** Catalog and scorecards behind HTTP. */
export interface ScorecardServer extends ModuleServer {
  /** Makes a blueprint whose identifier is unique. */
  blueprint(properties: object, relations?: object): Promise<string>;
  entity(blueprint: string, entity: object): Promise<Readonly<Record<string, unknown>>>;
  /** Does what the readers and jobs of the scorecards have to do. */
  settle(): Promise<void>;
  /** Runs the chores once. */
  passTime(): Promise<void>;
}

export async function serveScorecards(extra: (core: Core) => readonly Module[] = () => []): Promise<ScorecardServer> {
  let modules: readonly Module[] = [];
  const server = await serveModules((core) => {
    const scores = createScoreSource(core.clock);
    const parts = testCatalogParts(core, { scores, blueprintHooks: [scorecardBlueprintHook] });
    modules = [catalogModule(core, parts), scorecardsModule({ core, blueprints: parts.blueprints, scores })];
    return [...modules, ...extra(core)];
  });
  let made = 0;
  return {
    ...server,
    async blueprint(properties, relations = {}) {
      made += 1;
      const identifier = `kind${made}`;
      const definition = { identifier, title: 'Kind', schema: { properties, required: [] }, relations };
      const answer = await server.ask('POST', '/v1/blueprints', definition);
      if (!answer.body.ok) throw new Error(answer.body.message);
      return identifier;
    },
    async entity(blueprint, entity) {
      const answer = await server.ask('POST', `/v1/blueprints/${blueprint}/entities?upsert=true`, entity);
      if (!answer.body.ok) throw new Error(answer.body.message);
      return answer.body['entity'] as Readonly<Record<string, unknown>>;
    },
    settle: createSettling(server.core, server.orgId, () => modules),
    async passTime() {
      for (const chore of modules.flatMap((module) => module.chores ?? [])) await chore.run();
    },
  };
}
