import { systemActor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Egress } from '#platform/egress/egress.ts';
import { EgressFailure } from '#platform/egress/egress-failure.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { maskUrl } from '#platform/egress/mask-url.ts';
import { hideTexts } from '#platform/hide-texts.ts';
import { isJsonObject } from '#platform/json.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { StageRow } from './execution.ts';
import {
  beginCall,
  earlierCallMayTake,
  readWaiting,
  reportStage,
  type StageKey,
  type StageReport,
} from './report-stage.ts';
import { attemptCall, sendCall, sendRequest } from './send-call.ts';
import { callPlace } from './stages/webhook.ts';
import { findWithdrawnCall, forgetWithdrawnCall } from './keep-withdrawn-calls.ts';
import {
  type CallAnswer,
  type CallVerdict,
  isCounted,
  judgeCreation,
  judgeStatus,
  type WebhookCall,
} from './webhook-rules.ts';

export const callQueue = 'pipeline-call';

export interface CallJob extends StageKey {
  readonly phase: 'create' | 'monitor' | 'cancel';
  /** When this phase began; how often it is asked depends on it. */
  readonly since?: string;
  /** Of a call that is withdrawn: the other side has it for certain, or never will. */
  readonly answered?: boolean;
}

export interface CallParts {
  readonly core: Core;
  readonly egress: Egress;
  readonly secrets: SecretBox;
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

const retryMs = 10_000;
const retryForMs = 300_000;
const quickMs = 1_000;
const quickForMs = 60_000;
const slowMs = 15_000;

export function callJobs(parts: CallParts): readonly JobHandler[] {
  return [
    jobHandler<CallJob>({
      queue: callQueue,
      concurrency: 16,
      retryLimit: 20,
      run: async (job) => {
        if (job.phase === 'create') await createCall(parts, job);
        else if (job.phase === 'monitor') await monitorCall(parts, job);
        else await cancelCall(parts, job);
      },
    }),
  ];
}

function callerFor(orgId: string) {
  return { actor: systemActor(orgId, 'pipelines'), origin: 'SYSTEM', requestId: null } as const;
}

async function report(parts: CallParts, job: CallJob, told: Omit<StageReport, 'key'>): Promise<boolean> {
  return parts.core.runner.execute(callerFor(job.orgId), reportStage, { key: keyOf(job), ...told });
}

function keyOf({ orgId, executionId, stageId, attempt, turn = 0 }: CallJob): StageKey {
  return { orgId, executionId, stageId, attempt, turn };
}

async function createCall(parts: CallParts, job: CallJob): Promise<void> {
  const begun = await parts.core.runner.execute(callerFor(job.orgId), beginCall, { key: keyOf(job) });
  if (begun === null) return;
  const call = openCall(parts, begun.stage);
  if (typeof call === 'string')
    return void (await report(parts, job, { context: {}, end: { outcome: 'failed', error: call } }));
  const shown = begun.stage.context['webhook'] as Record<string, unknown>;
  const underWayMs = earlierCallMayTake(begun, parts.core.clock.now());
  if (underWayMs > 0) return again(parts, job, underWayMs);
  if (begun.earlierCallAt !== null && call.method !== 'GET') {
    const error = `Quayside stopped while it made this call at ${begun.earlierCallAt.toISOString()}. It may have arrived; it is not made again.`;
    return void (await report(parts, job, {
      context: { webhook: { ...shown, error } },
      end: { outcome: 'failed', error },
    }));
  }
  const called = await attemptCall(
    async () => sendCall(parts.egress, call, `${job.stageId}-${job.attempt}`),
    (found) => judgeCreation(call, found),
  );
  const { answer } = called;
  // Reading twice does no harm.
  const lost = answer === null && called.reached && call.method === 'GET' && called.verdict.verdict === 'failed';
  const verdict: CallVerdict = lost ? { verdict: 'retry', reason: called.reason } : called.verdict;
  const webhook = { ...shown, ...answerContext(call, answer) };
  await settle(parts, job, call, { verdict, webhook });
  // Who withdrew it meanwhile left the other side to be told once it had the call.
  await cancelCall(parts, { ...job, phase: 'cancel', answered: true });
}

async function monitorCall(parts: CallParts, job: CallJob): Promise<void> {
  const found = await readWaiting(parts.core.db, keyOf(job));
  if (found === null) return;
  const call = openCall(parts, found.stage);
  if (typeof call === 'string')
    return void (await report(parts, job, { context: {}, end: { outcome: 'failed', error: call } }));
  const url = call.statusUrl ?? call.url;
  const shown = found.stage.context['webhook'] as Record<string, unknown>;
  const past = pastCodes(shown['monitor']);
  const looked = await attemptCall(
    async () => sendRequest(parts.egress, { url, method: 'GET', headers: call.headers }),
    (answer) => judgeStatus(call, answer, past),
  );
  const counted = looked.answer !== null && isCounted(call, looked.answer.status) ? [looked.answer.status] : [];
  // Nobody has to be asked twice for a status that did not come: it is asked again anyway.
  const verdict: CallVerdict =
    looked.answer === null && looked.reached ? { verdict: 'running', progress: null, percent: null } : looked.verdict;
  const monitor = {
    ...answerContext(call, looked.answer),
    ...(past.length + counted.length === 0 ? {} : { pastStatusCodes: [...past, ...counted] }),
    ...(verdict.verdict === 'running' ? progressOf(verdict) : {}),
  };
  await settle(parts, job, call, { verdict, webhook: { ...shown, monitor } });
}

function pastCodes(monitor: unknown): readonly number[] {
  const past = isJsonObject(monitor) ? monitor['pastStatusCodes'] : [];
  return Array.isArray(past) ? (past as number[]) : [];
}

interface Settled {
  readonly verdict: CallVerdict;
  readonly webhook: Record<string, unknown>;
}

async function settle(parts: CallParts, job: CallJob, call: WebhookCall, settled: Settled): Promise<void> {
  const { verdict, webhook } = settled;
  const now = parts.core.clock.now();
  const since = job.since ?? now.toISOString();
  const age = now.getTime() - Date.parse(since);
  const context = { webhook };
  const end = endOf(settled, age);
  if (end !== null) {
    await report(parts, job, { context, end });
  } else if (verdict.verdict === 'retry') {
    if (await report(parts, job, { context, nextTurn: true })) await again(parts, nextTurn({ ...job, since }), retryMs);
  } else if (verdict.verdict === 'monitor') {
    const next = nextTurn({ ...job, phase: 'monitor', since: now.toISOString() });
    const told = { ...webhook, statusEndpoint: maskUrl(verdict.statusUrl) };
    const followed: WebhookCall = { ...call, statusUrl: verdict.statusUrl };
    const sealed = parts.secrets.seal(JSON.stringify(followed), callPlace({ ...named(job), attempt: job.attempt }));
    if (!(await report(parts, job, { context: { webhook: told }, sealed, nextTurn: true }))) return;
    await again(parts, next, Math.max(quickMs, call.waitBeforeMonitor * 1000));
  } else {
    const found = await readWaiting(parts.core.db, keyOf(job));
    if (found === null) return;
    const before = JSON.stringify(found.stage.context['webhook']);
    if (before !== JSON.stringify(webhook)) await report(parts, job, { context });
    await again(parts, { ...job, since }, age < quickForMs ? quickMs : slowMs);
  }
}

/** Null while it goes on. */
function endOf({ verdict, webhook }: Settled, age: number): NonNullable<StageReport['end']> | null {
  switch (verdict.verdict) {
    case 'succeeded': {
      const { statusCode = null, body = null } = webhook;
      const monitor = webhook['monitor'] as Readonly<Record<string, unknown>> | undefined;
      return { outcome: 'succeeded', outputs: { webhook: { statusCode, body, monitor: monitor?.['body'] ?? null } } };
    }
    case 'failed':
    case 'canceled':
      return { outcome: verdict.verdict, error: verdict.reason };
    case 'retry':
      if (age < retryForMs) return null;
      return { outcome: 'failed', error: `${verdict.reason} It was tried again for five minutes.` };
    default:
      return null;
  }
}

function named(job: CallJob): { readonly org_id: string; readonly id: string } {
  return { org_id: job.orgId, id: job.stageId };
}

function nextTurn(job: CallJob): CallJob {
  return { ...job, turn: (job.turn ?? 0) + 1 };
}

async function again(parts: CallParts, job: CallJob, afterMs: number): Promise<void> {
  const startAfter = new Date(parts.core.clock.now().getTime() + afterMs);
  await parts.enqueueNow<CallJob>(callQueue, [{ data: job, startAfter }]);
}

/**
 * Tells the other side that nobody waits any more, as well as that can be done. A call that is being made is told of
 * when it has arrived, and what could not be sent is sent again for a while.
 */
async function cancelCall(parts: CallParts, job: CallJob): Promise<void> {
  const { db, clock, log } = parts.core;
  const withdrawn = await findWithdrawnCall(db, job);
  if (withdrawn === null) return;
  const underWayMs = earlierCallMayTake({ earlierCallAt: withdrawn.calling_since }, clock.now());
  if (job.answered !== true && underWayMs > 0) return again(parts, job, underWayMs);
  const call = openCall(parts, { org_id: job.orgId, id: job.stageId, attempt: job.attempt, sealed: withdrawn.sealed });
  if (typeof call !== 'string' && call.cancelEndpoint !== null) {
    const { cancelEndpoint: url, cancelMethod: method, cancelPayload: payload, headers } = call;
    try {
      await sendRequest(parts.egress, { url, method, headers, payload });
    } catch (error) {
      const age = clock.now().getTime() - withdrawn.withdrawn_at.getTime();
      if (error instanceof EgressFailure && age < retryForMs) return again(parts, { ...job, answered: true }, retryMs);
      log.warn({ event: 'webhook-not-cancelled', stage: job.stageId, err: error });
    }
  }
  await forgetWithdrawnCall(db, job);
}

function openCall(
  parts: CallParts,
  stage: Pick<StageRow, 'org_id' | 'id' | 'attempt' | 'sealed'>,
): WebhookCall | string {
  const lost = 'What was to be sent was sealed with another QUAYSIDE_SECRET_KEY and cannot be read.';
  if (stage.sealed === null) return lost;
  try {
    return JSON.parse(parts.secrets.open(stage.sealed, callPlace(stage))) as WebhookCall;
  } catch (error) {
    parts.core.log.error({ event: 'webhook-stage-unreadable', stage: stage.id, err: error });
    return lost;
  }
}

function answerContext(call: WebhookCall, answer: CallAnswer | null): Record<string, unknown> {
  if (answer === null) return {};
  return { statusCode: answer.status, statusCodeValue: answer.status, body: hideTexts(answer.body, call.hiddenTexts) };
}

function progressOf(verdict: Extract<CallVerdict, { verdict: 'running' }>): Record<string, unknown> {
  return { progressMessage: verdict.progress, percentComplete: verdict.percent };
}
