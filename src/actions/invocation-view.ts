import { may } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { maskHeaders, maskParts } from '#platform/egress/mask-destinations.ts';
import { maskUrl } from '#platform/egress/mask-url.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';

/** What people may read of an invocation: addresses and headers without the secrets they carry. */
export function maskInvocation(invocation: JsonObject): Record<string, unknown> {
  return Object.fromEntries(Object.entries(invocation).map(([key, value]) => [key, masked(key, value)]));
}

function masked(key: string, value: unknown): unknown {
  if (typeof value === 'string') return /^https?:/i.test(value) ? maskUrl(value) : value;
  if (!isJsonObject(value)) return value;
  if (key === 'headers') return maskHeaders(value);
  return key === 'body' ? maskBody(value) : value;
}

/** The older body tells of the action, its method included. */
function maskBody(body: JsonObject): JsonObject {
  const { payload } = body;
  const action = isJsonObject(payload) ? payload['action'] : undefined;
  const method = isJsonObject(action) ? action['invocationMethod'] : undefined;
  if (!isJsonObject(payload) || !isJsonObject(action) || !isJsonObject(method)) return body;
  return { ...body, payload: { ...payload, action: { ...action, invocationMethod: maskInvocation(method) } } };
}

/** An action for somebody who may not change actions: where it sends something is shown without secrets. */
export function actionFor(actor: Actor, action: Record<string, unknown>): Record<string, unknown> {
  return may(actor, 'action.write') ? action : maskParts(action, ['invocationMethod', 'approvalNotification']);
}
