import { sql } from 'kysely';
import { blockedSessions } from '#platform/db/blocked-sessions.ts';
import type { Db } from '#platform/db/handles.ts';
import type { Reader } from '#platform/events/reader.ts';
import { readerLag } from '#platform/events/reader-runner.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';

/** Live: the process answers. Ready: migrated and able to write. */
export function healthRoutes(db: Db, readers: readonly Reader[], isReady: () => boolean): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/health/live',
      summary: 'Whether the process answers',
      tag: 'Health',
      access: 'anyone',
      handle: async () => ok({}),
    }),
    route({
      method: 'GET',
      path: '/health/ready',
      summary: 'Whether requests can be served: migrated and able to write',
      tag: 'Health',
      access: 'anyone',
      statuses: [503],
      handle: async () => {
        if (!isReady()) throw problem('unavailable', 'not_ready', 'Starting or stopping.');
        await assertWritable(db);
        return ok({ readers: await readerLag(db, readers), blocked: await blockedSessions(db) });
      },
    }),
  ];
}

async function assertWritable(db: Db): Promise<void> {
  const found = await sql<{ recovering: boolean }>`
    select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as recovering`
    .execute(db)
    .catch(() => null);
  if (found?.rows[0]?.recovering !== false) {
    throw problem('unavailable', 'not_ready', 'The database cannot be reached or cannot be written.');
  }
}
