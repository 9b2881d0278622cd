import { personById } from '#access/people-queries.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { JsonObject } from '#platform/json.ts';
import { newRunId } from '#runs/create-run.ts';
import type { Grant } from './action-permissions.ts';
import type { CallerDates, InvocationFacts } from './build-invocation-context.ts';
import { acceptInputs, teamsOf } from './check-inputs.ts';
import { describePermission, refusedByPolicy } from './describe-permission.ts';
import type { ExecuteParts, Execution } from './execute-action.ts';
import { encryptInput, maskInputs, secretInputs, textsWithin } from './secret-inputs-rules.ts';

/** What was entered into secret inputs. */
export function secretTexts({ action, properties }: Execution): string[] {
  const keys = [...secretInputs(action.document.trigger.userInputs).keys()];
  return keys.flatMap((key) => textsWithin(properties[key]));
}

/**
 * What a run is made of, once its inputs fit the form and the policy allows it. Texts that must not be shown are added
 * to `secret` before anything can fail over them.
 */
export async function buildInvocationFacts(
  parts: ExecuteParts,
  execution: Execution,
  { entity, grant }: { readonly entity: JsonObject | null; readonly grant: Grant },
  secret: { readonly texts: string[] },
): Promise<InvocationFacts> {
  const { action, actor, properties: given } = execution;
  const { userInputs } = action.document.trigger;
  const { values, entities } = await acceptInputs(parts, { actor, inputs: userInputs, given, entity });
  const shown = await entities.withReferences(maskInputs(userInputs, values));
  await assertPolicy(parts, execution, grant, { entity, inputs: shown });
  const inputs = await encrypted(parts, execution, values);
  const encryptedInputs = [...secretInputs(userInputs).keys()].filter((key) => values[key] != null);
  secret.texts.push(...encryptedInputs.map((key) => String(inputs[key])));
  return {
    runId: newRunId(),
    action,
    actor,
    callerDates: await callerDates(parts.db, actor),
    origin: execution.origin,
    at: parts.clock.now(),
    inputs,
    templateInputs: { ...shown, ...Object.fromEntries(encryptedInputs.map((key) => [key, inputs[key]])) },
    encryptedInputs,
    entity,
  };
}

export async function callerDates(db: Db, actor: Actor): Promise<CallerDates | null> {
  const person = actor.kind === 'user' ? await personById(db, actor.orgId, actor.id) : null;
  if (person === null) return null;
  return { createdAt: person.created_at.toISOString(), updatedAt: person.updated_at.toISOString() };
}

async function assertPolicy(
  parts: ExecuteParts,
  { action, actor }: Execution,
  grant: Grant,
  { entity, inputs }: { readonly entity: JsonObject | null; readonly inputs: JsonObject },
): Promise<void> {
  const question = { action, actor, at: parts.clock.now(), inputs, entity };
  const verdict = await describePermission(parts, grant, question, teamsOf(entity));
  if (!verdict.allowed) throw refusedByPolicy(verdict);
}

async function encrypted(
  parts: ExecuteParts,
  { action, actor }: Execution,
  values: JsonObject,
): Promise<Readonly<Record<string, unknown>>> {
  const ours = [...secretInputs(action.document.trigger.userInputs)]
    .filter(([key, by]) => by === 'server' && values[key] != null)
    .map(([key]) => key);
  if (ours.length === 0) return values;
  const clientSecret = await parts.clientSecret(actor.orgId);
  return { ...values, ...Object.fromEntries(ours.map((key) => [key, encryptInput(values[key], clientSecret)])) };
}
