import type { Db } from '#platform/db/handles.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { isJsonObject } from '#platform/json.ts';
import type { RunBackend, SealedInvocation } from '#runs/backend.ts';
import { invocationName, newRunId } from '#runs/create-run.ts';
import { hasExpression, missingTexts } from './field-rules.ts';
import { askForRun, runSource, runStep } from './run-action.ts';
import type { BeginRequest, StageKind, StageStep } from './stage-kind.ts';

export interface WorkflowParts {
  readonly db: Db;
  readonly secrets: SecretBox;
  readonly backends: readonly RunBackend[];
}

/** Starts a GitHub workflow and waits for it: a run without an action, so that it has a log and is followed. */
export function githubWorkflowStage(parts: WorkflowParts): StageKind {
  return {
    type: 'githubWorkflow',
    check: (stage) => {
      const inputs = stage['workflowInputs'];
      const wrong = inputs !== undefined && inputs !== null && !isJsonObject(inputs) && !hasExpression(inputs);
      return [
        ...missingTexts(stage, ['org', 'repo', 'workflow']),
        ...(wrong ? [{ field: 'workflowInputs', message: 'workflowInputs is an object.' }] : []),
      ];
    },
    begin: async (request) => startWorkflow(parts, request),
    look: async ({ stage, execution }) => runStep(parts.db, execution.org_id, stage),
  };
}

async function startWorkflow(parts: WorkflowParts, request: BeginRequest): Promise<StageStep> {
  const { config, execution, stage, actor } = request;
  const backend = parts.backends.find((candidate) => candidate.type === 'GITHUB');
  if (backend?.prepare === undefined) return { step: 'failed', error: 'Nothing here starts GitHub workflows.' };
  const runId = newRunId();
  const method = {
    type: 'GITHUB',
    org: String(config['org']),
    repo: String(config['repo']),
    workflow: String(config['workflow']),
    workflowInputs: isJsonObject(config['workflowInputs']) ? config['workflowInputs'] : {},
    reportWorkflowStatus: true,
  };
  const invocation = await backend.prepare({
    method,
    shape: 2,
    runId,
    inputs: {},
    legacyBody: {},
  });
  const ref = config['ref'];
  const sent = typeof ref === 'string' && ref !== '' ? { ...invocation, ref } : invocation;
  const place = { orgId: execution.org_id, name: invocationName(runId) };
  const sealed = JSON.stringify({ invocation: sent, hiddenTexts: [] } satisfies SealedInvocation);
  return askForRun(
    actor,
    {
      id: runId,
      action: {
        identifier: `pipeline:${execution.name}`,
        legacyIdentifier: `pipeline:${execution.name}`,
        title: `${execution.name} #${execution.number}: ${stage.name}`,
        icon: 'Github',
        shape: 2,
        backendType: 'GITHUB',
        synchronized: false,
        allowAnyoneToViewRuns: true,
      },
      blueprint: null,
      entity: null,
      source: runSource,
      properties: {},
      rawProperties: {},
      payload: sent,
      sealedInvocation: parts.secrets.seal(sealed, place),
      impersonatedBy: null,
      approval: null,
    },
    config['waitForCompletion'] !== false,
  );
}
