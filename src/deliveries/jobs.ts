import { sql } from 'kysely';
import type { Core } from '#platform/core.ts';
import { signPortWebhook } from '#platform/crypto/port-signature.ts';
import type { Tx } from '#platform/db/handles.ts';
import { type Egress, type EgressResponse, responseText } from '#platform/egress/egress.ts';
import { type EventRow, toLoggedEvent } from '#platform/events/read-events.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import { Problem } from '#platform/problem.ts';
import { changelogMessage } from './changelog-message.ts';
import type { DeliveryRow } from './delivery-view.ts';
import { type AttemptResult, claimDelivery, claimMs, missedBefore, nextOfKey, storeAttempt } from './delivery-store.ts';
import { type DeliverJob, deliverQueue } from './reactions.ts';
import { nextAttemptIn, parseRetryAfter } from './retry-rules.ts';

export interface DeliveryJobParts {
  readonly core: Core;
  readonly egress: Egress;
  readonly signingSecret: (orgId: string) => Promise<string>;
  readonly enqueue: <Data extends object>(tx: Tx, queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

const timeoutMs = 15_000;
const expirySeconds = 60;
const shownAnswer = 300;

export function deliveryJobs(parts: DeliveryJobParts): readonly JobHandler[] {
  return [
    jobHandler<DeliverJob>({
      queue: deliverQueue,
      concurrency: 16,
      expireSeconds: expirySeconds,
      run: async (job) => deliver(parts, job),
    }),
  ];
}

/** One attempt. Claim and record are short transactions before and after; a crash between them means one more attempt. */
async function deliver(parts: DeliveryJobParts, job: DeliverJob): Promise<void> {
  const { db, clock } = parts.core;
  const row = await claimDelivery(db, job.orgId, job.deliveryId, clock.now());
  if (row === null) return;
  const result = await attempt(parts, row);
  await db.transaction().execute(async (tx) => {
    await storeAttempt(tx, row, result, clock.now());
    const follower = result.state === 'pending' ? row.id : await nextOfKey(tx, row);
    if (follower === null) return;
    const data: DeliverJob = { orgId: row.org_id, deliveryId: follower };
    const startAfter = result.nextAttemptAt ?? undefined;
    await parts.enqueue(tx, deliverQueue, [startAfter === undefined ? { data } : { data, startAfter }]);
  });
}

async function attempt(parts: DeliveryJobParts, row: DeliveryRow): Promise<AttemptResult> {
  try {
    const answer = await send(parts, row);
    if (answer === null)
      return { state: 'dead', status: null, error: 'The change is no longer in the event log.', nextAttemptAt: null };
    if (answer.ok) return { state: 'delivered', status: answer.status, error: null, nextAttemptAt: null };
    const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], parts.core.clock.now());
    return failed(parts, row, { status: answer.status, retryAfterMs, error: refusalText(answer) });
  } catch (error) {
    // Refused by the guard or never answered: told in its own words, tried again like any failure.
    if (!(error instanceof Problem)) throw error;
    return failed(parts, row, { status: null, retryAfterMs: null, error: error.message });
  }
}

function failed(
  parts: DeliveryJobParts,
  row: DeliveryRow,
  failure: { readonly status: number | null; readonly retryAfterMs: number | null; readonly error: string },
): AttemptResult {
  const wait = nextAttemptIn({ attempts: row.attempts, ...failure });
  parts.core.log.warn({ event: 'delivery-failed', delivery: row.id, attempts: row.attempts, status: failure.status });
  return {
    state: wait === null ? 'dead' : 'pending',
    status: failure.status,
    error: failure.error,
    nextAttemptAt: wait === null ? null : new Date(parts.core.clock.now().getTime() + wait),
  };
}

async function send(parts: DeliveryJobParts, row: DeliveryRow): Promise<EgressResponse | null> {
  const found = await sql<EventRow>`
    select * from event where org_id = ${row.org_id} and number = ${row.event_number}`.execute(parts.core.db);
  const event = found.rows[0];
  if (event === undefined) return null;
  const rawBody = JSON.stringify(changelogMessage(toLoggedEvent(event)));
  const missed = await missedBefore(parts.core.db, row);
  return parts.egress.request({
    url: row.url,
    method: 'POST',
    timeoutMs: Math.min(timeoutMs, claimMs),
    body: rawBody,
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'quayside',
      // The same over all attempts: what a receiver remembers to act once.
      'Webhook-Id': row.event_id,
      'Webhook-Attempt': String(row.attempts),
      ...(missed === 0 ? {} : { 'Webhook-Missed': String(missed) }),
      ...signPortWebhook({
        secret: await parts.signingSecret(row.org_id),
        timestampMs: parts.core.clock.now().getTime(),
        rawBody,
      }),
    },
  });
}

function refusalText(answer: EgressResponse): string {
  if (answer.redirect) return `Answered ${answer.status}, a redirect, which is not followed.`;
  const text = responseText(answer).trim().slice(0, shownAnswer);
  return `Answered ${answer.status}${text === '' ? '.' : `: ${text}`}`;
}
