import { createHmac } from 'node:crypto';
import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import { constantTimeEqual } from '#platform/crypto/constant-time-equal.ts';
import { readWorkflowRun } from './workflow-run-contract.ts';
import type { WorkflowRun } from './workflow-run-contract.ts';

export type GitHubSignatureCheck =
  | { readonly valid: true }
  | { readonly valid: false; readonly reason: 'missing' | 'malformed' | 'mismatch' };

/**
 * Checks `X-Hub-Signature-256` over the raw body. Several secrets may be valid while one is being replaced. The
 * signature holds no time: whoever receives must not mind a repeated or late delivery.
 */
export function verifyGitHubWebhook(message: {
  readonly secrets: readonly string[];
  readonly signature: string | readonly string[] | undefined;
  readonly rawBody: string | Uint8Array;
}): GitHubSignatureCheck {
  const { signature } = message;
  if (signature === undefined) return { valid: false, reason: 'missing' };
  if (typeof signature !== 'string' || !/^sha256=[0-9a-f]{64}$/.test(signature))
    return { valid: false, reason: 'malformed' };
  let matches = false;
  for (const secret of message.secrets) {
    // An empty secret would make the signature computable by anyone.
    if (secret === '') continue;
    const expected = `sha256=${createHmac('sha256', secret).update(message.rawBody).digest('hex')}`;
    if (constantTimeEqual(expected, signature)) matches = true;
  }
  return matches ? { valid: true } : { valid: false, reason: 'mismatch' };
}

export type GitHubEvent =
  | { readonly kind: 'ping' }
  | {
      readonly kind: 'workflow-run';
      readonly action: 'requested' | 'in_progress' | 'completed';
      readonly org: string;
      readonly repo: string;
      /** File name of the workflow, when GitHub tells it. */
      readonly workflow: string | undefined;
      readonly run: WorkflowRun;
    }
  | { readonly kind: 'other'; readonly name: string };

const followedActions = ['requested', 'in_progress', 'completed'] as const;

/** Reads a verified delivery. Throws a `bad-request` problem when a workflow_run event is not shaped like one. */
export function readGitHubEvent(name: string, body: unknown): GitHubEvent {
  if (name === 'ping') return { kind: 'ping' };
  if (name !== 'workflow_run') return { kind: 'other', name };
  const payload = isJsonObject(body) ? body : {};
  const action = followedActions.find((known) => known === payload['action']);
  if (action === undefined && typeof payload['action'] === 'string') return { kind: 'other', name };
  const rawRun = payload['workflow_run'];
  const run = readWorkflowRun(rawRun);
  const place = repositoryOf(payload['repository']);
  if (action === undefined || run === undefined || place === undefined) {
    throw problem('bad-request', 'invalid_webhook_body', 'The workflow_run event lacks its action, run or repository.');
  }
  const path = isJsonObject(rawRun) ? rawRun['path'] : undefined;
  const workflow = typeof path === 'string' ? path.replace(/@.*$/, '').split('/').at(-1) : undefined;
  return { kind: 'workflow-run', action, ...place, workflow, run };
}

function repositoryOf(value: unknown): { org: string; repo: string } | undefined {
  const fullName = isJsonObject(value) ? value['full_name'] : undefined;
  if (typeof fullName !== 'string') return undefined;
  const [org = '', repo = '', ...rest] = fullName.split('/');
  return org === '' || repo === '' || rest.length > 0 ? undefined : { org, repo };
}
