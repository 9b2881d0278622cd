import type { Document, NewEvent } from '#platform/events/event.ts';
import { toWireWebhook, type Webhook } from './webhook-queries.ts';

const verbs = { CREATE: 'created', UPDATE: 'updated', DELETE: 'deleted' } as const;

/** Its address is a credential, so the log holds neither that nor the key. */
function logged(webhook: Webhook | null): Document | null {
  if (webhook === null) return null;
  const { webhookKey: _key, url: _url, ...rest } = toWireWebhook(webhook, '');
  return rest;
}

export function webhookEvent(before: Webhook | null, after: Webhook | null): NewEvent {
  const action = before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE';
  const identifier = (after ?? before)?.identifier ?? '';
  return {
    kind: `webhook.${verbs[action]}`,
    resource: 'webhook',
    action,
    subject: `webhook:${identifier}`,
    context: { webhook: identifier },
    before: logged(before),
    after: logged(after),
  };
}

export const receivedKind = 'webhook.received';

/** A request that a job is to look at. */
export function receivedEvent(webhook: string, request: string): NewEvent {
  return {
    kind: receivedKind,
    resource: 'webhook-request',
    action: 'CREATE',
    subject: `webhook-request:${request}`,
    context: { webhook, webhookEvent: request },
    before: null,
    after: null,
  };
}

/** What came of it. */
export function handledEvent(webhook: string, request: string, outcome: Document): NewEvent {
  return {
    kind: 'webhook.handled',
    resource: 'webhook',
    action: 'UPDATE',
    subject: `webhook:${webhook}`,
    context: { webhook, webhookEvent: request },
    before: null,
    after: outcome,
  };
}
