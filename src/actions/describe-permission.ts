import type { Actor } from '#platform/commands/actor.ts';
import { problem } from '#platform/problem.ts';
import { type Grant, mayExecute } from './action-permissions.ts';
import type { FormParts } from './check-inputs.ts';
import { evaluatePolicy, type PolicyQuestion, type PolicyVerdict } from './evaluate-policy.ts';

/** Whether somebody may execute an action now, and why. */
export interface ExecutionVerdict {
  readonly allowed: boolean;
  readonly reason: string;
  /** What the policy said, where the action has one and it was asked. */
  readonly policy: PolicyVerdict | null;
}

/**
 * Names come first: whoever is not among them is not asked for more. Then the policy decides, for people; credentials
 * act for the organisation itself. A condition that is anything but true does not allow.
 */
export async function describePermission(
  parts: FormParts,
  grant: Grant,
  question: PolicyQuestion,
  owners: readonly string[],
): Promise<ExecutionVerdict> {
  const { actor } = question;
  if (!mayExecute(actor, grant, owners)) {
    return { allowed: false, reason: 'No person, role or team of this action covers you.', policy: null };
  }
  const { policy } = grant;
  if (policy === undefined || policy === null || !isPerson(actor)) {
    return { allowed: true, reason: 'You are covered by the action’s people, roles or teams.', policy: null };
  }
  const verdict = await evaluatePolicy(parts, policy, question);
  const allowed = isMet(verdict);
  return { allowed, reason: allowed ? 'A condition of the policy is met.' : refusal(verdict), policy: verdict };
}

/** What the policy alone says; without one, yes. */
export async function isAllowedByPolicy(parts: FormParts, grant: Grant, question: PolicyQuestion): Promise<boolean> {
  const { policy } = grant;
  return policy === undefined || policy === null || isMet(await evaluatePolicy(parts, policy, question));
}

const isMet = ({ conditions }: PolicyVerdict): boolean => conditions.some(({ value }) => value === true);

function isPerson(actor: Actor): boolean {
  return actor.kind === 'user';
}

function refusal({ conditions, queries }: PolicyVerdict): string {
  const failed = conditions.find((condition) => condition.problem !== null);
  const unanswered = queries.find((query) => query.problem !== null);
  const why = [
    ...(failed === undefined
      ? []
      : [`condition ${conditions.indexOf(failed) + 1} cannot be evaluated: ${failed.problem}`]),
    ...(unanswered === undefined ? [] : [`query "${unanswered.name}" cannot be answered: ${unanswered.problem}`]),
  ];
  const head =
    conditions.length === 1
      ? 'The condition of the action’s policy is not met'
      : `None of the ${conditions.length} conditions of the action’s policy is met`;
  return `${head}${why.length === 0 ? '' : ` (${why.join('; ')})`}.`;
}

/** Port's 403, with the conditions that were not met. */
export function refusedByPolicy(verdict: ExecutionVerdict): Error {
  return problem('forbidden', 'missing_permissions', `You may not execute this action. ${verdict.reason}`, {
    conditions: verdict.policy?.conditions.map(({ condition, problem: why }) => ({
      condition,
      met: false,
      problem: why,
    })),
    queries: verdict.policy?.queries,
  });
}
