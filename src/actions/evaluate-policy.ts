import { type Actor, systemActor } from '#platform/commands/actor.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { describeJqFailure } from '#platform/jq/jq-failure.ts';
import { Problem } from '#platform/problem.ts';
import { renderTemplate } from '#platform/template/render-template.ts';
import { type ActionRow, toWireAction } from './action.ts';
import type { Policy } from './action-permissions.ts';
import type { FormParts } from './check-inputs.ts';
import { describeUser } from './describe-user.ts';

/** What a policy decides about. */
export interface PolicyQuestion {
  readonly action: ActionRow;
  /** Who asks for the run. */
  readonly actor: Actor;
  readonly at: Date;
  /** As templates see them, secret ones masked. */
  readonly inputs: JsonObject;
  readonly entity: JsonObject | null;
}

/** What came of a policy, so that it can be told which condition said what. */
export interface PolicyVerdict {
  readonly queries: readonly { readonly name: string; readonly found: number; readonly problem: string | null }[];
  readonly conditions: readonly ConditionVerdict[];
}

export interface ConditionVerdict {
  readonly condition: string;
  readonly value: unknown;
  /** Why it has no value, in words without values of the catalog. */
  readonly problem: string | null;
}

const entityLimit = 1000;

/** Asks the catalog the policy's queries, then evaluates its conditions over the answers. Nothing here throws over them. */
export async function evaluatePolicy(
  parts: FormParts,
  policy: Policy,
  question: PolicyQuestion,
): Promise<PolicyVerdict> {
  const context = await policyContext(parts, question);
  const answers = await Promise.all(
    Object.entries(policy.queries).map(async ([name, query]) => ({
      name,
      ...(await answer(parts, question, query, context)),
    })),
  );
  const results = Object.fromEntries(answers.map(({ name, entities }) => [name, { entities }]));
  const [row = []] = await parts.jq.evaluateBatch(policy.conditions, [{ results, ...context }]);
  return {
    queries: answers.map(({ name, entities, problem }) => ({ name, found: entities.length, problem })),
    conditions: policy.conditions.map((condition, at) => {
      const result = row[at];
      if (result?.ok === true) return { condition, value: result.value ?? null, problem: null };
      return {
        condition,
        value: null,
        problem: result === undefined ? 'it was not evaluated' : describeJqFailure(result),
      };
    }),
  };
}

async function policyContext(parts: FormParts, question: PolicyQuestion): Promise<JsonObject> {
  const user = await describeUser(parts, question.actor);
  return {
    action: toWireAction(question.action),
    blueprint: question.action.blueprint,
    inputs: question.inputs,
    entity: question.entity ?? {},
    user,
    trigger: { at: question.at.toISOString(), user },
  };
}

/** A query that fails is left out: it found nothing. It sees the whole catalog, whatever the person may see of it. */
async function answer(
  parts: FormParts,
  question: PolicyQuestion,
  query: unknown,
  context: JsonObject,
): Promise<{ readonly entities: readonly JsonObject[]; readonly problem: string | null }> {
  try {
    const rendered = await renderTemplate(query, context, parts.jq, { strict: true, code: 'invalid_policy' });
    const everything = systemActor(question.action.org_id, 'policies');
    const search = { query: withIdentifiers(rendered), blueprints: null, limit: entityLimit, asker: question.actor };
    return { entities: await parts.findEntities(everything, search), problem: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { entities: [], problem: error.message };
  }
}

/** Entity inputs are objects in templates; a rule compares with their identifiers. */
function withIdentifiers(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withIdentifiers);
  if (!isJsonObject(node)) return node;
  if (typeof node['identifier'] === 'string') return node['identifier'];
  return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, withIdentifiers(item)]));
}
