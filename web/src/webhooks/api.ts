import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { MappingProblem, TestedEntity, TestResult, WebhookBody } from '../../../src/webhooks/contract.ts';
import { get, path, post, remove, request } from '../api/client.ts';

export type { MappingProblem, TestedEntity, TestResult };

/** As the server shows it: without the secret, with the address. */
export interface Webhook extends WebhookBody {
  readonly identifier: string;
  readonly url: string;
  readonly webhookKey: string;
  readonly updatedAt: string;
}

/** With the version to save against. */
export interface StoredWebhook {
  readonly webhook: Webhook;
  readonly etag: string;
}

interface Answer {
  readonly webhook: Webhook;
  readonly version: string;
}

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: async ({ signal }) => (await get<{ webhooks: readonly Webhook[] }>('/v1/webhooks', { signal })).webhooks,
});

export const webhookQuery = (identifier: string) =>
  queryOptions({
    queryKey: ['webhooks', identifier],
    queryFn: async ({ signal }): Promise<StoredWebhook> => {
      const { webhook, version } = await get<Answer>(path('/v1/webhooks', identifier), { signal });
      return { webhook, etag: version };
    },
  });

export interface ReceivedRequest {
  readonly id: string;
  readonly receivedAt: string;
  readonly state: 'waiting' | 'done' | 'failed' | 'dropped';
  readonly content: {
    readonly body: unknown;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly queryParams: Readonly<Record<string, unknown>>;
  };
  readonly outcome: {
    readonly written: number;
    readonly deleted: number;
    readonly problems: readonly MappingProblem[];
  } | null;
}

const REQUESTS_EVERY_MS = 5_000;

export const requestsQuery = (identifier: string) =>
  queryOptions({
    queryKey: ['webhooks', identifier, 'requests'],
    refetchInterval: REQUESTS_EVERY_MS,
    queryFn: async ({ signal }) =>
      (
        await get<{ requests: readonly ReceivedRequest[] }>(path('/api/v1/webhooks', identifier, 'requests'), {
          signal,
        })
      ).requests,
  });

/** Creates a webhook, or saves one over the version that was read. */
export async function saveWebhook(
  document: WebhookBody,
  stored: StoredWebhook | null,
  idempotencyKey: string,
): Promise<StoredWebhook> {
  const answer =
    stored === null
      ? await post<Answer>('/v1/webhooks', document, { idempotencyKey })
      : await request<Answer>('PUT', path('/v1/webhooks', stored.webhook.identifier), {
          body: document,
          version: stored.etag,
        });
  return { webhook: answer.webhook, etag: answer.version };
}

export const deleteWebhook = async (identifier: string): Promise<unknown> => remove(path('/v1/webhooks', identifier));

/** What mappings look at. */
export type Sample = ReceivedRequest['content'];

export const testQuery = (mappings: WebhookBody['mappings'], sample: Sample | null) =>
  queryOptions({
    queryKey: ['webhook-test', mappings, sample],
    enabled: sample !== null,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      post<TestResult>('/api/v1/webhooks/test', { mappings: mappings ?? [], ...sample }, { signal }),
  });
