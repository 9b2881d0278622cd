import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import type { Caller } from '#platform/commands/command-runner.ts';
import type { Core } from '#platform/core.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { Chore } from '#platform/module.ts';
import { finishMigration } from '../end-migration.ts';
import { rebuildBlueprint, type RebuildStep, startRebuild } from './rebuild-blueprint.ts';
import { refreshCalculations } from './refresh-calculations.ts';
import { refreshDue } from './refresh-over-time.ts';
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
/** So that a large organisation does not keep the others waiting. */
const organisationsAtOnce = 3;
const lostCheckSeconds = 30;
const dueCheckSeconds = 20;
const timeCheckSeconds = 45;
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
      concurrency: organisationsAtOnce,
      groupConcurrency: 1,
      run: async ({ orgId }) => refreshOrganisation(core, parts, orgId),
    }),
    jobHandler<RebuildJob>({
      queue: rebuildQueue,
      expireSeconds,
      concurrency: organisationsAtOnce,
      groupConcurrency: 1,
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

/** Few entities are done in one go; of more the progress can be read as a migration. */
async function rebuild({ runner }: Core, parts: RefreshParts, { orgId, blueprint }: RebuildJob): Promise<void> {
  const input = { blueprint, after: null, limit: chunkSize, migration: null };
  const first = await runner.execute(callerFor(orgId), rebuildBlueprint(parts), input);
  if (first.next === null) return;
  const started = { blueprint, after: first.next, done: first.looked };
  const migration = await runner.execute(callerFor(orgId), startRebuild, started);
  await goOn({ runner }, parts, { orgId, blueprint, migration, after: first.next });
}

interface RebuildRest extends RebuildJob {
  readonly migration: string;
  readonly after: string | null;
}

/** Goes on where the last step of a migration ended. */
export async function resumeRebuild(core: Core, parts: RefreshParts, rest: RebuildRest): Promise<void> {
  await goOn(core, parts, rest);
}

async function goOn({ runner }: Pick<Core, 'runner'>, parts: RefreshParts, rest: RebuildRest): Promise<void> {
  const { orgId, blueprint, migration } = rest;
  const command = rebuildBlueprint(parts);
  let { after } = rest;
  let failure: string | null = null;
  while (after !== null) {
    const step: RebuildStep = await runner.execute(callerFor(orgId), command, {
      blueprint,
      after,
      limit: chunkSize,
      migration,
    });
    if (step.isCancelled) failure = 'It was cancelled.';
    after = step.isCancelled ? null : step.next;
  }
  await runner.execute(callerFor(orgId), finishMigration, { id: migration, failure });
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
    { name: 'derived-due', everySeconds: dueCheckSeconds, run: async () => refreshDue(core, parts) },
    { name: 'derived-over-time', everySeconds: timeCheckSeconds, run: async () => refreshCalculations(core, parts) },
  ];
}
