import { maskUrl } from '#platform/egress/mask-url.ts';

export interface DeliveryRow {
  readonly org_id: string;
  readonly id: string;
  readonly event_number: number;
  readonly event_id: string;
  readonly blueprint: string | null;
  readonly entity: string | null;
  readonly url: string;
  readonly order_key: string;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly claimed_until: Date | null;
  readonly next_attempt_at: Date | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly delivered_at: Date | null;
  /** Which stream it goes to; null for webhooks of blueprints. */
  readonly stream: string | null;
  /** Of the event, where it goes to a stream. */
  readonly kind: string | null;
  /** Where the stream is, without secrets; only in lists. */
  readonly shown_url?: string | null;
}

export function toWireDelivery(row: DeliveryRow): Record<string, unknown> {
  return {
    id: row.id,
    state: row.state === 'pending' && row.last_error !== null ? 'failed' : row.state,
    endpoint: row.stream === null ? maskUrl(row.url) : (row.shown_url ?? row.url),
    blueprint: row.blueprint,
    entity: row.entity,
    ...(row.stream === null ? {} : { stream: row.stream, kind: row.kind }),
    eventNumber: row.event_number,
    eventId: row.event_id,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    lastStatus: row.last_status,
    lastError: row.last_error,
    createdAt: row.created_at,
    deliveredAt: row.delivered_at,
  };
}
