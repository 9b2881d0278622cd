import type { Actor } from '#platform/commands/actor.ts';
import type { LoggedEvent } from '#platform/events/event.ts';

/** One event as Port's audit log shows it. Origins that Port's clients do not know are shown as API. */
export function toAuditRecord(event: LoggedEvent): Record<string, unknown> {
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
    diff: { before: event.before, after: event.after },
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
