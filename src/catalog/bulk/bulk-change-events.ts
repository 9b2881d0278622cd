import type { NewEvent } from '#platform/events/event.ts';
import type { JsonObject } from '#platform/json.ts';
import { type BulkChange, toWireBulk } from './bulk-change-rules.ts';

/** That it began and how it ended; what it did to entities their own events tell. */
export function bulkEvent(before: BulkChange | null, after: BulkChange): NewEvent {
  return {
    kind: before === null ? 'bulk-change.created' : 'bulk-change.updated',
    resource: 'bulk-change',
    action: before === null ? 'CREATE' : 'UPDATE',
    subject: `bulk-change:${after.id}`,
    context: { blueprint: after.blueprint, bulkChange: after.id },
    before: before === null ? null : logged(before),
    after: logged(after),
  };
}

function logged(one: BulkChange): JsonObject {
  const { change, scope, ...rest } = toWireBulk(one);
  return { ...rest, change, scope };
}
