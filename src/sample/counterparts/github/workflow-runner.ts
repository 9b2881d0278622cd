import { setTimeout as wait } from 'node:timers/promises';
import type { FetchLike } from '../fetch-like.ts';
import { runShellStep } from './shell-step.ts';
import { findStepAction } from './step-action.ts';
import type { StepActions, StepResult } from './step-action.ts';
import { fillTemplate, isMet } from './workflow-expressions.ts';
import type { ExpressionContexts, RunSoFar } from './workflow-expressions.ts';
import type { Workflow, WorkflowJobSpec, WorkflowStepSpec } from './workflow-file.ts';
import type { WorkflowConclusion, WorkflowJobRun, WorkflowRun, WorkflowStepRun } from './workflow-run.ts';

export interface RunnerOptions {
  readonly fetch: FetchLike;
  readonly now: () => Date;
  readonly actions: StepActions;
  readonly quaysideUrl: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** `github`, `inputs`, `vars` and the like: everything but `env`, `steps`, `needs`, `job`. */
  readonly contexts: ExpressionContexts;
  /** How long a run stays queued and a step takes at least, so that a person can watch. */
  readonly pace: { readonly queuedMilliseconds: number; readonly stepMilliseconds: number };
  /** Called whenever the status of the run changes. */
  readonly changed: () => void;
  /** Cancels the run: steps that ask for it (`always()`) still go on. */
  readonly cancelled: AbortSignal;
  /** Ends everything at once. */
  readonly closed: AbortSignal;
}

interface StepSurroundings {
  readonly contexts: ExpressionContexts;
  readonly soFar: RunSoFar;
  readonly log: (line: string) => void;
}

interface JobOutcome {
  readonly result: WorkflowConclusion;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Carries out a queued run to its end. Never throws: what goes wrong is in the run. */
export async function carryOut(run: WorkflowRun, workflow: Workflow, options: RunnerOptions): Promise<void> {
  await pause(options.pace.queuedMilliseconds, options.cancelled);
  run.status = 'in_progress';
  run.startedAt = run.updatedAt = options.now();
  options.changed();
  const outcomes: Record<string, JobOutcome> = {};
  for (const spec of inOrder(workflow.jobs)) {
    const job = run.jobs[workflow.jobs.indexOf(spec)];
    if (job) outcomes[spec.id] = await carryOutJob(job, spec, workflow, outcomes, options);
  }
  run.conclusion = conclusionOf(Object.values(outcomes), options.cancelled);
  run.status = 'completed';
  run.updatedAt = options.now();
  options.changed();
}

async function carryOutJob(
  job: WorkflowJobRun,
  spec: WorkflowJobSpec,
  workflow: Workflow,
  outcomes: Readonly<Record<string, JobOutcome>>,
  options: RunnerOptions,
): Promise<JobOutcome> {
  const needs = Object.fromEntries(spec.needs.map((id) => [id, outcomes[id] ?? { result: 'skipped', outputs: {} }]));
  const contexts = { ...options.contexts, needs };
  const before: RunSoFar = {
    failed: Object.values(needs).some(({ result }) => result !== 'success'),
    cancelled: options.cancelled.aborted,
  };
  job.startedAt = options.now();
  let result: WorkflowConclusion = 'skipped';
  let outputs: Record<string, string> = {};
  const log = logInto(job, options);
  try {
    if (isMet(spec.condition, contexts, before)) {
      job.status = 'in_progress';
      const env = filled({ ...workflow.env, ...spec.env }, contexts);
      const done = await carryOutSteps(job, spec, { ...contexts, env }, log, options);
      result = done.result;
      outputs = filled(spec.outputs, done.contexts);
    }
  } catch (error) {
    log(`Error: ${messageOf(error)}`);
    result = 'failure';
  }
  for (const step of job.steps) if (step.status !== 'completed') end(step, 'skipped', options);
  job.status = 'completed';
  job.conclusion = result;
  job.completedAt = options.now();
  return { result, outputs };
}

async function carryOutSteps(
  job: WorkflowJobRun,
  spec: WorkflowJobSpec,
  jobContexts: ExpressionContexts & { readonly env: Record<string, string> },
  log: (line: string) => void,
  options: RunnerOptions,
): Promise<{ result: WorkflowConclusion; contexts: ExpressionContexts }> {
  const steps: Record<string, { outputs: Readonly<Record<string, string>>; outcome: string; conclusion: string }> = {};
  let failed = false;
  const contexts = (): ExpressionContexts => ({
    ...jobContexts,
    steps,
    job: { status: failed ? 'failure' : 'success' },
  });
  for (const [index, step] of spec.steps.entries()) {
    const record = job.steps[index];
    if (!record) break;
    const soFar = { failed, cancelled: options.cancelled.aborted };
    const { outcome, outputs } = await carryOutStep(record, step, { contexts: contexts(), soFar, log }, options);
    const conclusion = outcome === 'failure' && step.continueOnError ? 'success' : outcome;
    end(record, conclusion, options);
    if (step.id !== undefined) steps[step.id] = { outputs, outcome, conclusion };
    failed ||= conclusion === 'failure';
  }
  const result = options.cancelled.aborted ? 'cancelled' : failed ? 'failure' : 'success';
  return { result, contexts: contexts() };
}

async function carryOutStep(
  record: WorkflowStepRun,
  step: WorkflowStepSpec,
  { contexts, soFar, log }: StepSurroundings,
  options: RunnerOptions,
): Promise<{ outcome: WorkflowConclusion; outputs: Readonly<Record<string, string>> }> {
  try {
    if (!isMet(step.condition, contexts, soFar))
      return { outcome: soFar.cancelled ? 'cancelled' : 'skipped', outputs: {} };
    record.status = 'in_progress';
    record.startedAt = options.now();
    log(`##[group]${fillTemplate(step.name, contexts, soFar)}`);
    await pause(options.pace.stepMilliseconds, options.cancelled);
    const result = await perform(step, { contexts, soFar, log }, options);
    log('##[endgroup]');
    return { outcome: result.conclusion, outputs: result.outputs ?? {} };
  } catch (error) {
    log(`Error: ${messageOf(error)}`);
    return { outcome: options.cancelled.aborted ? 'cancelled' : 'failure', outputs: {} };
  }
}

async function perform(
  step: WorkflowStepSpec,
  { contexts, soFar, log }: StepSurroundings,
  options: RunnerOptions,
): Promise<StepResult> {
  const env = { ...(contexts['env'] as Record<string, string>), ...filled(step.env, contexts, soFar) };
  const inner = { ...contexts, env };
  if (step.uses === undefined) return runShellStep(fillTemplate(step.run ?? '', inner, soFar), log);
  const action = findStepAction(options.actions, step.uses);
  if (!action) {
    log(`Error: Unable to resolve action ${step.uses}. Known here: ${Object.keys(options.actions).join(', ')}`);
    return { conclusion: 'failure' };
  }
  const inputs = Object.fromEntries(
    Object.entries(filled(step.inputs, inner, soFar)).map(([name, value]) => [name.toLowerCase(), value.trim()]),
  );
  const signal = soFar.cancelled ? options.closed : options.cancelled;
  return action(inputs, { quaysideUrl: options.quaysideUrl, fetch: options.fetch, env, signal, log });
}

function filled(
  texts: Readonly<Record<string, string>>,
  contexts: ExpressionContexts,
  soFar?: RunSoFar,
): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, fillTemplate(text, contexts, soFar)]));
}

/** Jobs after those they need. A job in a circle, or needing one that is not there, comes last and is skipped. */
function inOrder(jobs: readonly WorkflowJobSpec[]): readonly WorkflowJobSpec[] {
  const ordered: WorkflowJobSpec[] = [];
  let left = [...jobs];
  while (left.length > 0) {
    const ready = left.filter((job) => job.needs.every((id) => ordered.some((done) => done.id === id)));
    if (ready.length === 0) return [...ordered, ...left];
    ordered.push(...ready);
    left = left.filter((job) => !ready.includes(job));
  }
  return ordered;
}

function conclusionOf(outcomes: readonly JobOutcome[], cancelled: AbortSignal): WorkflowConclusion {
  if (cancelled.aborted) return 'cancelled';
  if (outcomes.some(({ result }) => result === 'failure')) return 'failure';
  return outcomes.every(({ result }) => result === 'skipped') ? 'skipped' : 'success';
}

/** Every line gets its time, and secrets become `***` before anybody can read them. */
function logInto(job: WorkflowJobRun, { now, secrets }: RunnerOptions): (line: string) => void {
  const hidden = Object.values(secrets)
    .filter((secret) => secret.length > 3)
    .toSorted((left, right) => right.length - left.length);
  return (text) => {
    for (const line of text.trimEnd().split('\n')) {
      job.log.push(
        `${now().toISOString()} ${hidden.reduce((masked, secret) => masked.replaceAll(secret, '***'), line)}`,
      );
    }
  };
}

function end(step: WorkflowStepRun, conclusion: WorkflowConclusion, { now }: RunnerOptions): void {
  step.status = 'completed';
  step.conclusion = conclusion;
  step.completedAt = now();
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await wait(milliseconds, undefined, { signal }).catch(() => undefined);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
