import type { Actor } from '#platform/commands/actor.ts';
import { authorize } from '#access/permissions.ts';
import type { Fault } from '#catalog/property-rules.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { problem } from '#platform/problem.ts';
import type { UserInputs } from './action.ts';
import { policyQueryFault } from './dataset-rules.ts';
import { formExpressions } from './form-expression-rules.ts';
import { assertUsableInputs, unusableInputs } from './user-inputs-rules.ts';

type Jq = Pick<JqPool, 'check'>;

/**
 * What a command cannot ask before an action is saved, since jq runs outside of transactions: whether every expression
 * of the form compiles. Whoever may not save is told so first.
 */
export async function checkForm(jq: Jq, actor: Actor, given: Partial<UserInputs> | undefined): Promise<void> {
  authorize(actor, 'action.write');
  const inputs = { ...given, properties: given?.properties ?? {} };
  assertUsableInputs(inputs);
  const faults: Fault[] = [];
  for (const { path, expression } of formExpressions(inputs)) {
    const verdict = await jq.check(expression);
    if (!verdict.ok) faults.push({ path, message: `does not compile: ${verdict.message}` });
  }
  if (faults.length > 0) throw unusableInputs(faults);
}

interface GivenPolicy {
  readonly queries: Readonly<Record<string, unknown>>;
  readonly conditions: readonly string[];
}

/** Whether the policies of an action can be read: their queries, and the jq of their conditions. */
export async function checkPolicies(
  jq: Jq,
  actor: Actor,
  grants: Readonly<Record<string, { readonly policy?: GivenPolicy | null } | undefined>>,
): Promise<void> {
  authorize(actor, 'action.write');
  const faults: Fault[] = [];
  for (const [name, grant] of Object.entries(grants)) {
    if (grant?.policy == null) continue;
    const path = `${name}.policy`;
    for (const [query, rules] of Object.entries(grant.policy.queries)) {
      const fault = policyQueryFault(rules, `${path}.queries.${query}`);
      if (fault !== null) faults.push(fault);
    }
    for (const [at, condition] of grant.policy.conditions.entries()) {
      const verdict = await jq.check(condition);
      if (!verdict.ok)
        faults.push({ path: `${path}.conditions[${at}]`, message: `does not compile: ${verdict.message}` });
    }
  }
  const [first] = faults;
  if (first === undefined) return;
  throw problem('invalid', 'invalid_request', `"${first.path}" ${first.message}.`, { errors: faults });
}
