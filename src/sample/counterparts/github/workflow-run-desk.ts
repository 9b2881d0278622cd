import type { FetchLike } from '../fetch-like.ts';
import { dispatchInputs } from './dispatch-rules.ts';
import type { DispatchedInputs } from './dispatch-rules.ts';
import { commitOf } from './github-desk.ts';
import type { RunOrder } from './github-desk.ts';
import { gitHubLogin } from './github-emulator.ts';
import type { StepActions } from './step-action.ts';
import { fillTemplate } from './workflow-expressions.ts';
import type { ExpressionContexts } from './workflow-expressions.ts';
import { InvalidWorkflowFile, readWorkflow } from './workflow-file.ts';
import type { Workflow } from './workflow-file.ts';
import type { WorkflowJobRun, WorkflowRun } from './workflow-run.ts';
import { actorView, repositoryUrls, runView, workflowView } from './workflow-run-view.ts';
import type { RepositoryWebhook } from './workflow-run-webhooks.ts';
import { carryOut } from './workflow-runner.ts';

export interface RunDeskOptions {
  readonly fetch: FetchLike;
  readonly now: () => Date;
  readonly quaysideUrl: () => string;
  readonly actions: StepActions;
  readonly secrets: Record<string, string>;
  readonly variables: Record<string, string>;
  readonly token: string;
  readonly pace: { readonly queuedMilliseconds: number; readonly stepMilliseconds: number };
  readonly origin: () => string;
  readonly repository: (owner: string, name: string) => Promise<Record<string, unknown>>;
  readonly webhook: RepositoryWebhook;
  readonly closed: AbortSignal;
}

export interface RunDesk {
  /** Newest first; the runner changes them in place. */
  readonly all: WorkflowRun[];
  copies(): readonly WorkflowRun[];
  /** Queues a run, or throws `InvalidWorkflowFile` with GitHub's words. */
  start(order: RunOrder): Promise<WorkflowRun>;
  cancel(run: WorkflowRun): void;
  waitFor(passes?: (run: WorkflowRun) => boolean, timeoutMilliseconds?: number): Promise<WorkflowRun>;
  settled(): Promise<void>;
  setSecret(name: string, value: string): void;
  setVariable(name: string, value: string): void;
}

const keptRuns = 500;

/** Keeps the runs: queues them, lets the runner carry them out, and tells webhooks and waiters of every change. */
export function runDesk(options: RunDeskOptions): RunDesk {
  const all: WorkflowRun[] = [];
  const running = new Map<WorkflowRun, { readonly cancel: AbortController; readonly ended: Promise<void> }>();
  const waiting = new Set<() => void>();
  const runsOfWorkflow = new Map<number, number>();
  let lastId = 0;
  // From the time, so that a restart never reuses the number of an earlier run.
  const nextId = (): number => {
    lastId = Math.max(lastId + 1, options.now().getTime());
    return lastId;
  };

  const start = async (order: RunOrder): Promise<WorkflowRun> => {
    const workflow = readWorkflow(order.file.text, order.file.name);
    const inputs = dispatchInputs(workflow, order.given);
    if ('refused' in inputs) throw new InvalidWorkflowFile(inputs.refused);
    const repository = await options.repository(order.repository.owner, order.repository.name);
    const number = (runsOfWorkflow.get(order.file.id) ?? 0) + 1;
    const run = newRun(order, { workflow, inputs, number, now: options.now() }, nextId);
    runsOfWorkflow.set(order.file.id, number);
    const contexts = contextsOf(run, order, inputs, repository, options);
    all.unshift(run);
    all.length = Math.min(all.length, keptRuns);

    const announce = (): void => {
      const action = { queued: 'requested', in_progress: 'in_progress', completed: 'completed' }[run.status];
      options.webhook.send('workflow_run', action, workflowRunEvent(run, order, repository, options.origin()));
      for (const wake of waiting) wake();
    };
    announce();
    const cancel = new AbortController();
    const cancelled = AbortSignal.any([cancel.signal, options.closed]);
    const ended = carryOut(run, workflow, {
      fetch: options.fetch,
      now: options.now,
      actions: options.actions,
      quaysideUrl: options.quaysideUrl(),
      secrets: { ...options.secrets, GITHUB_TOKEN: options.token },
      contexts,
      pace: options.pace,
      changed: announce,
      cancelled,
      closed: options.closed,
    }).finally(() => running.delete(run));
    running.set(run, { cancel, ended });
    return run;
  };

  const copies = (): readonly WorkflowRun[] => structuredClone(all);
  return {
    all,
    copies,
    start,
    cancel: (run) => running.get(run)?.cancel.abort(),
    waitFor: (passes = () => true, timeoutMilliseconds = 5000) =>
      completedRun(copies, waiting, passes, timeoutMilliseconds),
    async settled() {
      while (running.size > 0) await Promise.all([...running.values()].map(({ ended }) => ended));
      await options.webhook.drained();
    },
    setSecret: (name, value) => {
      options.secrets[name] = value;
    },
    setVariable: (name, value) => {
      options.variables[name] = value;
    },
  };
}

function newRun(
  { repository, file, ref }: RunOrder,
  { workflow, inputs, number, now }: { workflow: Workflow; inputs: DispatchedInputs; number: number; now: Date },
  nextId: () => number,
): WorkflowRun {
  const { owner, name } = repository;
  const contexts = {
    github: { repository: `${owner}/${name}`, actor: gitHubLogin, ref_name: ref },
    inputs: inputs.typed,
  };
  return {
    id: nextId(),
    number,
    owner,
    repository: name,
    workflow: { id: file.id, name: workflow.name, file: file.name },
    title: titleOf(workflow, contexts),
    ref,
    sha: commitOf(repository, ref),
    inputs: inputs.texts,
    createdAt: now,
    status: 'queued',
    conclusion: null,
    startedAt: null,
    updatedAt: now,
    jobs: workflow.jobs.map((job): WorkflowJobRun => ({
      id: nextId(),
      name: job.name,
      status: 'queued',
      conclusion: null,
      startedAt: null,
      completedAt: null,
      steps: job.steps.map((step, index) => ({
        name: step.name,
        number: index + 1,
        status: 'queued',
        conclusion: null,
        startedAt: null,
        completedAt: null,
      })),
      log: [],
    })),
  };
}

function titleOf(workflow: Workflow, contexts: ExpressionContexts): string {
  try {
    return workflow.runName === undefined ? workflow.name : fillTemplate(workflow.runName, contexts);
  } catch (error) {
    throw new InvalidWorkflowFile(`failed to parse workflow: run-name: ${error instanceof Error ? error.message : ''}`);
  }
}

function contextsOf(
  run: WorkflowRun,
  { repository: { owner, name } }: RunOrder,
  inputs: DispatchedInputs,
  repository: Record<string, unknown>,
  { secrets, variables, token, origin }: RunDeskOptions,
): ExpressionContexts {
  return {
    github: {
      event_name: 'workflow_dispatch',
      event: { inputs: inputs.texts, ref: `refs/heads/${run.ref}`, repository, sender: actorView(origin()) },
      repository: `${owner}/${name}`,
      repository_owner: owner,
      ref: `refs/heads/${run.ref}`,
      ref_name: run.ref,
      ref_type: 'branch',
      sha: run.sha,
      run_id: String(run.id),
      run_number: String(run.number),
      run_attempt: '1',
      workflow: run.workflow.name,
      actor: gitHubLogin,
      triggering_actor: gitHubLogin,
      server_url: origin(),
      api_url: origin(),
      token,
    },
    inputs: inputs.typed,
    vars: { ...variables },
    secrets: { ...secrets, GITHUB_TOKEN: token },
    runner: { os: 'Linux', arch: 'X64', name: 'Loopback runner' },
  };
}

function workflowRunEvent(
  run: WorkflowRun,
  { repository: { owner, name }, file }: RunOrder,
  repository: Record<string, unknown>,
  origin: string,
): Record<string, unknown> {
  return {
    workflow_run: runView(run, origin, repository),
    workflow: workflowView(file, run.workflow.name, repositoryUrls(origin, owner, name), false),
    repository,
    organization: { login: owner },
    sender: actorView(origin),
  };
}

async function completedRun(
  copies: () => readonly WorkflowRun[],
  waiting: Set<() => void>,
  passes: (run: WorkflowRun) => boolean,
  timeoutMilliseconds: number,
): Promise<WorkflowRun> {
  const deadline = AbortSignal.timeout(timeoutMilliseconds);
  return new Promise((resolve, reject) => {
    const check = (): void => {
      const found = copies().find((run) => run.status === 'completed' && passes(run));
      if (!found && !deadline.aborted) return;
      waiting.delete(check);
      deadline.removeEventListener('abort', check);
      if (found) resolve(found);
      else reject(new Error(`No such workflow run was completed within ${timeoutMilliseconds} ms`));
    };
    waiting.add(check);
    deadline.addEventListener('abort', check);
    check();
  });
}
