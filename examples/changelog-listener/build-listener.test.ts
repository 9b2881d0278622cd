import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signPortWebhook } from '#platform/crypto/port-signature.ts';
import { bodyFields } from '#sample/counterparts/received-request.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';
import { buildListener } from './build-listener.ts';

const secret = 'client-secret';
const now = Date.UTC(2026, 0, 5, 12);

let slack: WebhookReceiver;
let listener: FastifyInstance;
let lines: string[];

beforeEach(async () => {
  slack = await startWebhookReceiver({ body: 'ok' });
  lines = [];
  listener = buildListener({
    clientSecret: secret,
    slackWebhookUrl: `${slack.url}services/canary`,
    now: () => now,
    log: (line) => lines.push(line),
  });
});
afterEach(async () => {
  await listener.close();
  await slack.close();
});

const entity = (healthStatus: unknown, more: object = {}) => ({
  identifier: 'notification-service-prod',
  title: 'Notification Service Production',
  blueprint: 'deploymentConfig',
  properties: { healthStatus, cpuUtil: 25 },
  relations: {},
  createdAt: '2026-01-05T11:00:00.000Z',
  createdBy: 'client-1',
  updatedAt: '2026-01-05T12:00:00.000Z',
  updatedBy: 'client-1',
  ...more,
});
const change = (before: unknown, after: unknown, more: object = {}) => ({
  action: 'UPDATE',
  resourceType: 'entity',
  status: 'SUCCESS',
  trigger: { by: { orgId: 'org_1', userId: 'client-1' }, at: '2026-01-05T12:00:00.000Z', origin: 'API' },
  context: { entity: 'notification-service-prod', blueprint: 'deploymentConfig' },
  diff: { before, after },
  ...more,
});
const degraded = () => change(entity('Healthy'), entity('Degraded'));

/** Sends bytes signed as Quayside signs them, with parts of it changed on the way if asked. */
async function send(
  event: unknown,
  on: { timestampMs?: number; secret?: string; sent?: string; headers?: object } = {},
) {
  const rawBody = typeof event === 'string' ? event : JSON.stringify(event);
  const signed = signPortWebhook({ secret: on.secret ?? secret, timestampMs: on.timestampMs ?? now, rawBody });
  const response = await listener.inject({
    method: 'POST',
    url: '/api/slack',
    headers: { 'content-type': 'application/json', ...signed, ...on.headers },
    payload: on.sent ?? rawBody,
  });
  return { status: response.statusCode, body: response.json<{ posted?: boolean; message?: string }>() };
}
const posted = () => slack.requests.map((request) => bodyFields(request));

describe('a health change', () => {
  test('is told in the channel', async () => {
    expect(await send(degraded())).toEqual({ status: 200, body: { ok: true, posted: true } });
    expect(posted()).toEqual([
      {
        text: 'Notification Service Production: health status changed from Healthy :white_check_mark: to Degraded :construction:',
        blocks: [
          {
            type: 'header',
            text: {
              type: 'plain_text',
              text: 'Change in Notification Service Production health status :construction:',
              emoji: true,
            },
          },
          { type: 'divider' },
          { type: 'context', elements: [{ type: 'mrkdwn', text: 'Triggered by client-1', verbatim: true }] },
          { type: 'section', text: { type: 'mrkdwn', text: '*Before*\nHealthy :white_check_mark:', verbatim: true } },
          { type: 'section', text: { type: 'mrkdwn', text: '*Now*\nDegraded :construction:', verbatim: true } },
          { type: 'divider' },
        ],
      },
    ]);
  });

  test.each([
    ['Crashed', 'Crashed :octagonal_sign:'],
    ['Restarting', 'Restarting :arrows_counterclockwise:'],
    ['Paused', 'Paused'],
    ['constructor', 'constructor'],
    [null, 'Not set'],
  ])('%s reads "%s"', async (status, words) => {
    await send(change(entity('Healthy'), entity(status)));
    expect(JSON.stringify(posted())).toContain(JSON.stringify(`*Now*\n${words}`));
  });

  test('cannot call anybody, whatever the catalog says', async () => {
    const title = `<!channel> <@U012AB3CD> ${'x'.repeat(300)}`;
    await send(change(entity('<!here>', { title }), entity('<https://x.example.com|y>', { title })));
    expect(JSON.stringify(posted())).not.toMatch(/<[!@h]/);
    const blocks = (posted()[0]?.['blocks'] ?? []) as { text: { text: string } }[];
    expect(blocks[0]?.text.text).toHaveLength(139);
  });

  test('is told once, although it is delivered again with a new signature, also at the same time', async () => {
    const deliveries = [send(degraded()), send(degraded(), { timestampMs: now + 60_000 })];
    const answers = [...(await Promise.all(deliveries)), await send(degraded())];
    expect(answers.map((answer) => [answer.status, answer.body.posted])).toEqual([
      [200, true],
      [200, false],
      [200, false],
    ]);
    expect(slack.requests).toHaveLength(1);
  });

  test('asks to be sent again when Slack refuses, and is told then', async () => {
    slack.faults.add({ kind: 'answer', status: 500, body: 'canary' }, { times: 1 });
    expect((await send(degraded())).status).toBe(502);
    expect(await send(degraded())).toMatchObject({ status: 200, body: { posted: true } });
    expect(lines.join('\n')).not.toContain('canary');
  });
});

test.each([
  ['another property changed', change(entity('Healthy'), entity('Healthy', { title: 'Renamed' }))],
  ['the entity is new', change(null, entity('Degraded'), { action: 'CREATE' })],
  ['the entity is gone', change(entity('Degraded'), null, { action: 'DELETE' })],
  ['a timer ran out', { action: 'TIMER_EXPIRED', resourceType: 'entity', context: { blueprint: 'b', entity: 'e' } }],
  ['a run changed', change(null, null, { resourceType: 'run', context: {}, diff: {} })],
  [
    'the blueprint changed',
    change(entity('Healthy'), entity('Degraded'), {
      resourceType: 'blueprint',
      context: { blueprint: 'deploymentConfig' },
    }),
  ],
])('nothing is told when %s', async (_what, event) => {
  expect(await send(event)).toEqual({ status: 200, body: { ok: true, posted: false } });
  expect(slack.requests).toEqual([]);
});

describe('what is refused', () => {
  test.each([-299_000, 299_000])('a time %i ms off is still accepted', async (offset) => {
    expect(await send(degraded(), { timestampMs: now + offset })).toMatchObject({ status: 200 });
  });

  test.each([
    ['more than five minutes old', { timestampMs: now - 301_000 }],
    ['more than five minutes early', { timestampMs: now + 301_000 }],
    ['signed with another secret', { secret: 'other' }],
    ['a body with one byte more', { sent: `${JSON.stringify(degraded())} ` }],
    ['a body written again', { sent: JSON.stringify(degraded(), null, 1) }],
    ['no signature', { headers: { 'X-Port-Signature': '' } }],
    ['another version', { headers: { 'X-Port-Signature': `v2,${'A'.repeat(43)}=` } }],
    ['no time', { headers: { 'X-Port-Timestamp': '' } }],
    ['another time', { headers: { 'X-Port-Timestamp': String(now + 1) } }],
    ['an empty body', { sent: '' }],
  ])('%s', async (_what, on) => {
    expect(await send(degraded(), on)).toMatchObject({ status: 401 });
    expect(slack.requests).toEqual([]);
  });

  test('a signature header that comes twice', async () => {
    const rawBody = JSON.stringify(degraded());
    const signed = signPortWebhook({ secret, timestampMs: now, rawBody });
    const { statusCode } = await listener.inject({
      method: 'POST',
      url: '/api/slack',
      headers: { ...signed, 'X-Port-Signature': [signed['X-Port-Signature'], signed['X-Port-Signature']] },
      payload: rawBody,
    });
    expect(statusCode).toBe(401);
  });

  test.each([
    ['{', 'The body is not JSON.'],
    ['null', 'must be object'],
    [JSON.stringify(change(entity('Healthy', { title: null }), entity('Degraded'))), '/diff/before'],
    [JSON.stringify({ ...degraded(), action: 'RESYNC' }), '/action'],
    [
      JSON.stringify({ ...degraded(), trigger: { at: 'x', origin: 'CLI', by: { orgId: 'o', userId: 'u' } } }),
      '/trigger/origin',
    ],
  ])('an event that is not one: %s', async (event, words) => {
    const { status, body } = await send(event);
    expect(status).toBe(422);
    expect(body.message).toContain(words);
  });
});

describe('node examples/changelog-listener/main.ts', () => {
  const program = fileURLToPath(new URL('main.ts', import.meta.url));

  test('says all that is missing', async () => {
    const child = spawn(process.execPath, [program], { env: { PORT: 'x' } });
    let told = '';
    child.stderr.on('data', (chunk) => (told += String(chunk)));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(told).toMatch(/PORT_CLIENT_SECRET[^]*SLACK_WEBHOOK_URL[^]*PORT, a port/);
  });

  test('listens and ends when asked', async () => {
    const env = { PORT: '0', PORT_CLIENT_SECRET: secret, SLACK_WEBHOOK_URL: `${slack.url}services/canary` };
    const child = spawn(process.execPath, [program], { env });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const address = /http:\S+/.exec(line.toString())?.[0] ?? '';
    expect((await fetch(address, { method: 'POST', body: '{}' })).status).toBe(401);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});
