import type { Actor } from '#platform/commands/actor.ts';
import { maskParts } from '#platform/egress/mask-destinations.ts';
import type { Document, LoggedEvent } from '#platform/events/event.ts';

/**
 * A change as Port's changelog tells it. Listeners written for Port check strictly: the origin is UI or API, people
 * and titles are strings, `diff` holds whole documents.
 */
export function changelogMessage(event: LoggedEvent): Record<string, unknown> {
  const { blueprint, entity, propertyIdentifier } = event.context;
  const isTimer = event.action === 'TIMER_EXPIRED';
  return {
    action: event.action,
    resourceType: event.resource,
    status: event.status,
    trigger: { by: whoDidIt(event.actor), at: event.at.toISOString(), origin: event.origin === 'UI' ? 'UI' : 'API' },
    context:
      event.resource === 'entity' ? { entity, blueprint, ...(isTimer ? { propertyIdentifier } : {}) } : { blueprint },
    // Nothing changed when a timer expires: it is the entity as it is.
    diff: { before: isTimer ? null : withTexts(event.before), after: withTexts(event.after) },
  };
}

function whoDidIt(actor: Actor): Record<string, unknown> {
  const by = { orgId: actor.orgId, userId: actor.id };
  if (actor.kind !== 'user') return by;
  const { email, firstName, lastName, id } = actor;
  return { ...by, user: { email, firstName, lastName, id } };
}

/** Where changes are sent may be a secret of its own, which the next destination need not know. */
function withTexts(document: Document | null): Document | null {
  if (document === null) return null;
  return maskParts({ ...document, title: document['title'] ?? document['identifier'] }, ['changelogDestination']);
}
