import { problem } from '#platform/problem.ts';
import type { InvocationMethod } from './action.ts';

/** What a method cannot do without, as texts that may hold templates. An empty address is an action still in the making. */
const neededKeys: Readonly<Record<string, readonly string[]>> = {
  WEBHOOK: ['url'],
  GITHUB: ['org', 'repo', 'workflow'],
  GITLAB: ['projectName', 'groupName'],
  AZURE_DEVOPS: ['webhook', 'org'],
  UPSERT_ENTITY: ['blueprintIdentifier'],
  INTEGRATION_ACTION: ['installationId'],
};

/** Refuses a method that could never be carried out, naming the key. */
export function assertUsableMethod(method: InvocationMethod): void {
  const missing = neededKeys[method.type.replace('-', '_')]?.find((key) => typeof method[key] !== 'string');
  if (missing === undefined) return;
  throw problem('invalid', 'invalid_request', `invocationMethod.${missing} is needed for ${method.type}, as a text.`, {
    field: `invocationMethod.${missing}`,
  });
}
