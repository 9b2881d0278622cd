import { sql } from 'kysely';
import type { Db, Tx } from '../db/handles.ts';

const monthsAhead = 2;

/** Makes this month's and the coming partitions of the event log, and drops months that ended before the retention. */
export async function maintainEventPartitions(db: Db, now: Date, retentionDays: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // One process at a time: two would both try to create the same month.
    await sql`select pg_advisory_xact_lock(hashtext('quayside.event-partitions'))`.execute(tx);
    const existing = await sql<{ name: string }>`
      select child.relname as name from pg_inherits
      join pg_class child on child.oid = inhrelid where inhparent = 'event'::regclass`.execute(tx);
    const names = new Set(existing.rows.map((row) => row.name));
    for (let offset = 0; offset <= monthsAhead; offset += 1) {
      const month = monthStart(now, offset);
      if (names.has(partitionName(month))) continue;
      await makePartition(tx, month);
    }
    const oldest = new Date(now.getTime() - retentionDays * 86_400_000);
    for (const name of names) {
      const month = monthOf(name);
      if (month !== null && monthStart(month, 1) <= oldest) await sql`drop table ${sql.id(name)}`.execute(tx);
    }
  });
}

async function makePartition(tx: Tx, month: Date): Promise<void> {
  const [from, to] = [month.toISOString(), monthStart(month, 1).toISOString()];
  const early = await sql`select 1 from event_default where at >= ${from} and at < ${to} limit 1`.execute(tx);
  const create = sql.raw(
    `create table ${partitionName(month)} partition of event for values from ('${from}') to ('${to}')`,
  );
  if (early.rows.length === 0) {
    await sql`${create}`.execute(tx);
    return;
  }
  // A clock that was ahead left events of the month in the default partition, where PostgreSQL will not have them now.
  await sql`alter table event detach partition event_default`.execute(tx);
  await sql`alter table event_default rename to event_former_default`.execute(tx);
  await sql`${create}`.execute(tx);
  await sql`create table event_default partition of event default`.execute(tx);
  await sql`insert into event select * from event_former_default`.execute(tx);
  await sql`drop table event_former_default`.execute(tx);
}

function monthStart(instant: Date, offset: number): Date {
  return new Date(Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth() + offset, 1));
}

function partitionName(month: Date): string {
  return `event_${month.getUTCFullYear()}_${String(month.getUTCMonth() + 1).padStart(2, '0')}`;
}

function monthOf(name: string): Date | null {
  const match = /^event_(\d{4})_(\d{2})$/.exec(name);
  return match === null ? null : new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, 1));
}
