import { createBlueprints } from '#catalog/blueprint-queries.ts';
import { catalogModule } from '#catalog/module.ts';
import { createScoreSource } from '#scorecards/compile-scores.ts';
import { type RecomputeJob, recomputeQueue } from '#scorecards/jobs.ts';
import { scorecardBlueprintHook, scorecardsModule } from '#scorecards/module.ts';
import type { Core } from '#platform/core.ts';
import { eventsAfter } from '#platform/events/read-events.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import type { Module } from '#platform/module.ts';
import { type ModuleServer, serveModules } from './module-server.ts';

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
  let scoring: Module = { name: 'none' };
  const server = await serveModules((core) => {
    const blueprints = createBlueprints();
    const scores = createScoreSource(core.clock);
    scoring = scorecardsModule({ core, blueprints, scores });
    const runGate = { assertOpen: async () => undefined };
    const catalog = catalogModule(core, { blueprints, scores, runGate, blueprintHooks: [scorecardBlueprintHook] });
    return [catalog, scoring, ...extra(core)];
  });
  let made = 0;
  let seen = 0;
  const { db } = server.core;
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
    async settle() {
      const jobs: RecomputeJob[] = [];
      await db.transaction().execute(async (tx) => {
        const enqueue = async (queue: string, queued: readonly QueuedJob<object>[]): Promise<void> => {
          if (queue === recomputeQueue) jobs.push(...queued.map((job) => job.data as RecomputeJob));
        };
        const ctx = { db: tx, orgId: server.orgId, now: server.clock.now(), enqueue };
        const events = await eventsAfter(tx, server.orgId, seen, 100_000);
        seen = events.at(-1)?.number ?? seen;
        for (const reader of scoring.readers ?? []) {
          await reader.handle(
            ctx,
            events.filter((event) => reader.concerns?.(event) ?? true),
          );
        }
      });
      for (const job of jobs) {
        for (const handler of scoring.jobs ?? []) await handler.run(job);
      }
    },
    async passTime() {
      for (const chore of scoring.chores ?? []) await chore.run();
    },
  };
}
