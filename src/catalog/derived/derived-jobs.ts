import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import type { Caller } from '#platform/commands/command-runner.ts';
import type { Core } from '#platform/core.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { Chore } from '#platform/module.ts';
import { rebuildBlueprint } from './rebuild-blueprint.ts';
import { type RefreshParts, refreshStale } from './refresh-entities.ts';

export const refreshQueue = 'catalog-refresh';
export const rebuildQueue = 'catalog-rebuild';

export interface RefreshJob {
  readonly orgId: string;
}

export interface RebuildJob {
  readonly orgId: string;
  readonly blueprint: string;
}

/** So that a transaction stays well below 200 ms when every one of them changes. */
const chunkSize = 100;
const expireSeconds = 900;
const lostCheckSeconds = 30;
/** Marked for longer, an entity has lost its job. */
const lostAfterMs = 10_000;

function callerFor(orgId: string): Caller {
  return { actor: systemActor(orgId, 'catalog'), origin: 'SYSTEM', requestId: null };
}

export function derivedJobs(core: Core, parts: RefreshParts): readonly JobHandler[] {
  return [
    jobHandler<RefreshJob>({
      queue: refreshQueue,
      expireSeconds,
      concurrency: 1,
      run: async ({ orgId }) => refreshOrganisation(core, parts, orgId),
    }),
    jobHandler<RebuildJob>({
      queue: rebuildQueue,
      expireSeconds,
      concurrency: 1,
      run: async (job) => rebuild(core, parts, job),
    }),
  ];
}

async function refreshOrganisation({ runner }: Core, parts: RefreshParts, orgId: string): Promise<void> {
  const command = refreshStale(parts);
  let taken: number;
  do {
    taken = await runner.execute(callerFor(orgId), command, { limit: chunkSize });
  } while (taken > 0);
}

async function rebuild({ runner }: Core, parts: RefreshParts, { orgId, blueprint }: RebuildJob): Promise<void> {
  const command = rebuildBlueprint(parts);
  let after: string | null = null;
  do {
    const step: { readonly next: string | null } = await runner.execute(callerFor(orgId), command, {
      blueprint,
      after,
      limit: chunkSize,
    });
    after = step.next;
  } while (after !== null);
}

export function derivedChores(core: Core, parts: RefreshParts): readonly Chore[] {
  return [
    {
      name: 'stale-entities',
      everySeconds: lostCheckSeconds,
      run: async () => {
        const before = new Date(core.clock.now().getTime() - lostAfterMs);
        const found = await sql<{ orgId: string }>`
          select distinct org_id as "orgId" from stale_entity where marked_at < ${before}`.execute(core.db);
        for (const { orgId } of found.rows) await refreshOrganisation(core, parts, orgId);
      },
    },
  ];
}
