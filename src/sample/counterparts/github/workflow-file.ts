import { parseDocument } from 'yaml';
import { isRecord } from '../received-request.ts';

/** A workflow as far as this runner carries it out. Texts may hold `${{ … }}`. */
export interface Workflow {
  readonly name: string;
  readonly runName?: string;
  /** Absent when the file has no `workflow_dispatch` trigger. */
  readonly dispatchInputs?: Readonly<Record<string, DispatchInput>>;
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: readonly WorkflowJobSpec[];
}

export interface DispatchInput {
  readonly type: 'string' | 'boolean' | 'choice' | 'number' | 'environment';
  readonly required: boolean;
  readonly default?: string;
  readonly options: readonly string[];
}

export interface WorkflowJobSpec {
  readonly id: string;
  readonly name: string;
  readonly needs: readonly string[];
  readonly condition?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly WorkflowStepSpec[];
}

export interface WorkflowStepSpec {
  readonly id?: string;
  readonly name: string;
  readonly uses?: string;
  readonly run?: string;
  readonly condition?: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly continueOnError: boolean;
}

/** Says what is wrong with the file, with GitHub's words before it. */
export class InvalidWorkflowFile extends Error {
  override readonly name = 'InvalidWorkflowFile';
}

/**
 * Reads a workflow. What is valid on GitHub but beyond this runner (a matrix, a called workflow, a
 * service container) is refused by name rather than passed over.
 */
export function readWorkflow(text: string, path: string): Workflow {
  const fail = (reason: string): never => {
    throw new InvalidWorkflowFile(`failed to parse workflow: ${path}: ${reason}`);
  };
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake) return fail(mistake.message);
  const root: unknown = document.toJS();
  if (!isRecord(root)) return fail('it must be a mapping');
  const { jobs } = root;
  if (!isRecord(jobs) || Object.keys(jobs).length === 0) return fail('it must have at least one job');
  const inputs = dispatchInputs(root['on']);
  return {
    name: typeof root['name'] === 'string' ? root['name'] : path,
    ...(typeof root['run-name'] === 'string' ? { runName: root['run-name'] } : {}),
    ...(inputs === undefined ? {} : { dispatchInputs: inputs }),
    env: texts(root['env']),
    jobs: Object.entries(jobs).map(([id, job]) => readJob(id, job, fail)),
  };
}

function dispatchInputs(on: unknown): Record<string, DispatchInput> | undefined {
  if (on === 'workflow_dispatch' || (Array.isArray(on) && on.includes('workflow_dispatch'))) return {};
  if (!isRecord(on) || !('workflow_dispatch' in on)) return undefined;
  const trigger = on['workflow_dispatch'];
  const inputs = isRecord(trigger) ? trigger['inputs'] : undefined;
  if (!isRecord(inputs)) return {};
  return Object.fromEntries(Object.entries(inputs).map(([name, spec]) => [name, readInput(spec)]));
}

function readInput(spec: unknown): DispatchInput {
  const fields = isRecord(spec) ? spec : {};
  const types = ['boolean', 'choice', 'number', 'environment'] as const;
  return {
    type: types.find((type) => type === fields['type']) ?? 'string',
    required: fields['required'] === true,
    ...(fields['default'] === undefined || fields['default'] === null ? {} : { default: scalar(fields['default']) }),
    options: Array.isArray(fields['options']) ? fields['options'].map(scalar) : [],
  };
}

function readJob(id: string, job: unknown, fail: (reason: string) => never): WorkflowJobSpec {
  if (!isRecord(job)) return fail(`jobs.${id} must be a mapping`);
  for (const key of ['uses', 'strategy', 'services', 'container']) {
    if (key in job) fail(`jobs.${id}.${key} is not carried out here; try it on GitHub`);
  }
  const { steps, needs } = job;
  if (!Array.isArray(steps) || steps.length === 0) return fail(`jobs.${id} must have steps`);
  return {
    id,
    name: typeof job['name'] === 'string' ? job['name'] : id,
    needs: typeof needs === 'string' ? [needs] : Array.isArray(needs) ? needs.map(scalar) : [],
    ...conditionOf(job),
    env: texts(job['env']),
    outputs: texts(job['outputs']),
    steps: steps.map((step: unknown, index) => readStep(step, `jobs.${id}.steps[${index}]`, fail)),
  };
}

function readStep(step: unknown, at: string, fail: (reason: string) => never): WorkflowStepSpec {
  if (!isRecord(step)) return fail(`${at} must be a mapping`);
  const { uses, run } = step;
  if ((typeof uses === 'string') === (typeof run === 'string')) fail(`${at} must have either uses or run`);
  const command = typeof uses === 'string' ? uses : scalar(run).trim().split('\n')[0];
  return {
    ...(typeof step['id'] === 'string' ? { id: step['id'] } : {}),
    name: typeof step['name'] === 'string' ? step['name'] : `Run ${command}`,
    ...(typeof uses === 'string' ? { uses } : {}),
    ...(typeof run === 'string' ? { run } : {}),
    ...conditionOf(step),
    inputs: texts(step['with']),
    env: texts(step['env']),
    continueOnError: step['continue-on-error'] === true,
  };
}

function conditionOf(fields: Record<string, unknown>): { condition?: string } {
  return fields['if'] === undefined ? {} : { condition: scalar(fields['if']) };
}

function texts(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, scalar(entry)]));
}

function scalar(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
