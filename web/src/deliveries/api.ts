import { infiniteQueryOptions } from '@tanstack/react-query';
import { get, path, post } from '../api/client.ts';

export const deliveryStates = ['pending', 'delivered', 'failed', 'dead', 'unknown'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface Delivery {
  readonly id: string;
  readonly state: DeliveryState;
  readonly endpoint: string;
  readonly blueprint: string | null;
  readonly entity: string | null;
  /** Which event stream it goes to. */
  readonly stream?: string;
  /** Of the event, where it goes to a stream. */
  readonly kind?: string;
  readonly eventNumber: number;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly createdAt: string;
  readonly deliveredAt: string | null;
}

interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  readonly next?: string;
}

export const deliveriesQuery = (state: string | undefined, stream: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['deliveries', 'list', state ?? 'all', stream ?? 'webhooks'],
    queryFn: ({ pageParam, signal }) =>
      get<DeliveryPage>('/api/v1/deliveries', {
        signal,
        query: { state, stream, limit: 100, from: pageParam === '' ? undefined : pageParam },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => (page.next === undefined || page.next === '' ? undefined : page.next),
  });

export const resend = (id: string): Promise<unknown> => post(path('/api/v1/deliveries', id, 'resend'));
