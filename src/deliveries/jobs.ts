import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { LoggedEvent } from '#platform/events/event.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import { createKeyedLimit } from '#platform/keyed-limit.ts';
import { Problem } from '#platform/problem.ts';
import { changelogMessage } from './changelog-message.ts';
import type { DeliveryRow } from './delivery-view.ts';
import {
  type AttemptResult,
  type Claimed,
  claimMs,
  createDeliveryStore,
  type DeliveryStore,
  releaseClaim,
} from './delivery-store.ts';
import { eventMessage } from './event-message.ts';
import { type DeliverJob, deliverQueue, endpointGroup } from './reactions.ts';
import { nextAttemptIn, nextStreamAttemptIn, parseRetryAfter } from './retry-rules.ts';
import { refusalText, type SendParts, sendSigned } from './send-signed.ts';
import { streamAddress } from './stream-store.ts';

export interface DeliveryJobParts extends SendParts {
  readonly secrets: SecretBox;
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

const timeoutMs = 15_000;
const expirySeconds = 300;
/** So many of one key are sent in one go; then others of the queue have their turn. */
const mostInOneGo = 20;

/** To one endpoint, in this process. */
const sentAtOnce = 32;

interface Parts extends DeliveryJobParts {
  readonly store: DeliveryStore;
}

export function deliveryJobs(given: DeliveryJobParts): readonly JobHandler[] {
  const parts: Parts = { ...given, store: createDeliveryStore(given.core.db) };
  const inTurn = createKeyedLimit(sentAtOnce);
  return [
    jobHandler<DeliverJob>({
      queue: deliverQueue,
      concurrency: 96,
      groupConcurrency: sentAtOnce,
      expireSeconds: expirySeconds,
      run: async ({ orgId, deliveryId, others = [], endpoint = deliveryId }) => {
        const ids = [deliveryId, ...others];
        await Promise.all(ids.map(async (id) => inTurn(endpoint, async () => deliver(parts, { orgId, id }))));
      },
    }),
  ];
}

/**
 * Sends one delivery, then those that waited behind it. Claims and records are statements of their own around each
 * attempt. The next is looked for only after the record of this one stands: a follower that comes meanwhile either is
 * seen then, or finds this one out of its way. A crash in between is found by the sweep.
 */
async function deliver(parts: Parts, wanted: { readonly orgId: string; readonly id: string }): Promise<void> {
  const { core, store } = parts;
  let claimed = await store.claim(wanted, core.clock.now());
  for (let sent = 1; claimed !== null; sent += 1) {
    const { row } = claimed;
    const { missed, ...result } = await attempt(parts, claimed);
    if (!(await store.record({ row, result, missed, now: core.clock.now() }))) return;
    if (result.nextAttemptAt !== null) return enqueueAgain(parts, row, result.nextAttemptAt);
    const next = await store.claimNext(row, core.clock.now());
    if (next !== null && sent >= mostInOneGo) {
      await releaseClaim(core.db, next.row);
      return enqueueAgain(parts, next.row);
    }
    claimed = next;
  }
}

async function enqueueAgain(parts: Parts, row: DeliveryRow, startAfter?: Date): Promise<void> {
  const data: DeliverJob = { orgId: row.org_id, deliveryId: row.id };
  await parts.enqueueNow(deliverQueue, [{ data, startAfter, group: endpointGroup(row.url) }]);
}

async function attempt(parts: Parts, { row, told }: Claimed): Promise<AttemptResult & { readonly missed: number }> {
  try {
    if (told === null) return over('The change is no longer in the event log.');
    const { missed } = told;
    const destination = await destinationOf(parts, row, told.event);
    if (destination === null) return over('The event stream was removed.');
    const answer = await sendSigned(parts, {
      ...destination,
      orgId: row.org_id,
      headers: headersOf(row, missed),
      timeoutMs: Math.min(timeoutMs, claimMs),
    });
    if (answer.ok) return { state: 'delivered', status: answer.status, error: null, nextAttemptAt: null, missed };
    const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], parts.core.clock.now());
    return {
      ...failed(parts, row, { status: answer.status, retryAfterMs, error: refusalText(destination.url, answer) }),
      missed,
    };
  } catch (error) {
    // Refused by the guard or never answered: told in its own words. Anything else is a fault of ours, which must not
    // hold up the key for ever either.
    const known = error instanceof Problem;
    if (!known) parts.core.log.error({ event: 'delivery-error', delivery: row.id, err: error });
    const text = known ? error.message : 'The request could not be made; the log of the server tells why.';
    return { ...failed(parts, row, { status: null, retryAfterMs: null, error: text }), missed: 0 };
  }
}

function failed(
  parts: Parts,
  row: DeliveryRow,
  failure: { readonly status: number | null; readonly retryAfterMs: number | null; readonly error: string },
): AttemptResult {
  const next = row.stream === null ? nextAttemptIn : nextStreamAttemptIn;
  const wait = next({ attempts: row.attempts, ...failure }, Math.random());
  parts.core.log.warn({ event: 'delivery-failed', delivery: row.id, attempts: row.attempts, status: failure.status });
  return {
    state: wait === null ? 'dead' : 'pending',
    status: failure.status,
    error: failure.error,
    nextAttemptAt: wait === null ? null : new Date(parts.core.clock.now().getTime() + wait),
  };
}

/** Where a delivery goes now and what it says; null when there is nowhere to go any more. */
async function destinationOf(
  { core, secrets }: Parts,
  row: DeliveryRow,
  event: LoggedEvent,
): Promise<{ readonly url: string; readonly body: object } | null> {
  if (row.stream === null) return { url: row.url, body: changelogMessage(event) };
  const url = await streamAddress(core.db, secrets, row.org_id, row.stream);
  return url === null ? null : { url, body: eventMessage(event) };
}

function headersOf(row: DeliveryRow, missed: number): Readonly<Record<string, string>> {
  return {
    // The same over all attempts: what a receiver remembers to act once.
    'Webhook-Id': row.event_id,
    'Webhook-Attempt': String(row.attempts),
    ...(missed === 0 ? {} : { 'Webhook-Missed': String(missed) }),
  };
}

const over = (error: string): AttemptResult & { readonly missed: number } => ({
  state: 'dead',
  status: null,
  error,
  nextAttemptAt: null,
  missed: 0,
});
