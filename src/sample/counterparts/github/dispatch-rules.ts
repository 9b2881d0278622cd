import { isRecord } from '../received-request.ts';
import type { DispatchInput, Workflow } from './workflow-file.ts';

/** GitHub's refusal of a dispatch, in its words: 422 unless it says otherwise. */
export interface DispatchRefusal {
  readonly refused: string;
}

export interface DispatchedInputs {
  /** As `github.event.inputs` has them: all texts. */
  readonly texts: Readonly<Record<string, string>>;
  /** As the `inputs` context has them: booleans are booleans. */
  readonly typed: Readonly<Record<string, string | boolean>>;
}

export const mostInputs = 25;
const dispatchKeys = new Set(['ref', 'inputs', 'return_run_details']);

/** Checks the request itself, before any workflow is looked at. */
export function requestRefusal(
  body: Readonly<Record<string, unknown>>,
  knowsRunDetails: boolean,
): DispatchRefusal | undefined {
  const refuse = (reason: string): DispatchRefusal => ({ refused: `Invalid request.\n\n${reason}` });
  const unknown = Object.keys(body).find(
    (key) => !dispatchKeys.has(key) || (key === 'return_run_details' && !knowsRunDetails),
  );
  if (unknown !== undefined) return refuse(`"${unknown}" is not a permitted key.`);
  if (body['ref'] === undefined) return refuse('"ref" wasn\'t supplied.');
  if (typeof body['ref'] !== 'string')
    return refuse(`For 'properties/ref', ${JSON.stringify(body['ref'])} is not a string.`);
  const { inputs } = body;
  if (inputs !== undefined && !isRecord(inputs))
    return refuse(`For 'properties/inputs', ${JSON.stringify(inputs)} is not an object.`);
  const nested = Object.entries(inputs ?? {}).find(([, value]) => typeof value === 'object' && value !== null);
  return nested && refuse(`For 'properties/${nested[0]}', ${JSON.stringify(nested[1])} is not a string.`);
}

/** Checks the inputs against the workflow, and fills in its defaults. */
export function dispatchInputs(
  workflow: Workflow,
  given: Readonly<Record<string, unknown>>,
): DispatchedInputs | DispatchRefusal {
  const specs = workflow.dispatchInputs;
  if (!specs) return { refused: "Workflow does not have 'workflow_dispatch' trigger" };
  if (Object.keys(specs).length > mostInputs) {
    return { refused: `you may only define up to ${mostInputs} \`inputs\` for a \`workflow_dispatch\` event` };
  }
  const unexpected = Object.keys(given).filter((name) => !(name in specs));
  if (unexpected.length > 0) return { refused: `Unexpected inputs provided: ${JSON.stringify(unexpected)}` };

  const texts: Record<string, string> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = inputText(given[name]);
    const refused = inputRefusal(name, spec, value);
    if (refused !== undefined) return { refused };
    texts[name] = value ?? spec.default ?? (spec.type === 'boolean' ? 'false' : '');
  }
  const typed = Object.entries(texts).map(
    ([name, text]) => [name, specs[name]?.type === 'boolean' ? text === 'true' : text] as const,
  );
  return { texts, typed: Object.fromEntries(typed) };
}

function inputRefusal(name: string, spec: DispatchInput, value: string | undefined): string | undefined {
  if (spec.required && (value ?? spec.default ?? '') === '') return `Required input '${name}' not provided`;
  const allowed = allowedValues(spec);
  if (value === undefined || !allowed || allowed.includes(value)) return undefined;
  return `Provided value '${value}' for input '${name}' not in the list of allowed values`;
}

/** Numbers and booleans are taken as their text; what is nested was refused with the request. */
function inputText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function allowedValues(spec: DispatchInput): readonly string[] | undefined {
  if (spec.type === 'boolean') return ['true', 'false'];
  return spec.type === 'choice' ? spec.options : undefined;
}
