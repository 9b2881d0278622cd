import { problem } from '#platform/problem.ts';
import type { InvocationMethod } from './action.ts';

/** What a method cannot do without, as texts that may hold templates. A blank one is an action still in the making. */
const neededKeys: Readonly<Record<string, readonly string[]>> = {
  WEBHOOK: ['url'],
  GITHUB: ['org', 'repo', 'workflow'],
  GITLAB: ['projectName', 'groupName'],
  AZURE_DEVOPS: ['webhook', 'org'],
  UPSERT_ENTITY: ['blueprintIdentifier'],
  INTEGRATION_ACTION: ['installationId'],
};

function needed(method: InvocationMethod): readonly string[] {
  return neededKeys[method.type.replace('-', '_')] ?? [];
}

/** Refuses a method that could never be carried out, naming the key. */
export function assertUsableMethod(method: InvocationMethod): void {
  const missing = needed(method).find((key) => typeof method[key] !== 'string');
  if (missing === undefined) return;
  throw problem('invalid', 'invalid_request', `invocationMethod.${missing} is needed for ${method.type}, as a text.`, {
    field: `invocationMethod.${missing}`,
  });
}

/** The first thing a method needs that is still to be filled in, such as the address of a webhook; null when there is none. */
export function blankField(method: InvocationMethod): string | null {
  const blank = needed(method).find((key) => String(method[key]).trim() === '');
  return blank === undefined ? null : `invocationMethod.${blank}`;
}

/** Nobody could execute such an action, so it is not offered to anybody. */
export function assertMayBePublished(method: InvocationMethod): void {
  const field = blankField(method);
  if (field === null) return;
  throw problem('invalid', 'action_not_complete', `${field} is blank. Fill it in to publish the action.`, { field });
}
