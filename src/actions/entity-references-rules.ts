import { isJsonObject } from '#platform/json.ts';

/**
 * Entity inputs are objects in templates. What starts a workflow or writes an entity wants their identifiers, and
 * definitions say `{{ .inputs.service }}` for that: there an object of that kind becomes its identifier.
 */
export function plainReferences(method: unknown): unknown {
  if (!isJsonObject(method)) return method;
  if (method['type'] === 'GITHUB') return { ...method, ...inside(method, 'workflowInputs') };
  if (method['type'] === 'GITLAB') return { ...method, ...inside(method, 'pipelineVariables') };
  if (method['type'] === 'INTEGRATION_ACTION') return withPlainWorkflowInputs(method);
  const { mapping } = method;
  if (method['type'] !== 'UPSERT_ENTITY' || !isJsonObject(mapping)) return method;
  const plain = { ...mapping, ...inside(mapping, 'relations'), ...inside(mapping, 'properties') };
  return {
    ...method,
    mapping: {
      ...plain,
      ...(isReference(mapping['identifier']) ? { identifier: mapping['identifier'].identifier } : {}),
    },
  };
}

/** What an integration is to start takes texts, as GitHub does. */
function withPlainWorkflowInputs(method: Readonly<Record<string, unknown>>): unknown {
  const key = 'integrationActionExecutionProperties';
  const properties = method[key];
  return isJsonObject(properties)
    ? { ...method, [key]: { ...properties, ...inside(properties, 'workflowInputs') } }
    : method;
}

function inside(parent: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  const values = parent[key];
  if (!isJsonObject(values)) return {};
  return { [key]: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plainValue(value)])) };
}

function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  return isReference(value) ? value.identifier : value;
}

/** As templates get them, and nothing that merely has an identifier. */
function isReference(value: unknown): value is { readonly identifier: string } {
  if (!isJsonObject(value) || typeof value['identifier'] !== 'string') return false;
  return Object.keys(value).every((key) => ['identifier', 'title', 'icon', 'blueprint'].includes(key));
}
