import { may } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { maskDestinations, maskParts } from '#platform/egress/mask-destinations.ts';
import type { JsonObject } from '#platform/json.ts';

/** What people may read of an invocation: addresses and headers, wherever they stand, without the secrets they carry. */
export function maskInvocation(invocation: JsonObject): Record<string, unknown> {
  return maskDestinations(invocation) as Record<string, unknown>;
}

/** An action for somebody who may not change actions: where it sends something is shown without secrets. */
export function actionFor(actor: Actor, action: Record<string, unknown>): Record<string, unknown> {
  return may(actor, 'action.write') ? action : maskParts(action, ['invocationMethod', 'approvalNotification']);
}
