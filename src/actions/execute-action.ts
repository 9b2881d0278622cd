import { isDeepStrictEqual } from 'node:util';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import type { Approvers } from '#approvals/approval.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Clock } from '#platform/clock.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Db } from '#platform/db/handles.ts';
import { isJsonObject } from '#platform/json.ts';
import { notFound, Problem, problem } from '#platform/problem.ts';
import { renderTemplate } from '#platform/template/render-template.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import type { Invocation, RunBackend, SealedInvocation } from '#runs/backend.ts';
import { secretsOfDestinations } from '#platform/egress/mask-destinations.ts';
import { hideTexts } from '#platform/hide-texts.ts';
import { invocationName, newRunId, type NewRun } from '#runs/create-run.ts';
import { maskInvocation } from './invocation-view.ts';
import { type ActionRow, actionSnapshot, backendType } from './action.ts';
import { actionPermissions, assertMayExecute } from './action-permissions.ts';
import { buildApprovalRequest } from './build-approval-request.ts';
import { type InvocationFacts, legacyInvocationBody, templateContext } from './build-invocation-context.ts';
import { acceptedInputs } from './user-inputs-rules.ts';

export interface ExecuteParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly jq: JqPool;
  readonly secrets: SecretBox;
  readonly blueprints: Blueprints;
  readonly backends: readonly RunBackend[];
  /** The organisation's secrets by name, for templates. */
  readonly openSecrets: (orgId: string) => Promise<Readonly<Record<string, string>>>;
  /** The entity as the API shows it to this actor, or null. */
  readonly readEntity: (actor: Actor, blueprint: string, identifier: string) => Promise<Record<string, unknown> | null>;
  /** Whether the entity passes the action's condition, a query in the rule language. */
  readonly passesCondition: (actor: Actor, blueprint: string, identifier: string, query: object) => Promise<boolean>;
}

export interface Execution {
  readonly actor: Actor;
  readonly origin: string;
  readonly action: ActionRow;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly entity: string | null;
  readonly impersonatedBy: string | null;
}

/**
 * Everything that is checked and evaluated before a run exists: permission, entity, inputs, templates, destination.
 * Reads only; the result is handed to the command that creates the run.
 */
export async function prepareRun(parts: ExecuteParts, execution: Execution): Promise<NewRun> {
  const { action, actor } = execution;
  const { execute } = await actionPermissions(parts.db, actor.orgId, action.identifier);
  assertMayExecute(actor, execute);
  if (action.document.publish === false) {
    throw problem(
      'invalid',
      'action_not_published',
      `Action "${action.identifier}" is a draft. Publish it to execute it.`,
    );
  }
  const entity = await entityOf(parts, execution);
  assertMayExecute(actor, execute, teamsOf(entity));
  const inputs = acceptedInputs(action.document.trigger.userInputs, execution.properties);
  const facts: InvocationFacts = {
    runId: newRunId(),
    action,
    actor,
    origin: execution.origin,
    at: parts.clock.now(),
    inputs,
    entity,
  };
  const secrets = await secretsFor(parts, action);
  const invocation = await prepareInvocation(parts, facts, secrets).catch((error: unknown) => {
    throw withoutTexts(error, Object.values(secrets));
  });
  const hiddenTexts = [...Object.values(secrets), ...secretsOfDestinations(invocation)];
  const payload = hideTexts(maskInvocation(invocation), Object.values(secrets)) as Record<string, unknown>;
  const approval = buildApprovalRequest({
    action: action.document,
    actor,
    at: facts.at,
    approvers: await approversOf(parts, action, entity),
    entity: entity === null ? null : titleOf(entity),
    inputs,
    payload,
  });
  return {
    id: facts.runId,
    action: { ...actionSnapshot(action), synchronized: invocation['synchronized'] === true },
    blueprint: action.blueprint,
    entity: entity === null ? null : execution.entity,
    source: execution.origin,
    properties: inputs,
    rawProperties: execution.properties,
    payload,
    sealedInvocation: parts.secrets.seal(JSON.stringify({ invocation, hiddenTexts } satisfies SealedInvocation), {
      orgId: actor.orgId,
      name: invocationName(facts.runId),
    }),
    impersonatedBy: execution.impersonatedBy,
    approval,
  };
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

function teamsOf(entity: Record<string, unknown> | null): readonly string[] {
  return Array.isArray(entity?.['team']) ? (entity['team'] as readonly string[]) : [];
}

function titleOf(entity: Record<string, unknown>): string {
  const { title, identifier } = entity;
  return typeof title === 'string' && title !== '' ? title : String(identifier);
}

/** Whom the action names, and where it says so the teams that own the entity. */
async function approversOf(
  parts: ExecuteParts,
  action: ActionRow,
  entity: Record<string, unknown> | null,
): Promise<Approvers> {
  const { users, roles, teams, ownedByTeam } = (await actionPermissions(parts.db, action.org_id, action.identifier))
    .approve;
  return { users, roles, teams: ownedByTeam === true ? [...new Set([...teams, ...teamsOf(entity)])] : teams };
}

/** The target of a DAY-2 or DELETE action; creating actions have none. */
async function entityOf(parts: ExecuteParts, execution: Execution): Promise<Record<string, unknown> | null> {
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
      : await renderTemplate(invocationMethod, templateContext(facts, secrets), parts.jq, { strict: true });
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
