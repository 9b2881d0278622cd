import { problem } from '#platform/problem.ts';
import type { EndStatus, RunRow } from './run.ts';

/** What a backend or a person may set on a run while it is open; every key overrides its earlier value. */
export interface RunChange {
  readonly status?: EndStatus | undefined;
  readonly statusLabel?: string | null | undefined;
  readonly link?: string | readonly string[] | null | undefined;
  readonly message?: Readonly<Record<string, unknown>> | undefined;
  readonly summary?: string | null | undefined;
  readonly externalRunId?: string | undefined;
}

/** Said of a run that was given up before anything was started. */
export const cancelledLabel = 'Cancelled';

/** Nobody works on it yet, so that giving it up undoes nothing. A claim that was not acknowledged in time is void. */
export function isWaiting(run: Pick<RunRow, 'status' | 'dispatch_state' | 'claimed_until'>, now: Date): boolean {
  if (run.status === 'WAITING_FOR_APPROVAL') return true;
  if (run.dispatch_state === 'offered') return run.claimed_until === null || run.claimed_until <= now;
  return run.dispatch_state === 'waiting';
}

export function isEnded(run: Pick<RunRow, 'ended_at'>): boolean {
  return run.ended_at !== null;
}

/** Port's 422 for everything that comes after the end. */
export function assertOpen(run: Pick<RunRow, 'id' | 'ended_at' | 'status'>): void {
  if (!isEnded(run)) return;
  throw problem('invalid', 'run_exhausted', `Run ${run.id} has ended (${run.status}) and can no longer be changed.`, {
    runId: run.id,
    status: run.status,
  });
}

/** Who waits for approval may give up; nothing happened that could have succeeded. */
export function assertMayEndAs(run: Pick<RunRow, 'id' | 'status'>, status: EndStatus): void {
  if (run.status !== 'WAITING_FOR_APPROVAL' || status === 'FAILURE') return;
  throw problem(
    'invalid',
    'run_waiting_for_approval',
    `Run ${run.id} waits for approval. Until it has it, it can only be cancelled, with status FAILURE.`,
    { runId: run.id, status: run.status, field: 'status' },
  );
}

/** The outcome of a synchronous call is the status; nobody else may set it. */
export function assertStatusMayBeSet(run: RunRow): void {
  if (!run.action_snapshot.synchronized) return;
  throw problem(
    'invalid',
    'run_synchronized_error',
    `The status of run ${run.id} comes from its synchronous call and cannot be set.`,
    { runId: run.id },
  );
}
