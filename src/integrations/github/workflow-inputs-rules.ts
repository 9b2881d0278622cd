import { parse } from 'yaml';
import { isJsonObject } from '#platform/json.ts';

/** An input that a workflow asks for when somebody starts it. */
export interface WorkflowInput {
  readonly name: string;
  /** It has to be given: required, and without a default. */
  readonly needed: boolean;
}

/** The inputs of `workflow_dispatch` in a workflow file; null when the file cannot be started, or not be read. */
export function dispatchInputs(text: string): readonly WorkflowInput[] | null {
  const on = triggersOf(text);
  if (on === 'workflow_dispatch' || (Array.isArray(on) && on.includes('workflow_dispatch'))) return [];
  if (!isJsonObject(on) || !Object.hasOwn(on, 'workflow_dispatch')) return null;
  const trigger = on['workflow_dispatch'];
  const inputs = isJsonObject(trigger) && isJsonObject(trigger['inputs']) ? trigger['inputs'] : {};
  return Object.entries(inputs).map(([name, input]) => ({
    name,
    needed: isJsonObject(input) && input['required'] === true && input['default'] == null,
  }));
}

function triggersOf(text: string): unknown {
  try {
    const file: unknown = parse(text);
    return isJsonObject(file) ? file['on'] : null;
  } catch {
    return null;
  }
}
