import { sql } from 'kysely';
import type { Core } from '#platform/core.ts';
import type { Chore } from '#platform/module.ts';

const everySeconds = 3_600;
const dayMs = 86_400_000;
/** Few enough that no transaction is long. */
const batchSize = 200;
const keptOfEach = 5;

/** Deletes executions with their stages some time after their end. Open ones and the last of each pipeline stay. */
export function purgeExecutionsChore({ db, clock }: Core, retentionDays: number): Chore {
  return {
    name: 'old-executions',
    everySeconds,
    async run() {
      const before = new Date(clock.now().getTime() - retentionDays * dayMs);
      for (let deleted = batchSize; deleted >= batchSize;) {
        const gone = await sql`
          delete from execution where (org_id, id) in (
            select old.org_id, old.id from execution old
            where old.ended_at < ${before} and (
              select count(*) from (select from execution newer where newer.org_id = old.org_id
                and newer.pipeline = old.pipeline and (newer.created_at, newer.id) > (old.created_at, old.id)
                limit ${keptOfEach}) as later) >= ${keptOfEach}
            order by old.ended_at limit ${batchSize} for update skip locked)`.execute(db);
        deleted = Number(gone.numAffectedRows ?? 0);
      }
    },
  };
}
