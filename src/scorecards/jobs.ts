import { sql } from 'kysely';
import type { ScoreSource } from '#catalog/apply-changes.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import { recomputeScores } from '#catalog/recompute-scores.ts';
import { systemActor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { Chore } from '#platform/module.ts';
import type { ScorecardDefinition } from './scorecard.ts';
import { dependsOnTime } from './scorecard-rules.ts';

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
const timeCheckSeconds = 60;

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

/** Scorecards that ask for "last week" change their answer while nobody writes anything. */
export function scoringChores(parts: ScoringParts): readonly Chore[] {
  return [
    {
      name: 'scorecards-over-time',
      everySeconds: timeCheckSeconds,
      run: async () => {
        const found = await sql<{ orgId: string; blueprint: string; document: ScorecardDefinition }>`
          select org_id as "orgId", blueprint, document from scorecard
          where document::text ~ '"preset"|Expired"'
          order by org_id, blueprint`.execute(parts.core.db);
        const due = found.rows.filter((row) => dependsOnTime(row.document));
        const jobs = new Map(due.map(({ orgId, blueprint }) => [`${orgId} ${blueprint}`, { orgId, blueprint }]));
        for (const job of jobs.values()) await recomputeBlueprint(parts, job);
      },
    },
  ];
}
