import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { verifyPortWebhook } from '#platform/crypto/port-signature.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { beginDispatches } from '#runs/record-dispatch.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, readLog, readRun, saveAction, type WireRun } from '#testing/test-action.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

let receiver: WebhookReceiver;
let app: TestApp;
beforeAll(async () => {
  receiver = await startWebhookReceiver();
  app = await startTestApp({ allow: ['127.0.0.1'] });
});
afterAll(async () => {
  await app.stop();
  await receiver.close();
});
afterEach(() => {
  receiver.faults.clear();
  receiver.answerWith({});
});

/** Executes an action on the receiver and lets everything come of it. */
async function run(parts: object = {}): Promise<WireRun & { readonly log: readonly string[] }> {
  const action = await saveAction(app, { type: 'WEBHOOK', url: receiver.url, ...parts });
  const { id } = await begin(app, action);
  await app.settle();
  return { ...(await readRun(app, id)), log: await readLog(app, id) };
}

const secret = 'a-secret-in-the-path-1234567890abcdef';

describe('an asynchronous call', () => {
  test('that is taken leaves the run open for the backend to end', async () => {
    expect(await run()).toMatchObject({ status: 'IN_PROGRESS', endedAt: null, dispatchState: 'called', log: [] });
  });

  test('is signed over its very bytes', async () => {
    const { id } = await run({ body: { id: '{{ .run.id }}', text: 'Grüße 🚀', 'a b': [1.5, null] } });
    const request = receiver.requests.at(-1);
    const body = request?.body.toString('utf8') ?? '';
    expect(body).toBe(`{"id":"${id}","text":"Grüße 🚀","a b":[1.5,null]}`);
    const signed = {
      secrets: [app.clientSecret],
      timestamp: request?.headers['x-port-timestamp'],
      signature: request?.headers['x-port-signature'],
      rawBody: request?.body ?? '',
      nowMs: Date.now(),
    };
    expect(verifyPortWebhook(signed)).toEqual({ valid: true });
    expect(verifyPortWebhook({ ...signed, secrets: ['another'] })).toEqual({ valid: false, reason: 'mismatch' });
  });

  test('by GET has no body', async () => {
    await run({ method: 'GET' });
    expect(receiver.requests.at(-1)).toMatchObject({ method: 'GET', body: Buffer.alloc(0) });
  });

  test.each([
    [404, 'no such thing', 'The webhook answered 404: no such thing'],
    [500, '', 'The webhook answered 500.'],
    [302, '', 'The webhook answered 302, a redirect, which is not followed.'],
    [429, 'later', 'The webhook answered 429: later'],
  ])('answered with %i ends the run as a failure that says so', async (status, body, line) => {
    const before = receiver.requests.length;
    receiver.answerWith({ status, body, ...(status === 302 ? { headers: { location: receiver.url } } : {}) });
    expect(await run()).toMatchObject({ status: 'FAILURE', statusLabel: 'Webhook failed', log: [line] });
    // Once: what it sets off is not known to be repeatable.
    expect(receiver.requests).toHaveLength(before + 1);
  });

  test('that nobody answers is unknown, not repeated, and may still be ended by the backend', async () => {
    const before = receiver.requests.length;
    receiver.faults.add({ kind: 'reset', after: 'effect' });
    const { id, ...rest } = await run();
    expect(rest).toMatchObject({ status: 'IN_PROGRESS', statusLabel: 'Delivery unknown', dispatchState: 'unknown' });
    expect(rest.log).toEqual([expect.stringContaining('may have arrived')]);
    expect(receiver.requests).toHaveLength(before + 1);
    const ended = await app.call('PATCH', `/v1/actions/runs/${id}`, {
      status: 'SUCCESS',
      statusLabel: 'It had arrived',
    });
    expect(ended.body['run']).toMatchObject({ status: 'SUCCESS', statusLabel: 'It had arrived' });
  });

  test('to where nothing listens ends the run: nothing was sent', async () => {
    const gone = await startWebhookReceiver();
    await gone.close();
    const { status, log } = await run({ url: `${gone.url}${secret}` });
    expect({ status, log }).toEqual({
      status: 'FAILURE',
      log: [`${new URL(gone.url).host} refused the connection. The request was not sent.`],
    });
  });

  test('to what has become private since it was asked for is not sent', async () => {
    const takeBack = app.app.modules.egress.addAllowed('127.0.0.3:9');
    const action = await saveAction(app, { type: 'WEBHOOK', url: 'http://127.0.0.3:9/' });
    const { id } = await begin(app, action);
    await takeBack();
    await app.settle();
    expect(await readRun(app, id)).toMatchObject({ status: 'FAILURE', statusLabel: 'Not sent' });
    expect(await readLog(app, id)).toEqual([expect.stringContaining('QUAYSIDE_EGRESS_ALLOW')]);
  });

  test('with a header that no request can carry ends the run with its name', async () => {
    const { status, log } = await run({ headers: { host: 'elsewhere.example.com' } });
    expect({ status, log }).toMatchObject({ status: 'FAILURE', log: [expect.stringContaining('"host"')] });
  });

  test('for an agent waits', async () => {
    const before = receiver.requests.length;
    const { status, log } = await run({ agent: true });
    expect({ status, log }).toMatchObject({ status: 'IN_PROGRESS', log: [expect.stringContaining('agent')] });
    expect(receiver.requests).toHaveLength(before);
  });

  test('whose backend ends the run before it answers is left as the backend ended it', async () => {
    receiver.answerWith(async ({ body }) => {
      const { id } = JSON.parse(body.toString('utf8')) as { id: string };
      await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS', statusLabel: 'Quick' });
      return { status: 500 };
    });
    expect(await run({ body: { id: '{{ .run.id }}' } })).toMatchObject({
      status: 'SUCCESS',
      statusLabel: 'Quick',
      log: [],
    });
  });
});

describe('a synchronous call', () => {
  const synchronized = { synchronized: true };

  test('answered with 2xx ends the run and keeps the answer', async () => {
    receiver.answerWith({ status: 201, body: { made: [1, 2] } });
    expect(await run(synchronized)).toMatchObject({
      status: 'SUCCESS',
      endedAt: expect.any(String) as string,
      response: { status: 201, body: { made: [1, 2] } },
    });
  });

  test('answered otherwise ends it as a failure, with the answer', async () => {
    receiver.answerWith({ status: 503, body: 'down' });
    expect(await run(synchronized)).toMatchObject({
      status: 'FAILURE',
      response: { status: 503, body: 'down' },
      log: ['The webhook answered 503: down'],
    });
  });

  test('that nobody answers ends it as a failure', async () => {
    receiver.faults.add({ kind: 'reset', after: 'effect' });
    expect(await run(synchronized)).toMatchObject({ status: 'FAILURE', statusLabel: 'Webhook failed' });
  });

  test.each([
    ['text', 'a\u0000b\ud800'],
    ['JSON', JSON.stringify({ a: 'x\u0000y', b: ['\udc00'] })],
  ])('answered with %s that no database can hold is kept without it', async (_case, body) => {
    receiver.answerWith({ body });
    const { status, response } = await run(synchronized);
    expect(status).toBe('SUCCESS');
    expect(JSON.stringify(response)).not.toMatch(/\\u0000|\\ud800|\\udc00/);
  });

  test('is the only one to set the status, also when a template says that it is synchronous', async () => {
    for (const method of [synchronized, { synchronized: '{{ 1 == 1 }}' }]) {
      const action = await saveAction(app, { type: 'WEBHOOK', url: receiver.url, ...method });
      const { id } = await begin(app, action);
      for (const [verb, path, body] of [
        ['PATCH', '', { status: 'SUCCESS' }],
        ['POST', '/logs', { message: 'x', terminationStatus: 'FAILURE' }],
      ] as const) {
        expect(await app.call(verb, `/v1/actions/runs/${id}${path}`, body)).toMatchObject({
          status: 422,
          body: { error: 'run_synchronized_error' },
        });
      }
      expect((await app.call('PATCH', `/v1/actions/runs/${id}`, { statusLabel: 'Calling' })).status).toBe(200);
      await app.settle();
      expect(await readRun(app, id)).toMatchObject({ status: 'SUCCESS' });
    }
  });
});

describe('a process that died', () => {
  test('before it called leaves the call to the next one', async () => {
    const action = await saveAction(app, { type: 'WEBHOOK', url: receiver.url });
    const before = receiver.requests.length;
    const { id } = await begin(app, action);
    await app.settle();
    expect(receiver.requests).toHaveLength(before + 1);
    // A job that runs again, as after its lease ran out, finds the outcome and calls nobody.
    await sql`update job.job set state = 'retry', start_after = now() where data ->> 'runId' = ${id}`.execute(
      app.app.core.db,
    );
    await app.settle();
    expect(receiver.requests).toHaveLength(before + 1);
  });

  test('while it called does not call twice: the run says that the outcome is unknown', async () => {
    const action = await saveAction(app, { type: 'WEBHOOK', url: receiver.url });
    const before = receiver.requests.length;
    const { id } = await begin(app, action);
    const caller = { actor: systemActor(app.orgId, 'runs'), origin: 'SYSTEM', requestId: null } as const;
    await app.app.core.runner.execute(caller, beginDispatches, [id]);
    await app.settle();
    expect(receiver.requests).toHaveLength(before);
    expect(await readRun(app, id)).toMatchObject({ status: 'IN_PROGRESS', dispatchState: 'unknown' });
    expect(await readLog(app, id)).toEqual([expect.stringContaining('It may have arrived; it is not sent again')]);
  });
});
