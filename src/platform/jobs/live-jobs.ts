import { type RawBuilder, sql } from 'kysely';

/** Whether a job of the queue is waiting, running or to be tried again, whose data has these values; for SQL. */
export function hasLiveJob(queue: string, data: Readonly<Record<string, RawBuilder<unknown>>>): RawBuilder<boolean> {
  const same = Object.entries(data).map(([key, value]) => sql`job.data ->> ${key}::text = ${value}`);
  return sql<boolean>`exists (
    select from job.job where job.name = ${queue} and job.state < 'completed' and ${sql.join(same, sql` and `)})`;
}
