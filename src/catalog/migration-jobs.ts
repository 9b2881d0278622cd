import { sql } from 'kysely';
import type { Core } from '#platform/core.ts';
import type { Reader } from '#platform/events/reader.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { Chore } from '#platform/module.ts';
import type { EntityParts } from './apply-changes.ts';
import { deleteAll } from './delete-all-entities.ts';
import type { BlueprintHook } from './delete-blueprint.ts';
import { resumeRebuild } from './derived/derived-jobs.ts';
import { migrateEntities } from './migrate-entities.ts';
import { type MigrationWork, migrationWork } from './migration-store.ts';

const checkSeconds = 30;
/** Without a step for so long, whoever was at it is gone: a step takes well below a second. */
const abandonedAfterMs = 60_000;

export const migrateQueue = 'catalog-migrate';

export interface MigrateJob {
  readonly orgId: string;
  readonly migration: string;
}

const expireSeconds = 3_600;

/** A migration that maps entities is begun right after it was asked for. */
export const migrationReader: Reader = {
  name: 'catalog-migrations',
  concerns: ({ kind, context }) => kind === 'migration.created' && context['job'] === migrateQueue,
  async handle(ctx, events) {
    const jobs = events.map(({ context }) => ({
      data: { orgId: ctx.orgId, migration: String(context['migration']) },
      group: ctx.orgId,
    }));
    await ctx.enqueue<MigrateJob>(migrateQueue, jobs);
  },
};

export function migrationJobs(core: Core, parts: EntityParts): readonly JobHandler[] {
  return [
    jobHandler<MigrateJob>({
      queue: migrateQueue,
      expireSeconds,
      concurrency: 2,
      groupConcurrency: 1,
      run: async ({ orgId, migration: id }) => {
        const work = await migrationWork(core.db, orgId, id);
        if (work?.kind === 'map') await migrateEntities(core, parts, { orgId, id, work });
      },
    }),
  ];
}

/** Long-running changes whose process died are taken up by another. */
export function migrationChores(
  core: Core,
  parts: EntityParts & { readonly blueprintHooks: readonly BlueprintHook[] },
): readonly Chore[] {
  return [
    {
      name: 'abandoned-migrations',
      everySeconds: checkSeconds,
      run: async () => {
        const now = core.clock.now();
        const before = new Date(now.getTime() - abandonedAfterMs);
        const claimed = await sql<{ orgId: string; id: string; work: MigrationWork }>`
          update catalog_migration set advanced_at = ${now} where work is not null and advanced_at < ${before}
          returning org_id as "orgId", id, work`.execute(core.db);
        for (const { orgId, id, work } of claimed.rows) await takeUp(core, parts, { orgId, migration: id, work });
      },
    },
  ];
}

async function takeUp(
  core: Core,
  parts: EntityParts & { readonly blueprintHooks: readonly BlueprintHook[] },
  { orgId, migration, work }: { readonly orgId: string; readonly migration: string; readonly work: MigrationWork },
): Promise<void> {
  if (work.kind === 'rebuild') return resumeRebuild(core, parts, { orgId, migration, ...work });
  if (work.kind === 'map') return migrateEntities(core, parts, { orgId, id: migration, work });
  const caller = { ...work.caller, requestId: null };
  await deleteAll(async (command, input) => core.runner.execute(caller, command, input), parts, { migration, ...work });
}
