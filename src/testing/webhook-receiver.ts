import { openLoopbackServer, receivedRequest } from '#sample/counterparts/loopback-server.ts';
import type { Faults } from '#sample/counterparts/faults.ts';
import type { ReceivedRequest } from '#sample/counterparts/received-request.ts';

export interface WebhookAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

export type AnswerRequest = (request: ReceivedRequest, count: number) => WebhookAnswer | Promise<WebhookAnswer>;

export interface WebhookReceiver {
  /** Any path under it is received. */
  readonly url: string;
  /** Everything received so far, oldest first, including what a fault kept from being answered. */
  readonly requests: readonly ReceivedRequest[];
  readonly faults: Faults;
  /** Resolves with the first `count` requests as soon as they are there; rejects after the timeout. */
  received(count: number, timeoutMilliseconds?: number): Promise<readonly ReceivedRequest[]>;
  /** From now on requests get this answer; the default is an empty 200. */
  answerWith(answer: AnswerRequest | WebhookAnswer): void;
  close(): Promise<void>;
}

/** A listener on loopback that records what is sent to it, raw bodies included, and answers as told. */
export async function startWebhookReceiver(initial: AnswerRequest | WebhookAnswer = {}): Promise<WebhookReceiver> {
  const requests: ReceivedRequest[] = [];
  const waiting = new Set<() => void>();
  let answer = initial;

  const server = await openLoopbackServer((app) => {
    app.addHook('preValidation', async (request) => {
      requests.push(receivedRequest(request));
      for (const check of waiting) check();
    });
    app.all('*', async (request, reply) => {
      const chosen = typeof answer === 'function' ? await answer(receivedRequest(request), requests.length) : answer;
      const body =
        typeof chosen.body === 'string' ? chosen.body : chosen.body === undefined ? '' : JSON.stringify(chosen.body);
      const type = typeof chosen.body === 'object' ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8';
      return reply
        .code(chosen.status ?? 200)
        .headers({ 'content-type': type, ...chosen.headers })
        .send(body);
    });
  });

  return {
    url: `${server.origin}/`,
    requests,
    faults: server.faults,
    received: (count, timeoutMilliseconds = 5000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`Expected ${count} requests within ${timeoutMilliseconds} ms, got ${requests.length}`));
        }, timeoutMilliseconds);
        const check = (): void => {
          if (requests.length < count) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(requests.slice(0, count));
        };
        waiting.add(check);
        check();
      }),
    answerWith: (next) => {
      answer = next;
    },
    close: server.close,
  };
}
