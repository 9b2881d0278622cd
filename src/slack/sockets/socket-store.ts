import { sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';

export interface SocketState {
  readonly state: 'connecting' | 'open' | 'failed';
  readonly error: string | null;
  readonly since: Date;
}

/** Two processes, where there are so many, hold one connection each: one may go away unnoticed. */
export const socketsPerOrganisation = 2;
const heldMs = 20_000;

interface Holding {
  readonly orgId: string;
  readonly holder: string;
  readonly now: Date;
}

/** Renews what this holder has, or takes a place that is free. False when others hold them all. */
export async function holdSocket(db: Db, { orgId, holder, now }: Holding): Promise<boolean> {
  const until = new Date(now.getTime() + heldMs);
  const renewed = await sql`
    update slack_socket set held_until = ${until} where org_id = ${orgId} and holder = ${holder} returning 1`.execute(
    db,
  );
  if (renewed.rows.length > 0) return true;
  const taken = await sql`
    insert into slack_socket (org_id, slot, holder, held_until, state, since)
    select ${orgId}, place.number, ${holder}, ${until}, 'connecting', ${now}
    from generate_series(1, ${socketsPerOrganisation}::int) as place (number)
    where not exists (select 1 from slack_socket held where held.org_id = ${orgId} and held.slot = place.number
      and held.held_until > ${now})
    order by place.number limit 1
    on conflict (org_id, slot) do update set holder = excluded.holder, held_until = excluded.held_until,
      state = excluded.state, error = null, since = excluded.since
      where slack_socket.held_until <= ${now}
    returning 1`.execute(db);
  return taken.rows.length > 0;
}

export async function noteSocket(
  db: Db,
  { orgId, holder, now }: Holding,
  { state, error }: Omit<SocketState, 'since'>,
): Promise<void> {
  await sql`
    update slack_socket set since = case when state = ${state} then since else ${now} end, state = ${state},
      error = ${error}
    where org_id = ${orgId} and holder = ${holder}`.execute(db);
}

export async function releaseSocket(db: Db, orgId: string, holder: string): Promise<void> {
  await sql`delete from slack_socket where org_id = ${orgId} and holder = ${holder}`.execute(db);
}

/** The best of an organisation's connections; null while nobody holds one. */
export async function socketState(db: Db, orgId: string, now: Date): Promise<SocketState | null> {
  const found = await sql<SocketState>`
    select state, error, since from slack_socket where org_id = ${orgId} and held_until > ${now}
    order by state = 'open' desc, since limit 1`.execute(db);
  return found.rows[0] ?? null;
}
