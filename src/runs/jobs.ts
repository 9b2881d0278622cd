import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import type { Caller } from '#platform/commands/command-runner.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { hideTexts } from '#platform/hide-texts.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import { Problem } from '#platform/problem.ts';
import type { DispatchOutcome, Invocation, RunBackend, SealedInvocation } from './backend.ts';
import { invocationName } from './create-run.ts';
import { createDispatchStore, type DispatchStore } from './dispatch-store.ts';
import { type BegunDispatch, recordDispatch } from './record-dispatch.ts';
import { recordFollow } from './record-follow.ts';
import { createHideRunSecrets } from './hide-run-secrets.ts';
import type { RunRow } from './run.ts';
import type { LockedRun } from './run-store.ts';
import { countWaitingBefore, followedByOthers, nextWaiting } from './run-queries.ts';

export const dispatchQueue = 'run-dispatch';
export const followQueue = 'run-follow';

export interface RunJob {
  readonly orgId: string;
  readonly runId: string;
}

export interface DispatchJob extends RunJob {
  /** How often the backend said: later. */
  readonly triedTimes?: number;
  /** Beside the run's own next try, since the one before it was called. */
  readonly woken?: boolean;
}

export interface FollowJob extends RunJob {
  readonly askedTimes: number;
  /** Somebody said there is news: look once, beside the regular asking. */
  readonly once?: boolean;
}

export interface RunJobParts {
  readonly core: Core;
  readonly secrets: SecretBox;
  readonly backends: readonly RunBackend[];
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

/** Longer than any call a backend makes, so that a job is not started again while the first one still runs. */
const dispatchExpirySeconds = 180;
/** With waits of up to a minute: a run whose follower is given up would stay open for ever. */
const followRetryLimit = 60;
/** Before the first look at what the backend makes of it. */
export const firstFollowMs = 2_000;

/** Waits after each time the backend said: later, unless it says how long. After the last one the run ends. */
const retryDelaysMs = [2_000, 10_000, 60_000, 300_000];
const longestRetryMs = 3_600_000;
/** For what is never given up, after the first waits. */
const patientRetryMs = 60_000;

maybeSilent(recordDispatch);
maybeSilent(recordFollow);

/** A backend that is slow keeps waiting who executes its own action, and nobody else. */
export function dispatchGroup(orgId: string, action: string): string {
  return `${orgId} ${action}`;
}

export function runJobs(parts: RunJobParts): readonly JobHandler[] {
  const store = createDispatchStore(parts.core.runner);
  return [
    jobHandler<DispatchJob>({
      queue: dispatchQueue,
      expireSeconds: dispatchExpirySeconds,
      concurrency: 64,
      groupConcurrency: 32,
      run: async (job) => dispatchRun(parts, store, job),
    }),
    jobHandler<FollowJob>({
      queue: followQueue,
      concurrency: 4,
      retryLimit: followRetryLimit,
      run: async (job) => followRun(parts, job),
    }),
  ];
}

function callerFor(job: RunJob): Caller {
  return { actor: systemActor(job.orgId, 'runs'), origin: 'SYSTEM', requestId: null };
}

/** Calls the backend once. Around the call, not during it, two short transactions say what is known. */
async function dispatchRun(parts: RunJobParts, store: DispatchStore, job: DispatchJob): Promise<void> {
  const { log } = parts.core;
  const begun = await store.begin({ orgId: job.orgId, input: job.runId });
  if (begun === null) return;
  const { run, earlierCallAt } = begun;
  const sealed = openInvocation(parts, job, begun.sealedInvocation);
  const invocation = sealed?.invocation ?? null;
  const outcome = await callBackend(parts, { run, invocation, earlierCallAt });
  log.info({ event: 'run-dispatched', run: job.runId, backend: invocation?.type, outcome: outcome.outcome });
  const { triedTimes = 0 } = job;
  const afterMs = retryAfterMs(outcome, triedTimes);
  const final = outcome.outcome === 'later' && afterMs === null ? givenUp(outcome.log) : toldOnce(outcome, run);
  const shown = withoutSecrets(final, sealed?.hiddenTexts ?? []);
  await store.record({ orgId: job.orgId, input: { id: job.runId, outcome: shown } });
  if (outcome.outcome === 'called') await wakeNext(parts, run);
  if (afterMs === null || job.woken === true) return;
  const startAfter = new Date(parts.core.clock.now().getTime() + afterMs);
  const data = { ...job, triedTimes: triedTimes + 1 };
  await parts.enqueueNow<DispatchJob>(dispatchQueue, [
    { data, startAfter, group: dispatchGroup(run.org_id, run.action) },
  ]);
}

/** Whoever waited for the same need not wait for its own next try. */
async function wakeNext(parts: RunJobParts, { org_id: orgId, backend }: RunRow): Promise<void> {
  const label = backend['waitingLabel'];
  if (typeof label !== 'string') return;
  const next = await nextWaiting(parts.core.db, orgId, label);
  if (next === null) return;
  const data: DispatchJob = { orgId, runId: next.id, woken: true };
  await parts.enqueueNow<DispatchJob>(dispatchQueue, [{ data, group: dispatchGroup(orgId, next.action) }]);
}

/** Null when it is not tried again. */
function retryAfterMs(outcome: DispatchOutcome, triedTimes: number): number | null {
  if (outcome.outcome !== 'later') return null;
  const planned = retryDelaysMs[triedTimes];
  if (keepsTrying(outcome)) return outcome.afterMs ?? Math.min(planned ?? patientRetryMs, patientRetryMs);
  return planned === undefined ? null : Math.min(outcome.afterMs ?? planned, longestRetryMs);
}

async function callBackend(
  parts: RunJobParts,
  { run, invocation, earlierCallAt }: Pick<BegunDispatch, 'run' | 'earlierCallAt'> & { invocation: Invocation | null },
): Promise<DispatchOutcome> {
  if (invocation === null) return unreadableInvocation;
  const backend = parts.backends.find((candidate) => candidate.type === invocation.type);
  if (backend === undefined) return noBackend(invocation.type);
  const others = async (): Promise<readonly string[]> => followedByOthers(parts.core.db, run);
  return backend
    .dispatch({
      run,
      invocation,
      earlierCallAt,
      followedByOthers: others,
      waitingBefore: async (label, most) => countWaitingBefore(parts.core.db, run, label, most),
    })
    .catch((error: unknown) => failedDispatch(error));
}

function keepsTrying(outcome: DispatchOutcome): boolean {
  return outcome.outcome === 'later' && outcome.keepsTrying !== undefined;
}

/** What is tried for days would fill the log with one line. */
function toldOnce(outcome: DispatchOutcome, run: RunRow): DispatchOutcome {
  const told = outcome.outcome === 'later' && run.backend['waitingLabel'] === outcome.keepsTrying;
  return told && keepsTrying(outcome) ? { ...outcome, log: [] } : outcome;
}

function givenUp(log: readonly string[]): DispatchOutcome {
  return { outcome: 'ended', status: 'FAILURE', statusLabel: 'Not sent', log: [...log, 'It is not tried again.'] };
}

/** Null when it was sealed with a key this process does not have: trying again would not help. */
function openInvocation(parts: RunJobParts, job: RunJob, sealed: string): SealedInvocation | null {
  let text: string;
  try {
    text = parts.secrets.open(sealed, { orgId: job.orgId, name: invocationName(job.runId) });
  } catch (error) {
    parts.core.log.error({ event: 'run-invocation-unreadable', run: job.runId, err: error });
    return null;
  }
  return JSON.parse(text) as SealedInvocation;
}

/** A backend may echo what it was sent. */
function withoutSecrets(outcome: DispatchOutcome, hiddenTexts: readonly string[]): DispatchOutcome {
  const { log, ...rest } = outcome;
  const shown = log === undefined ? {} : { log: hideTexts(log, hiddenTexts) as readonly string[] };
  const response = 'response' in rest ? { response: hideTexts(rest.response, hiddenTexts) } : {};
  return { ...rest, ...shown, ...response } as DispatchOutcome;
}

const unreadableInvocation: DispatchOutcome = {
  outcome: 'ended',
  status: 'FAILURE',
  statusLabel: 'Not sent',
  log: [
    'What was to be sent was sealed with another QUAYSIDE_SECRET_KEY and cannot be read. Execute the action again.',
  ],
};

function noBackend(type: string): DispatchOutcome {
  return {
    outcome: 'waiting',
    log: [
      `Nothing in this installation serves actions of type ${type}. The run waits for whoever updates it over the API.`,
    ],
  };
}

/** A backend that throws did not call: a refusal (private destination, missing set-up) is told in its own words. */
function failedDispatch(error: unknown): DispatchOutcome {
  if (!(error instanceof Problem)) throw error;
  return { outcome: 'ended', status: 'FAILURE', statusLabel: 'Not sent', log: [error.message] };
}

async function followRun(parts: RunJobParts, job: FollowJob): Promise<void> {
  const found = await sql<LockedRun>`
    select * from run where org_id = ${job.orgId} and id = ${job.runId} and ended_at is null`.execute(parts.core.db);
  const run = found.rows[0];
  const backend = parts.backends.find((candidate) => candidate.type === run?.action_snapshot.backendType);
  if (run === undefined || backend?.follow === undefined) return;
  // Whoever tells of news has a reason to look all the same.
  if (run.backend.over === true && job.once !== true) return;
  const others = async (): Promise<readonly string[]> => followedByOthers(parts.core.db, run);
  const seen = await backend.follow({ run, askedTimes: job.askedTimes, followedByOthers: others });
  // Names of jobs and what the other side says of failures may repeat what it was sent.
  const log = createHideRunSecrets(parts.secrets)(run, seen.log ?? []);
  const outcome = { ...seen, log };
  const taken = await parts.core.runner.execute(callerFor(job), recordFollow, { id: job.runId, outcome });
  if (job.once === true) return;
  if (taken) await askLater(parts, { ...job, askedTimes: job.askedTimes + 1 }, firstFollowMs);
  else if (outcome.outcome === 'again')
    await askLater(parts, { ...job, askedTimes: job.askedTimes + 1 }, outcome.afterMs);
}

async function askLater(parts: RunJobParts, job: FollowJob, afterMs: number): Promise<void> {
  const startAfter = new Date(parts.core.clock.now().getTime() + afterMs);
  await parts.enqueueNow(followQueue, [{ data: job, startAfter }]);
}
