import { sql } from 'kysely';
import type { Db, Tx } from '../db/handles.ts';
import type { NewEvent } from '../events/event.ts';
import { isJsonObject } from '../json.ts';
import { problem } from '../problem.ts';

export interface IdempotentRequest {
  /** The client's `Idempotency-Key`. */
  readonly key: string;
  /** Method and path, so that one key on two routes is two requests. */
  readonly route: string;
  /** Hash of the body. */
  readonly bodyHash: string;
}

/** Turns an answer into what is stored of it, and back. `place` is bound into it. */
export interface StoredAnswers {
  readonly seal: (text: string, place: { readonly orgId: string; readonly name: string }) => string;
  readonly open: (sealed: string, place: { readonly orgId: string; readonly name: string }) => string;
}

interface Scope {
  readonly answers: StoredAnswers;
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
  work: () => Promise<{ result: Result; events: readonly NewEvent[] }>,
): Promise<{ result: Result; events: readonly NewEvent[] }> {
  const { db, orgId, actorId, request, now, answers } = scope;
  const claimed = await sql`
    insert into idempotency_key (org_id, actor_id, route, key, body_hash, created_at)
    values (${orgId}, ${actorId}, ${request.route}, ${request.key}, ${request.bodyHash}, ${now})
    on conflict do nothing returning key`.execute(db);
  if (claimed.rows.length === 0) return { result: await storedResult<Result>(scope), events: [] };
  const outcome = await work();
  await sql`
    update idempotency_key set result = to_jsonb(${answers.seal(toText(outcome.result), placeOf(scope))}::text)
    where org_id = ${orgId} and actor_id = ${actorId} and route = ${request.route} and key = ${request.key}`.execute(
    db,
  );
  return outcome;
}

async function storedResult<Result>(scope: Scope): Promise<Result> {
  const { db, orgId, actorId, request, answers } = scope;
  const found = await sql<{ body_hash: string; result: string }>`
    select body_hash, result #>> '{}' as result from idempotency_key
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
  return fromText(answers.open(row.result, placeOf(scope))) as Result;
}

function placeOf({ orgId, actorId, request }: Scope): { orgId: string; name: string } {
  return { orgId, name: `idempotency/${actorId}/${request.route}/${request.key}` };
}

const dateKey = 'quayside:date';

/** Commands answer with dates, which JSON would turn into texts: both answers must be of one kind. */
function toText(result: unknown): string {
  return (
    JSON.stringify(result, function (this: Record<string, unknown>, key: string, value: unknown) {
      const original = this[key];
      return original instanceof Date ? { [dateKey]: original.toISOString() } : value;
    }) ?? 'null'
  );
}

function fromText(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) =>
    isJsonObject(value) && typeof value[dateKey] === 'string' ? new Date(value[dateKey]) : value,
  );
}

const keptMs = 86_400_000;

/** A key answers for a day. */
export async function deleteOldAnswers(db: Db, now: Date): Promise<void> {
  await sql`delete from idempotency_key where created_at < ${new Date(now.getTime() - keptMs)}`.execute(db);
}
