import { sql } from 'kysely';
import type { Core } from '#platform/core.ts';
import type { Chore } from '#platform/module.ts';

export interface RunRetention {
  readonly runRetentionDays: number;
  readonly runLogRetentionDays: number;
}

const everySeconds = 3_600;
const dayMs = 86_400_000;
/** Few enough that no transaction is long. */
const batchSize = 500;

/** Deletes runs, and before them their log lines, some time after their end. Open runs stay. */
export function purgeRunsChore({ db, clock }: Core, retention: RunRetention): Chore {
  const before = (days: number): Date => new Date(clock.now().getTime() - days * dayMs);
  return {
    name: 'old-runs',
    everySeconds,
    async run() {
      for (let deleted = batchSize; deleted >= batchSize;) {
        const lines = await sql`
          delete from run_log where (org_id, run_id, ordinal) in (
            select run_log.org_id, run_log.run_id, run_log.ordinal from run
            join run_log on run_log.org_id = run.org_id and run_log.run_id = run.id
            where run.ended_at < ${before(retention.runLogRetentionDays)} limit ${batchSize})`.execute(db);
        deleted = Number(lines.numAffectedRows ?? 0);
      }
      for (let deleted = batchSize; deleted >= batchSize;) {
        const runs = await sql`
          delete from run where (org_id, id) in (
            select org_id, id from run where ended_at < ${before(retention.runRetentionDays)}
            order by ended_at limit ${batchSize} for update skip locked)`.execute(db);
        deleted = Number(runs.numAffectedRows ?? 0);
      }
    },
  };
}
