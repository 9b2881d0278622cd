import { sql } from 'kysely';
import type { Core } from '#platform/core.ts';
import { signPortWebhook } from '#platform/crypto/port-signature.ts';
import { type Egress, type EgressResponse, responseText } from '#platform/egress/egress.ts';
import { type EventRow, toLoggedEvent } from '#platform/events/read-events.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import { Problem } from '#platform/problem.ts';
import { changelogMessage } from './changelog-message.ts';
import type { DeliveryRow } from './delivery-view.ts';
import {
  type AttemptResult,
  claimDelivery,
  claimMs,
  claimNext,
  missedBefore,
  releaseClaim,
  storeAttempt,
} from './delivery-store.ts';
import { type DeliverJob, deliverQueue, endpointGroup } from './reactions.ts';
import { nextAttemptIn, parseRetryAfter } from './retry-rules.ts';

export interface DeliveryJobParts {
  readonly core: Core;
  readonly egress: Egress;
  readonly signingSecret: (orgId: string) => Promise<string>;
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

const timeoutMs = 15_000;
const expirySeconds = 300;
const shownAnswer = 300;
/** So many of one key are sent in one go; then others of the queue have their turn. */
const mostInOneGo = 20;

export function deliveryJobs(parts: DeliveryJobParts): readonly JobHandler[] {
  return [
    jobHandler<DeliverJob>({
      queue: deliverQueue,
      concurrency: 48,
      groupConcurrency: 12,
      expireSeconds: expirySeconds,
      run: async (job) => deliver(parts, job),
    }),
  ];
}

/**
 * Sends one delivery, then those that waited behind it. Claims and records are statements of their own around each
 * attempt. The next is looked for only after the record of this one stands: a follower that comes meanwhile either is
 * seen then, or finds this one out of its way. A crash in between is found by the sweep.
 */
async function deliver(parts: DeliveryJobParts, job: DeliverJob): Promise<void> {
  const { db, clock } = parts.core;
  let row = await claimDelivery(db, job.orgId, job.deliveryId, clock.now());
  for (let sent = 1; row !== null; sent += 1) {
    const result = await attempt(parts, row);
    if (!(await storeAttempt(db, row, result, clock.now()))) return;
    if (result.nextAttemptAt !== null) return enqueueAgain(parts, row, result.nextAttemptAt);
    const next = await claimNext(db, row, clock.now());
    if (next !== null && sent >= mostInOneGo) {
      await releaseClaim(db, next);
      return enqueueAgain(parts, next);
    }
    row = next;
  }
}

async function enqueueAgain(parts: DeliveryJobParts, row: DeliveryRow, startAfter?: Date): Promise<void> {
  const data: DeliverJob = { orgId: row.org_id, deliveryId: row.id };
  await parts.enqueueNow(deliverQueue, [{ data, startAfter, group: endpointGroup(row.url) }]);
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
    // Refused by the guard or never answered: told in its own words. Anything else is a fault of ours, which must not
    // hold up the key for ever either.
    const known = error instanceof Problem;
    if (!known) parts.core.log.error({ event: 'delivery-error', delivery: row.id, err: error });
    const told = known ? error.message : 'The request could not be made; the log of the server tells why.';
    return failed(parts, row, { status: null, retryAfterMs: null, error: told });
  }
}

function failed(
  parts: DeliveryJobParts,
  row: DeliveryRow,
  failure: { readonly status: number | null; readonly retryAfterMs: number | null; readonly error: string },
): AttemptResult {
  const wait = nextAttemptIn({ attempts: row.attempts, ...failure }, Math.random());
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
  // The database keeps no NUL, and a failure that cannot be recorded would be tried for ever.
  const text = responseText(answer).replaceAll('\0', '').trim().slice(0, shownAnswer).toWellFormed();
  return `Answered ${answer.status}${text === '' ? '.' : `: ${text}`}`;
}
