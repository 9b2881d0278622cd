import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type { Invocation, PrepareRequest, RunBackend } from '#runs/backend.ts';

/** Leaves a run to an integration that runs elsewhere and fetches its work. */
export function createIntegrationActionBackend(): RunBackend {
  return {
    type: 'INTEGRATION_ACTION',
    prepare: async (request) => prepareIntegrationAction(request),
    dispatch: async ({ invocation }) => {
      const installationId = String(invocation['installationId']);
      return {
        outcome: 'offered',
        installationId,
        log: [`Waiting for the integration ${installationId} to fetch this run.`],
      };
    },
  };
}

function prepareIntegrationAction({ method }: PrepareRequest): Invocation {
  const { installationId, integrationActionType, integrationActionExecutionProperties: properties } = method;
  if (typeof installationId !== 'string' || installationId === '') throw unusable('installationId', 'be a text');
  if (properties !== undefined && !isJsonObject(properties)) {
    throw unusable('integrationActionExecutionProperties', 'be an object');
  }
  return {
    type: 'INTEGRATION_ACTION',
    installationId,
    ...(integrationActionType === undefined ? {} : { integrationActionType }),
    integrationActionExecutionProperties: properties ?? {},
  };
}

function unusable(field: string, message: string): Error {
  return problem('invalid', 'invalid_evaluated_invocation_method', `The action's ${field} must ${message}.`, {
    field: `invocationMethod.${field}`,
  });
}
