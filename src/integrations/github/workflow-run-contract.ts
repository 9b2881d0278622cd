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
    steps: (job.steps ?? []).map((step) => ({
      name: step.name,
      status: step.status,
      conclusion: step.conclusion ?? null,
    })),
  };
}
