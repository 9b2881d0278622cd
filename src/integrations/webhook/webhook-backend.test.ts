import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createEgress, type Egress } from '#platform/egress/egress.ts';
import type { RunBackend } from '#runs/backend.ts';
import type { RunRow } from '#runs/run.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';
import { createWebhookBackend } from './webhook-backend.ts';

let receiver: WebhookReceiver;
let egress: Egress;
let backend: RunBackend;
beforeAll(async () => {
  receiver = await startWebhookReceiver();
  egress = createEgress({ allow: ['127.0.0.1'] });
  backend = createWebhookBackend({
    egress,
    clock: systemClock,
    signingSecret: async () => 'secret',
    ownApi: { call: async () => Promise.reject(new Error('not asked')) },
    publicUrl: 'http://127.0.0.1:1',
    kafkaOf: async () => null,
    timeouts: { synchronousMs: 100, asynchronousMs: 100 },
  });
});
afterAll(async () => {
  await egress.close();
  await receiver.close();
});

test.each([
  [false, { outcome: 'unknown' }],
  [true, { outcome: 'ended', status: 'FAILURE' }],
])('a backend that never answers is given up (synchronous: %s)', async (synchronized, outcome) => {
  receiver.faults.add({ kind: 'silence', after: 'receipt' }, { times: 1 });
  const invocation = { type: 'WEBHOOK', url: receiver.url, method: 'POST', headers: {}, body: {}, synchronized };
  const given = await backend.dispatch({
    run: { id: 'r_1', org_id: 'org_1' } as RunRow,
    invocation,
    earlierCallAt: null,
    followedByOthers: async () => [],
    waitingBefore: async () => 0,
  });
  expect(given).toMatchObject({ ...outcome, log: [expect.stringContaining('did not answer in time')] });
});
