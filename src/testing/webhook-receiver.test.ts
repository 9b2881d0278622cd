import { get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { rateLimited } from '#sample/counterparts/faults.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

let receiver: WebhookReceiver | undefined;
afterEach(async () => receiver?.close());

function post(url: string, body: string, timeout = 5000): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(timeout),
  });
}

describe('the webhook receiver', () => {
  it('keeps the body byte by byte, whatever its type', async () => {
    receiver = await startWebhookReceiver();
    const response = await post(`${receiver.url}hooks/a?x=%20`, '{ "a" :1, "ü":"🚀" }');
    expect(response.status).toBe(200);
    const [request] = await receiver.received(1);
    expect(request?.body.toString('utf8')).toBe('{ "a" :1, "ü":"🚀" }');
    expect(request?.url).toBe('/hooks/a?x=%20');
    expect(request?.query.get('x')).toBe(' ');
  });

  it('answers as it is told, per request', async () => {
    receiver = await startWebhookReceiver((_request, count) =>
      count === 1 ? { status: 500 } : { body: { ok: true } },
    );
    expect((await post(receiver.url, '{}')).status).toBe(500);
    expect(await (await post(receiver.url, '{}')).json()).toEqual({ ok: true });
    receiver.answerWith({ status: 307, headers: { location: 'http://127.0.0.1:1/' } });
    expect((await fetch(receiver.url, { redirect: 'manual' })).status).toBe(307);
  });

  it('says what was missing when too little arrives', async () => {
    receiver = await startWebhookReceiver();
    await expect(receiver.received(2, 20)).rejects.toThrow('Expected 2 requests within 20 ms, got 0');
  });

  it('breaks the connection before or after answering', async () => {
    receiver = await startWebhookReceiver();
    receiver.faults.add({ kind: 'reset', after: 'receipt' }, { times: 1 });
    receiver.faults.add({ kind: 'reset', after: 'effect' }, { times: 1 });
    await expect(post(receiver.url, '{}')).rejects.toThrow('fetch failed');
    await expect(post(receiver.url, '{}')).rejects.toThrow('fetch failed');
    expect((await post(receiver.url, '{}')).status).toBe(200);
    expect(receiver.requests).toHaveLength(3);
  });

  it('keeps silent, and still closes at once', async () => {
    receiver = await startWebhookReceiver();
    const plan = receiver.faults.add({ kind: 'silence', after: 'effect' });
    await expect(post(receiver.url, '{}', 100)).rejects.toThrow('timeout');
    receiver.faults.clear();
    receiver.faults.add({ kind: 'silence', after: 'receipt' });
    const unanswered = expect(post(receiver.url, '{}')).rejects.toThrow('fetch failed');
    await receiver.received(2);
    await receiver.close();
    await unanswered;
    expect(plan.hits).toBe(1);
  });

  it('holds a request until it is let go', async () => {
    receiver = await startWebhookReceiver();
    const gate = Promise.withResolvers<void>();
    receiver.faults.add({ kind: 'delay', until: gate.promise }, { match: (request) => request.path === '/slow' });
    const slow = post(`${receiver.url}slow`, '{}');
    expect((await post(`${receiver.url}quick`, '{}')).status).toBe(200);
    gate.resolve();
    expect((await slow).status).toBe(200);
  });

  it('limits the rate with Retry-After', async () => {
    receiver = await startWebhookReceiver();
    receiver.faults.add(rateLimited(7), { times: 1 });
    const response = await post(receiver.url, '{}');
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('turns away a name that merely points at this machine', async () => {
    receiver = await startWebhookReceiver();
    const { url } = receiver;
    const status = await new Promise((resolve, reject) => {
      get(url, { headers: { host: 'evil.example.com' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(421);
  });
});
