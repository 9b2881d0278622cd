import { sql } from 'kysely';
import type { Db } from '../db/handles.ts';

/** Where jobs end that failed for the last time; kept for a month. */
export const deadQueue = 'dead';

/** A job that was given up. Its data names the organisation and the thing, never a secret. */
export interface DeadJob {
  readonly id: string;
  readonly queue: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly error: string | null;
  readonly diedAt: Date;
}

/** Newest first. */
export async function deadJobs(db: Db, orgId: string, limit: number): Promise<readonly DeadJob[]> {
  const found = await sql<DeadJob>`
    select id::text, source_name as queue, data, source_output ->> 'message' as error, created_on as "diedAt"
    from job.job where name = ${deadQueue} and data ->> 'orgId' = ${orgId}
    order by created_on desc, id limit ${limit}`.execute(db);
  return found.rows;
}

/** How many there are of each queue, over all organisations; for metrics. */
export async function countDeadJobs(db: Db): Promise<readonly { queue: string; jobs: number }[]> {
  const found = await sql<{ queue: string; jobs: number }>`
    select source_name as queue, count(*)::int as jobs from job.job where name = ${deadQueue} group by source_name`.execute(
    db,
  );
  return found.rows;
}
