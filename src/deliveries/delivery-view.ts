import { maskUrl } from '#platform/egress/mask-url.ts';

export interface DeliveryRow {
  readonly org_id: string;
  readonly id: string;
  readonly event_number: number;
  readonly event_id: string;
  readonly blueprint: string;
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
}

export function toWireDelivery(row: DeliveryRow): Record<string, unknown> {
  return {
    id: row.id,
    state: row.state === 'pending' && row.last_error !== null ? 'failed' : row.state,
    endpoint: maskUrl(row.url),
    blueprint: row.blueprint,
    entity: row.entity,
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
