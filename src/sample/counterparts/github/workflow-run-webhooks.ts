import { createHmac, randomUUID } from 'node:crypto';
import type { FetchLike } from '../fetch-like.ts';

export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

export interface WebhookDelivery {
  readonly id: string;
  readonly event: string;
  readonly action: string;
  /** Undefined when nothing answered. */
  readonly status: number | undefined;
}

export interface RepositoryWebhook {
  setTarget(target: WebhookTarget | undefined): void;
  /** Queues a delivery. They go out one after the other, in this order, once each, as GitHub does. */
  send(event: string, action: string, payload: Readonly<Record<string, unknown>>): void;
  /** The newest hundred, newest first. */
  readonly deliveries: readonly WebhookDelivery[];
  /** Resolves when everything queued so far went out. */
  drained(): Promise<void>;
}

const timeoutMilliseconds = 10_000;
const keptDeliveries = 100;

/** GitHub's webhook of a repository: signed, no redirects, ten seconds, no retry. */
export function repositoryWebhook(fetch: FetchLike, closed: AbortSignal): RepositoryWebhook {
  const deliveries: WebhookDelivery[] = [];
  let target: WebhookTarget | undefined;
  let queue: Promise<void> = Promise.resolve();

  const deliver = async (
    { url, secret }: WebhookTarget,
    event: string,
    action: string,
    body: string,
  ): Promise<void> => {
    const id = randomUUID();
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const status = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'GitHub-Hookshot/loopback',
        'x-github-event': event,
        'x-github-delivery': id,
        'x-github-hook-id': '1',
        'x-hub-signature-256': `sha256=${signature}`,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([closed, AbortSignal.timeout(timeoutMilliseconds)]),
    }).then(
      (response) => response.status,
      () => undefined,
    );
    deliveries.unshift({ id, event, action, status });
    deliveries.length = Math.min(deliveries.length, keptDeliveries);
  };

  return {
    deliveries,
    setTarget: (next) => {
      target = next;
    },
    send(event, action, payload) {
      const current = target;
      if (!current) return;
      const body = JSON.stringify({ action, ...payload });
      queue = queue.then(() => deliver(current, event, action, body));
    },
    drained: () => queue,
  };
}
