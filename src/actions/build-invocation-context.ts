import type { Actor } from '#platform/commands/actor.ts';
import { maskParts } from '#platform/egress/mask-destinations.ts';
import { type ActionRow, toLegacyWireAction } from './action.ts';

export interface CallerDates {
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What templates and bodies may speak of. */
export interface InvocationFacts {
  readonly runId: string;
  readonly action: ActionRow;
  readonly actor: Actor;
  /** Since when the caller is known, and last changed; null for machines. */
  readonly callerDates: CallerDates | null;
  readonly origin: string;
  readonly at: Date;
  /** As submitted, defaults filled in, secret ones encrypted. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The same as templates see them: entities are objects with identifier and title. */
  readonly templateInputs: Readonly<Record<string, unknown>>;
  /** Names of the inputs that are encrypted. */
  readonly encryptedInputs: readonly string[];
  /** The entity of a DAY-2 or DELETE action, whole. */
  readonly entity: Readonly<Record<string, unknown>> | null;
}

/** The context of templates in an invocation method. */
export function templateContext(
  facts: InvocationFacts,
  secrets: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const { document } = facts.action;
  return {
    inputs: facts.templateInputs,
    trigger: { ...triggerOf(facts), by: describedCaller(facts), operation: document.trigger.operation },
    event: null,
    entity: facts.entity ?? {},
    action: {
      identifier: facts.action.identifier,
      blueprint: facts.action.blueprint,
      encryptedProperties: facts.encryptedInputs,
    },
    run: { id: facts.runId },
    secrets,
  };
}

/** The body that backends get in version 1, and from a version 2 method without a body. */
export function legacyInvocationBody(facts: InvocationFacts): Record<string, unknown> {
  const identifier = facts.entity === null ? null : facts.entity['identifier'];
  return {
    action: facts.action.legacy_identifier,
    resourceType: 'run',
    status: 'TRIGGERED',
    trigger: triggerOf(facts),
    context: { entity: identifier, blueprint: facts.action.blueprint, runId: facts.runId },
    payload: {
      entity: facts.entity,
      // Where approvers are told is none of the backend's business.
      action: asSent(maskParts(toLegacyWireAction(facts.action), ['approvalNotification'])),
      properties: facts.inputs,
      censoredProperties: facts.encryptedInputs,
    },
  };
}

/** Instants as texts, for whoever shows the body instead of sending it. */
function asSent(document: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(document));
}

function triggerOf({ actor, origin, at }: InvocationFacts): Record<string, unknown> {
  return {
    by: { orgId: actor.orgId, userId: actor.id, ...(actor.kind === 'user' ? { user: userOf(actor) } : {}) },
    origin,
    at: at.toISOString(),
  };
}

/** With everything Port tells templates of a person, as far as it is kept here. */
function describedCaller({ actor, callerDates }: InvocationFacts): Record<string, unknown> {
  const by = { orgId: actor.orgId, userId: actor.id };
  if (actor.kind !== 'user') return by;
  return {
    ...by,
    user: { ...userOf(actor), phoneNumber: '', picture: '', providers: [], status: 'ACTIVE', ...callerDates },
  };
}

function userOf(actor: Extract<Actor, { kind: 'user' }>): Record<string, unknown> {
  return { email: actor.email, firstName: actor.firstName, lastName: actor.lastName, id: actor.id };
}
