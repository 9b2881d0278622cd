import { EgressFailure, egressErrorIn } from '#platform/egress/egress-failure.ts';
import { isJsonObject } from '#platform/json.ts';
import type { ProblemKind } from '#platform/problem.ts';
import { describeRefusal, movedMessage } from './describe-refusal.ts';
import type { GitHubTask } from './describe-refusal.ts';
import type { GitHubFailure } from './github-errors.ts';

const reasonByKind: Partial<Record<ProblemKind, GitHubFailure['reason']>> = {
  unauthenticated: 'unauthorized',
  'not-found': 'not-found',
};

/** Reads what Octokit threw: the guard's refusal, a broken connection, or an answer of GitHub's. */
export function translateFailure(error: unknown, task: GitHubTask, nowMs: number): GitHubFailure {
  const own = egressErrorIn(error);
  if (own instanceof EgressFailure) {
    if (own.reason === 'redirect') return { reason: 'rejected', message: movedMessage(task) };
    const unknown = own.requestSent && task.changesSomething;
    return { reason: unknown ? 'unknown' : 'unavailable', message: `Could not ${task.doing}: ${own.message}` };
  }
  if (own !== undefined) {
    return {
      reason: reasonByKind[own.kind] ?? 'rejected',
      message: `Could not ${task.doing}: ${own.message}`,
    };
  }
  const answer = answerIn(error);
  if (answer !== undefined) return describeRefusal(answer, task, nowMs);
  return {
    reason: task.changesSomething ? 'unknown' : 'unavailable',
    message: `Could not ${task.doing}: the answer was not understood. Check the address of its API.`,
  };
}

function answerIn(error: unknown): Parameters<typeof describeRefusal>[0] | undefined {
  if (!(error instanceof Error) || !('status' in error) || !('response' in error)) return undefined;
  const { status, response } = error;
  if (typeof status !== 'number' || !isJsonObject(response)) return undefined;
  const { data, headers } = response;
  const message = isJsonObject(data) && typeof data['message'] === 'string' ? data['message'] : '';
  const details =
    isJsonObject(data) && Array.isArray(data['errors']) ? data['errors'].map(detailText).filter(Boolean) : [];
  return {
    status,
    message: details.length === 0 ? message : `${message}: ${details.join('; ')}`,
    headers: isJsonObject(headers) ? (headers as Record<string, string>) : {},
  };
}

function detailText(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  return isJsonObject(detail) && typeof detail['message'] === 'string' ? detail['message'] : '';
}
