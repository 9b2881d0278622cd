import type { Actor } from '#platform/commands/actor.ts';
import type { Document, LoggedEvent } from '#platform/events/event.ts';
import { maskParts } from '#platform/egress/mask-destinations.ts';
import { may } from '#access/permissions.ts';
import { destinationParts } from '#deliveries/contract.ts';

/** One event as Port's audit log shows it. Origins that Port's clients do not know are shown as API. */
export function toAuditRecord(event: LoggedEvent, viewer: Actor): Record<string, unknown> {
  const shown = (document: Document | null): Document | null =>
    document === null || may(viewer, 'organisation.manage') ? document : maskParts(document, destinationParts);
  const { run, ...context } = event.context;
  return {
    identifier: event.id,
    action: event.action,
    resourceType: event.resource,
    status: event.status,
    ...(event.message === null ? {} : { message: event.message }),
    trigger: {
      by: whoDidIt(event.actor),
      origin: event.origin,
      at: event.at.toISOString(),
    },
    context: { ...context, ...(run === undefined ? {} : { runId: run }) },
    diff: { before: shown(event.before), after: shown(event.after) },
    additionalData: { kind: event.kind, number: event.number, requestId: event.requestId },
  };
}

export function whoDidIt(actor: Actor): Record<string, unknown> {
  const by = { orgId: actor.orgId, userId: actor.id };
  if (actor.kind !== 'user') return { ...by, name: actor.name, kind: actor.kind };
  const { email, firstName, lastName, id } = actor;
  return { ...by, kind: 'user', name: `${firstName} ${lastName}`.trim(), user: { email, firstName, lastName, id } };
}

/** Only the named parts of a record, for clients that want little. */
export function onlyFields(
  record: Record<string, unknown>,
  fields: readonly string[] | undefined,
): Record<string, unknown> {
  if (fields === undefined || fields.length === 0) return record;
  return Object.fromEntries(Object.entries(record).filter(([key]) => fields.includes(key)));
}
