import { sql } from 'kysely';
import type { Db } from './handles.ts';

/** A connection that waits for a lock, and whom it waits for. Names processes and programs, never statements. */
export interface BlockedSession {
  readonly pid: number;
  readonly application: string;
  readonly waitingSeconds: number;
  readonly blockedBy: readonly { readonly pid: number; readonly application: string; readonly state: string }[];
}

const shortestWaitSeconds = 1;

/** Waits of more than a second in this database, longest first: what to look at when readers or writers fall behind. */
export async function blockedSessions(db: Db): Promise<readonly BlockedSession[]> {
  const found = await sql<BlockedSession>`
    select waiter.pid, waiter.application_name as application,
      extract(epoch from now() - waiter.query_start)::float8 as "waitingSeconds",
      (select jsonb_agg(jsonb_build_object('pid', holder.pid, 'application', holder.application_name,
                                           'state', holder.state))
       from pg_stat_activity holder where holder.pid = any(pg_blocking_pids(waiter.pid))) as "blockedBy"
    from pg_stat_activity waiter
    where waiter.datname = current_database() and waiter.wait_event_type = 'Lock'
      and waiter.query_start < now() - make_interval(secs => ${shortestWaitSeconds})
    order by waiter.query_start limit 20`.execute(db);
  return found.rows;
}
