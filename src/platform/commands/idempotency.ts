import { sql } from 'kysely';
import type { Tx } from '../db/handles.ts';
import { problem } from '../problem.ts';

export interface IdempotentRequest {
  /** The client's `Idempotency-Key`. */
  readonly key: string;
  /** Method and path, so that one key on two routes is two requests. */
  readonly route: string;
  /** Hash of the body. */
  readonly bodyHash: string;
}

interface Scope {
  readonly db: Tx;
  readonly now: Date;
  readonly orgId: string;
  readonly actorId: string;
  readonly request: IdempotentRequest;
}

/**
 * Runs the work once per key. A second request with the key waits on the first one's row, then gets its stored
 * result; a request that failed left no row, so it may be tried again.
 */
export async function answerOnce<Result>(
  scope: Scope,
  work: () => Promise<{ result: Result; wrote: boolean }>,
): Promise<{ result: Result; wrote: boolean }> {
  const { db, orgId, actorId, request, now } = scope;
  const claimed = await sql`
    insert into idempotency_key (org_id, actor_id, route, key, body_hash, created_at)
    values (${orgId}, ${actorId}, ${request.route}, ${request.key}, ${request.bodyHash}, ${now})
    on conflict do nothing returning key`.execute(db);
  if (claimed.rows.length === 0) return { result: await storedResult<Result>(scope), wrote: false };
  const outcome = await work();
  await sql`
    update idempotency_key set result = ${JSON.stringify(outcome.result ?? null)}::jsonb
    where org_id = ${orgId} and actor_id = ${actorId} and route = ${request.route} and key = ${request.key}`.execute(
    db,
  );
  return outcome;
}

async function storedResult<Result>({ db, orgId, actorId, request }: Scope): Promise<Result> {
  const found = await sql<{ body_hash: string; result: Result }>`
    select body_hash, result from idempotency_key
    where org_id = ${orgId} and actor_id = ${actorId} and route = ${request.route} and key = ${request.key}`.execute(
    db,
  );
  const row = found.rows[0];
  if (row === undefined || row.body_hash !== request.bodyHash) {
    throw problem(
      'conflict',
      'idempotency_key_reused',
      'This Idempotency-Key was used before with another body. Use a new key for a new request.',
      { header: 'Idempotency-Key' },
    );
  }
  return row.result;
}
