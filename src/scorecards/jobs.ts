import { sql } from 'kysely';
import type { ScoreSource } from '#catalog/apply-changes.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import { recomputeScores } from '#catalog/recompute-scores.ts';
import { systemActor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { Chore } from '#platform/module.ts';

export const recomputeQueue = 'scorecard-recompute';

export interface RecomputeJob {
  readonly orgId: string;
  readonly blueprint: string;
  /** These alone, when nothing changed for others. */
  readonly entities?: readonly string[];
}

export interface ScoringParts {
  readonly core: Core;
  readonly blueprints: Blueprints;
  readonly scores: ScoreSource;
}

/** So that a transaction stays well below 200 ms when every one of them changes. */
const chunkSize = 200;
const expireSeconds = 900;
/** Half of the minute within which they are scored anew. */
const timeCheckSeconds = 30;
/** Entities that are due at one time. */
const dueAtOnce = 2_000;

export function scoringJobs(parts: ScoringParts): readonly JobHandler[] {
  return [
    jobHandler<RecomputeJob>({
      queue: recomputeQueue,
      expireSeconds,
      concurrency: 1,
      run: async (job) => recomputeBlueprint(parts, job),
    }),
  ];
}

async function recomputeBlueprint({ core, ...parts }: ScoringParts, job: RecomputeJob): Promise<void> {
  const { orgId, blueprint, entities } = job;
  const caller = { actor: systemActor(orgId, 'scorecards'), origin: 'SYSTEM', requestId: null } as const;
  const command = recomputeScores(parts);
  let after: string | null = null;
  do {
    after = await core.runner.execute(caller, command, { blueprint, after, limit: chunkSize, only: entities ?? null });
  } while (after !== null);
}

/** Entities whose scores become others by the passing of time alone, at the instant that each of them carries. */
export function scoringChores(parts: ScoringParts): readonly Chore[] {
  return [
    {
      name: 'scorecards-over-time',
      everySeconds: timeCheckSeconds,
      run: async () => {
        let looked = dueAtOnce;
        while (looked === dueAtOnce) looked = await rescoreDue(parts);
      },
    },
  ];
}

async function rescoreDue(parts: ScoringParts): Promise<number> {
  const { core } = parts;
  const due = await sql<{ orgId: string; blueprint: string; entities: readonly string[] }>`
    select org_id as "orgId", blueprint, array_agg(identifier order by identifier) as entities
    from (select org_id, blueprint, identifier from entity
      where scores_change_at <= ${core.clock.now()} order by scores_change_at limit ${dueAtOnce}) as due
    group by org_id, blueprint order by org_id, blueprint`.execute(core.db);
  for (const job of due.rows) await recomputeBlueprint(parts, job);
  return due.rows.reduce((sum, { entities }) => sum + entities.length, 0);
}
