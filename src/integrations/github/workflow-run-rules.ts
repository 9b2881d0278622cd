import type { WorkflowRun } from './workflow-run-contract.ts';

export type WorkflowOutcome =
  | { readonly ended: false; readonly label: string }
  | { readonly ended: true; readonly status: 'SUCCESS' | 'FAILURE'; readonly label: string };

const endLabels: Readonly<Record<string, string>> = {
  success: 'Succeeded',
  neutral: 'Finished',
  skipped: 'Skipped',
  failure: 'Failed',
  cancelled: 'Cancelled',
  timed_out: 'Timed out',
  action_required: 'Needs approval on GitHub',
  startup_failure: 'Could not start',
  stale: 'Abandoned',
};

const progressLabels: Readonly<Record<string, string>> = {
  queued: 'Queued',
  requested: 'Queued',
  pending: 'Queued',
  waiting: 'Waiting for approval on GitHub',
  in_progress: 'In progress',
};

/** What a run's state on GitHub means for the action run that started it. An unknown conclusion counts as a failure. */
export function workflowOutcome(run: Pick<WorkflowRun, 'status' | 'conclusion'>): WorkflowOutcome {
  if (run.status !== 'completed') return { ended: false, label: progressLabels[run.status] ?? 'In progress' };
  const conclusion = run.conclusion ?? '';
  const success = conclusion === 'success' || conclusion === 'neutral' || conclusion === 'skipped';
  return { ended: true, status: success ? 'SUCCESS' : 'FAILURE', label: endLabels[conclusion] ?? 'Failed' };
}

/**
 * Picks the run that a dispatch started, when GitHub did not name it: a run whose title holds the hint (a workflow may
 * put the action run's id in its `run-name`), else the *earliest* one created at or after the dispatch that no other
 * dispatch has claimed. Not the newest: of two dispatches in a row, that would be the other one's.
 */
export function chooseWorkflowRun(
  runs: readonly WorkflowRun[],
  dispatch: { readonly notBefore: string; readonly claimed?: readonly string[]; readonly hint?: string | undefined },
): WorkflowRun | undefined {
  const claimed = new Set(dispatch.claimed ?? []);
  const earliest = Date.parse(dispatch.notBefore);
  const candidates = runs
    .filter((run) => run.event === 'workflow_dispatch' && !claimed.has(run.id) && Date.parse(run.createdAt) >= earliest)
    .toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || compareIds(a.id, b.id));
  const { hint } = dispatch;
  const named = hint === undefined || hint === '' ? undefined : candidates.find((run) => run.title.includes(hint));
  return named ?? candidates[0];
}

function compareIds(left: string, right: string): number {
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}
