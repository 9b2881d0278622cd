import type { Actor } from '#platform/commands/actor.ts';
import { maskParts } from '#platform/egress/mask-destinations.ts';
import type { Document, LoggedEvent } from '#platform/events/event.ts';
import { destinationParts } from './contract.ts';

/** An event of any kind as streams tell it: as the log has it, but for secrets in addresses and headers. */
export function eventMessage(event: LoggedEvent): Record<string, unknown> {
  const { id, number, kind, resource, action, subject, context, origin, requestId } = event;
  return {
    id,
    number,
    kind,
    resource,
    action,
    subject,
    at: event.at.toISOString(),
    organisation: event.orgId,
    actor: whoDidIt(event.actor),
    origin,
    requestId,
    context,
    before: masked(event.before),
    after: masked(event.after),
  };
}

/** What a test tells: nothing happened. */
export function testMessage(orgId: string, id: string, now: Date): Record<string, unknown> {
  return {
    id,
    number: 0,
    kind: 'event-stream.tested',
    resource: 'event-stream',
    action: 'UPDATE',
    subject: `event-stream:${id}`,
    at: now.toISOString(),
    organisation: orgId,
    context: {},
    before: null,
    after: null,
  };
}

function whoDidIt(actor: Actor): Record<string, unknown> {
  if (actor.kind !== 'user') return { kind: actor.kind, id: actor.id, name: actor.name };
  const { kind, id, email, firstName, lastName } = actor;
  return { kind, id, email, name: `${firstName} ${lastName}`.trim() };
}

function masked(document: Document | null): Document | null {
  return document === null ? null : maskParts(document, destinationParts);
}
