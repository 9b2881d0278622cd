import { isDeepStrictEqual } from 'node:util';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Clock } from '#platform/clock.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Db } from '#platform/db/handles.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { notFound, Problem, problem } from '#platform/problem.ts';
import { renderTemplate } from '#platform/template/render-template.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import type { Invocation, RunBackend, SealedInvocation } from '#runs/backend.ts';
import { secretsOfDestinations } from '#platform/egress/mask-destinations.ts';
import { hideTexts } from '#platform/hide-texts.ts';
import { invocationName, type NewRun } from '#runs/create-run.ts';
import { blankField } from './invocation-rules.ts';
import { maskInvocation } from './invocation-view.ts';
import { type ActionRow, actionSnapshot, backendType } from './action.ts';
import { type FormParts, teamsOf } from './check-inputs.ts';
import { type ActionPermissions, actionPermissions, assertMayExecute, type Grant } from './action-permissions.ts';
import { buildApprovalRequest } from './build-approval-request.ts';
import { type InvocationFacts, legacyInvocationBody, templateContext } from './build-invocation-context.ts';
import { buildInvocationFacts, secretTexts } from './build-invocation-facts.ts';
import { plainReferences } from './entity-references-rules.ts';
import { findApprovers } from './find-approvers.ts';
import { findSecretResults } from './find-secret-results.ts';
import { maskInputs } from './secret-inputs-rules.ts';

export interface ExecuteParts extends FormParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly jq: JqPool;
  readonly secrets: SecretBox;
  readonly blueprints: Blueprints;
  readonly backends: readonly RunBackend[];
  /** The organisation's secrets by name, for templates. */
  readonly openSecrets: (orgId: string) => Promise<Readonly<Record<string, string>>>;
  /** Their names, without opening them. */
  readonly secretNames: (orgId: string) => Promise<readonly string[]>;
  /** The secret of the organisation's main credentials, which encrypts secret inputs. */
  readonly clientSecret: (orgId: string) => Promise<string>;
  /** Whether the entity passes the action's condition, a query in the rule language. */
  readonly passesCondition: (actor: Actor, blueprint: string, identifier: string, query: object) => Promise<boolean>;
  /** The same for many conditions at once. */
  readonly passesConditions: (
    actor: Actor,
    entity: { readonly blueprint: string; readonly identifier: string },
    queries: readonly object[],
  ) => Promise<readonly boolean[]>;
}

export interface Execution {
  readonly actor: Actor;
  readonly origin: string;
  readonly action: ActionRow;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly entity: string | null;
  readonly impersonatedBy: string | null;
  /** Where they were read with the action. */
  readonly permissions?: ActionPermissions | undefined;
}

/**
 * Everything that is checked and evaluated before a run exists: permission, entity, inputs, templates, destination.
 * Reads only; the result is handed to the command that creates the run.
 */
export async function prepareRun(parts: ExecuteParts, execution: Execution): Promise<NewRun> {
  const { action, actor } = execution;
  const { entity, grant } = await permittedEntity(parts, execution);
  const secret = { texts: secretTexts(execution) };
  try {
    const facts = await buildInvocationFacts(parts, execution, { entity, grant }, secret);
    const secrets = await secretsFor(parts, action);
    secret.texts.push(...Object.values(secrets), ...(await secretResults(parts, facts, secrets)));
    const invocation = await prepareInvocation(parts, facts, secrets);
    const hiddenTexts = [...secret.texts, ...destinationSecrets(action, invocation)];
    const payload = hideTexts(maskInvocation(invocation), hiddenTexts) as Record<string, unknown>;
    const { userInputs } = action.document.trigger;
    return {
      id: facts.runId,
      action: { ...actionSnapshot(action), synchronized: invocation['synchronized'] === true },
      blueprint: action.blueprint,
      entity: entity === null ? null : execution.entity,
      source: execution.origin,
      properties: maskInputs(userInputs, facts.inputs),
      rawProperties: maskInputs(userInputs, execution.properties),
      payload,
      sealedInvocation: parts.secrets.seal(JSON.stringify({ invocation, hiddenTexts } satisfies SealedInvocation), {
        orgId: actor.orgId,
        name: invocationName(facts.runId),
      }),
      impersonatedBy: execution.impersonatedBy,
      approval: await approvalOf(parts, execution, facts, payload),
    };
  } catch (error) {
    throw withoutTexts(error, secret.texts);
  }
}

/** The entity of the run, once it is clear that the caller may execute the action on it at all. */
async function permittedEntity(
  parts: ExecuteParts,
  execution: Execution,
): Promise<{ readonly entity: JsonObject | null; readonly grant: Grant }> {
  const { action, actor } = execution;
  const { execute } = execution.permissions ?? (await actionPermissions(parts.db, actor.orgId, action.identifier));
  assertMayExecute(actor, execute);
  if (action.document.publish === false) throw notPublished(action);
  const entity = await entityOf(parts, execution);
  assertMayExecute(actor, execute, teamsOf(entity));
  return { entity, grant: execute };
}

/**
 * What a backend must not repeat of the addresses it was told. Those that came in with the entity or the inputs are
 * not the action's secrets: their parts may be the names that a log speaks of.
 */
function destinationSecrets(action: ActionRow, { url, headers }: Invocation): readonly string[] {
  return [action.document.invocationMethod, { url, headers }].flatMap(secretsOfDestinations);
}

function notPublished({ identifier, document }: ActionRow): Problem {
  const field = blankField(document.invocationMethod);
  return field === null
    ? problem('invalid', 'action_not_published', `Action "${identifier}" is a draft. Publish it to execute it.`)
    : problem(
        'invalid',
        'action_not_published',
        `Action "${identifier}" is a draft: ${field} is still blank. Fill it in and publish the action to execute it.`,
        { field },
      );
}

/** A refusal may name what it refuses, and that may be a secret. */
function withoutTexts(error: unknown, texts: readonly string[]): unknown {
  if (!(error instanceof Problem) || texts.length === 0) return error;
  const { kind, code, message, details } = hideTexts(
    { kind: error.kind, code: error.code, message: error.message, details: error.details },
    texts,
  ) as Problem;
  return problem(kind, code, message, details);
}

function titleOf(entity: JsonObject): string {
  const { title, identifier } = entity;
  return typeof title === 'string' && title !== '' ? title : String(identifier);
}

/** What is asked before the run begins; null when nothing is. */
async function approvalOf(
  parts: ExecuteParts,
  { action, actor }: Execution,
  facts: InvocationFacts,
  payload: JsonObject,
): Promise<NewRun['approval']> {
  const { requiredApproval, trigger } = action.document;
  if (requiredApproval !== true && !isJsonObject(requiredApproval)) return null;
  const { at, entity } = facts;
  const inputs = maskInputs(trigger.userInputs, facts.inputs);
  return buildApprovalRequest({
    action: action.document,
    actor,
    at,
    approvers: await findApprovers(parts, { action, actor, at, inputs, entity }),
    entity: entity === null ? null : titleOf(entity),
    target: entity === null ? null : String(entity['identifier']),
    inputs,
    payload,
  });
}

/** The target of a DAY-2 or DELETE action; creating actions have none. */
async function entityOf(parts: ExecuteParts, execution: Execution): Promise<JsonObject | null> {
  const { action, actor, entity } = execution;
  const { operation, condition } = action.document.trigger;
  if (operation === 'CREATE' || action.blueprint === null) return null;
  if (entity === null || entity === '') {
    throw problem(
      'invalid',
      'missing_self_service_action_entity',
      `Action "${action.identifier}" works on an entity of ${action.blueprint}: name it in "entity".`,
      { field: 'entity' },
    );
  }
  const found = await parts.readEntity(actor, action.blueprint, entity);
  if (found === null) throw notFound('entity', entity, { blueprint: action.blueprint });
  if (condition !== undefined && !(await parts.passesCondition(actor, action.blueprint, entity, condition))) {
    throw problem(
      'invalid',
      'entity_does_not_pass_condition',
      `Action "${action.identifier}" is not offered for "${entity}": its condition is not met.`,
      { entity },
    );
  }
  return found;
}

/** Opened only for actions whose templates speak of them; every one then counts as used. */
async function secretsFor(parts: ExecuteParts, action: ActionRow): Promise<Readonly<Record<string, string>>> {
  const speaksOfSecrets = action.shape === 2 && JSON.stringify(action.document.invocationMethod).includes('secrets');
  return speaksOfSecrets ? parts.openSecrets(action.org_id) : {};
}

async function secretResults(
  { jq }: ExecuteParts,
  facts: InvocationFacts,
  secrets: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { invocationMethod } = facts.action.document;
  return findSecretResults(jq, invocationMethod, secrets, (some) => templateContext(facts, some));
}

async function prepareInvocation(
  parts: ExecuteParts,
  facts: InvocationFacts,
  secrets: Readonly<Record<string, string>>,
): Promise<Invocation> {
  const { invocationMethod } = facts.action.document;
  const type = backendType(invocationMethod.type);
  // Version 1 had no templates: braces there are text.
  const method =
    facts.action.shape === 1
      ? invocationMethod
      : plainReferences(
          await renderTemplate(invocationMethod, templateContext(facts, secrets), parts.jq, { strict: true }),
        );
  if (!isJsonObject(method) || !isDeepStrictEqual(method['type'], invocationMethod.type)) {
    throw problem(
      'invalid',
      'invalid_evaluated_invocation_method',
      'The evaluated invocation method is not an object of its type.',
    );
  }
  const backend = parts.backends.find((candidate) => candidate.type === type);
  if (backend?.prepare === undefined) return { ...method, type };
  return backend.prepare({
    method,
    shape: facts.action.shape,
    runId: facts.runId,
    inputs: facts.inputs,
    legacyBody: legacyInvocationBody(facts),
  });
}
