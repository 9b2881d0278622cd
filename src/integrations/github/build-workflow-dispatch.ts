import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import { mostWorkflowInputCharacters, mostWorkflowInputs } from './contract.ts';

/** What `dispatchWorkflow` needs besides the credentials. */
export interface WorkflowDispatch {
  readonly org: string;
  readonly repo: string;
  /** File name such as `deploy.yml`. */
  readonly workflow: string;
  /** Branch or tag; undefined means the repository's default branch. */
  readonly ref: string | undefined;
  readonly inputs: Readonly<Record<string, string>>;
}

/** The GITHUB method of an action, version 2, after its templates were evaluated. */
export interface GitHubMethod {
  readonly org: unknown;
  readonly repo: unknown;
  readonly workflow: unknown;
  readonly workflowInputs?: unknown;
}

/** The same of version 1. */
export interface LegacyGitHubMethod {
  readonly org: unknown;
  readonly repo: unknown;
  readonly workflow: unknown;
  readonly branch?: unknown;
  readonly omitPayload?: boolean | undefined;
  readonly omitUserInputs?: boolean | undefined;
}

/**
 * Version 2: `workflowInputs` as text, on the branch that its key `ref` names, else on `main`. Keys without a value
 * (null) are left out, so that the workflow's own default holds. Throws an `invalid` problem that names what is wrong.
 */
export function buildWorkflowDispatch(method: GitHubMethod): WorkflowDispatch {
  const given = method.workflowInputs ?? {};
  if (!isJsonObject(given))
    throw unusable('invocationMethod.workflowInputs', 'The workflow inputs must be an object of names and values.');
  const { ref, ...rest } = given;
  return {
    ...target(method),
    ref: branchOf(ref) ?? 'main',
    inputs: checkedInputs(rest, 'invocationMethod.workflowInputs'),
  };
}

/**
 * Version 1: every user input by its name and, as `port_payload`, the whole invocation body as JSON text. Runs on
 * `branch`, else on what a user input called `ref` names, else on the default branch.
 */
export function buildLegacyWorkflowDispatch(invocation: {
  readonly method: LegacyGitHubMethod;
  readonly userInputs: Readonly<Record<string, unknown>>;
  readonly payload: unknown;
}): WorkflowDispatch {
  const { method } = invocation;
  const { ref, ...userInputs } = invocation.userInputs;
  const inputs = {
    ...(method.omitUserInputs === true ? {} : userInputs),
    ...(method.omitPayload === true ? {} : { port_payload: JSON.stringify(invocation.payload) }),
  };
  return {
    ...target(method),
    ref: branchOf(method.branch) ?? branchOf(ref),
    inputs: checkedInputs(inputs, 'userInputs'),
  };
}

function target(method: GitHubMethod | LegacyGitHubMethod): { org: string; repo: string; workflow: string } {
  return {
    org: namePart(method.org, 'org', 'organisation'),
    repo: namePart(method.repo, 'repo', 'repository'),
    // People also write the path, which GitHub's API does not take.
    workflow: namePart(
      typeof method.workflow === 'string' ? method.workflow.replace(/^\/?\.github\/workflows\//, '') : method.workflow,
      'workflow',
      'workflow file',
    ),
  };
}

function namePart(value: unknown, key: string, what: string): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && /^[\w.-]{1,255}$/.test(text) && text !== '.' && text !== '..') return text;
  throw unusable(
    `invocationMethod.${key}`,
    typeof text === 'string' && text !== ''
      ? `"${text.slice(0, 100)}" is not the name of a GitHub ${what}. Set "${key}" to the bare name.`
      : `The GitHub ${what} is missing. Set "${key}", and check that its template gives a text.`,
  );
}

function branchOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw unusable('invocationMethod.workflowInputs.ref', 'The input "ref" must be the name of a branch or tag.');
}

/** A refusal names the field that they come from. */
function checkedInputs(given: Readonly<Record<string, unknown>>, field: string): Record<string, string> {
  const inputs: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const text = inputText(value);
    if (text !== undefined) inputs[name] = text;
  }
  const names = Object.keys(inputs);
  if (names.length > mostWorkflowInputs) {
    throw unusable(
      field,
      `The workflow would get ${names.length} inputs; GitHub takes at most ${mostWorkflowInputs}. Combine some into one JSON input.`,
      { count: names.length, limit: mostWorkflowInputs },
    );
  }
  const size = JSON.stringify(inputs).length;
  if (size > mostWorkflowInputCharacters) {
    const largest = names.toSorted((a, b) => (inputs[b] ?? '').length - (inputs[a] ?? '').length)[0] ?? '';
    throw unusable(
      field,
      `The workflow's inputs hold ${size} characters; GitHub takes at most ${mostWorkflowInputCharacters}. The largest is "${largest}". ` +
        'Send identifiers and let the workflow read the rest from the API.',
      { size, limit: mostWorkflowInputCharacters, largest },
    );
  }
  return inputs;
}

function unusable(field: string, message: string, details: JsonObject = {}): Error {
  return problem('invalid', 'invalid_evaluated_invocation_method', message, { field, ...details });
}

/** GitHub's inputs are texts. A reference to an entity becomes its identifier, other structures JSON text. */
function inputText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (isEntityReference(value)) return value.identifier;
  return JSON.stringify(value);
}

const referenceKeys = new Set(['identifier', 'title', 'icon', 'blueprint']);

/** An entity input as templates see it, without properties or relations; a whole entity stays JSON. */
function isEntityReference(value: unknown): value is { readonly identifier: string } {
  return (
    isJsonObject(value) &&
    typeof value['identifier'] === 'string' &&
    Object.keys(value).every((key) => referenceKeys.has(key))
  );
}
