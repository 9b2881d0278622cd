import { Type } from 'typebox';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';

/** A run of a workflow, as far as Quayside follows it. */
export interface WorkflowRun {
  /** Numeric, and kept as text: the numbers grow beyond what is exact in JSON. */
  readonly id: string;
  /** The page a person opens. */
  readonly url: string;
  readonly title: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly event: string;
  readonly branch: string | null;
  readonly attempt: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface WorkflowJob {
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly steps: readonly { readonly name: string; readonly status: string; readonly conclusion: string | null }[];
}

const identifier = Type.Union([Type.Integer({ minimum: 1 }), Type.BigInt()]);
const nullableText = Type.Optional(Type.Union([Type.String(), Type.Null()]));

const rawRun = Type.Object({
  id: identifier,
  html_url: Type.String(),
  display_title: nullableText,
  name: nullableText,
  status: nullableText,
  conclusion: nullableText,
  event: Type.String(),
  head_branch: nullableText,
  run_attempt: Type.Optional(Type.Integer()),
  created_at: Type.String(),
  updated_at: Type.String(),
});

const rawJob = Type.Object({
  id: identifier,
  html_url: nullableText,
  name: Type.String(),
  status: Type.String(),
  conclusion: nullableText,
  started_at: nullableText,
  completed_at: nullableText,
  steps: Type.Optional(
    Type.Union([
      Type.Null(),
      Type.Array(Type.Object({ name: Type.String(), status: Type.String(), conclusion: nullableText })),
    ]),
  ),
});

/** Reads a run out of an API answer or a webhook; undefined when it is not one. */
export function readWorkflowRun(raw: unknown): WorkflowRun | undefined {
  if (!Value.Check(rawRun, raw)) return undefined;
  const run: Static<typeof rawRun> = raw;
  return {
    id: String(run.id),
    url: run.html_url,
    title: run.display_title ?? run.name ?? '',
    status: run.status ?? 'queued',
    conclusion: run.conclusion ?? null,
    event: run.event,
    branch: run.head_branch ?? null,
    attempt: run.run_attempt ?? 1,
    createdAt: run.created_at,
    updatedAt: run.updated_at,
  };
}

export function readWorkflowJob(raw: unknown): WorkflowJob | undefined {
  if (!Value.Check(rawJob, raw)) return undefined;
  const job: Static<typeof rawJob> = raw;
  return {
    id: String(job.id),
    url: job.html_url ?? '',
    name: job.name,
    status: job.status,
    conclusion: job.conclusion ?? null,
    startedAt: job.started_at ?? null,
    completedAt: job.completed_at ?? null,
    steps: (job.steps ?? []).map((step) => ({ name: step.name, status: step.status, conclusion: step.conclusion ?? null })),
  };
}

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
