import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { verifyPortWebhook } from '#platform/crypto/port-signature.ts';
import type { ReceivedRequest } from '#sample/counterparts/received-request.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

let receiver: WebhookReceiver;
let app: TestApp;
beforeAll(async () => {
  receiver = await startWebhookReceiver();
  app = await startTestApp({ working: true, allow: [new URL(receiver.url).host] });
});
afterEach(() => {
  receiver.faults.clear();
  receiver.answerWith({});
});
afterAll(async () => {
  // First, as one request of it is never answered.
  await receiver.close();
  await app.stop();
});

interface Change {
  readonly action: string;
  readonly resourceType: string;
  readonly context: { readonly blueprint: string; readonly entity?: string };
  readonly diff: { readonly before: Wire | null; readonly after: Wire | null };
}
interface Wire {
  readonly title: string;
  readonly properties: { readonly step?: number };
}

function body(request: ReceivedRequest): Change {
  return JSON.parse(request.body.toString('utf8')) as Change;
}

async function blueprint(url: string | null): Promise<string> {
  const identifier = uniqueName('blueprint');
  const answer = await app.call('POST', '/v1/blueprints', {
    identifier,
    title: identifier,
    schema: { properties: { step: { type: 'number' } }, required: [] },
    relations: {},
    ...(url === null ? {} : { changelogDestination: { type: 'WEBHOOK', url, agent: false } }),
  });
  expect(answer.status).toBe(201);
  return identifier;
}

/** For faults: changes of blueprints are told, too. */
function ofEntity(request: ReceivedRequest): boolean {
  return body(request).context.entity !== undefined;
}

async function put(kind: string, identifier: string, step: number, title = identifier): Promise<void> {
  const answer = await app.call('POST', `/v1/blueprints/${kind}/entities?upsert=true`, {
    identifier,
    title,
    properties: { step },
  });
  expect(answer.body).toMatchObject({ ok: true });
}

/** What the receiver got about one blueprint's entities. */
function about(kind: string, entity?: string): ReceivedRequest[] {
  return receiver.requests.filter((request) => {
    const { context } = body(request);
    return context.blueprint === kind && context.entity !== undefined && (entity ?? context.entity) === context.entity;
  });
}

function steps(requests: readonly ReceivedRequest[]): (number | undefined)[] {
  return requests.map((request) => body(request).diff.after?.properties.step);
}

async function until(condition: () => boolean | Promise<boolean>, timeout = 20_000): Promise<void> {
  await expect.poll(condition, { timeout, interval: 10 }).toBe(true);
}

interface WireDelivery {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly entity: string | null;
  readonly nextAttemptAt: string | null;
}

async function deliveries(kind: string): Promise<readonly WireDelivery[]> {
  const answer = await app.call('GET', `/api/v1/deliveries?blueprint=${kind}`);
  const all = answer.body['deliveries'] as WireDelivery[];
  return all.filter((one) => one.entity !== null);
}

async function delivery(kind: string): Promise<WireDelivery | undefined> {
  return (await deliveries(kind)).at(-1);
}

describe('a change', () => {
  test('is told as Port tells it, signed, soon after the write', async () => {
    const kind = await blueprint(receiver.url);
    await put(kind, 'a', 1, 'Ünï €');
    await put(kind, 'a', 2, 'Ünï €');
    await until(() => about(kind).length === 2);
    const [created, updated] = about(kind);
    if (created === undefined || updated === undefined) throw new Error('Two were awaited');
    const entity = (step: number) => ({
      identifier: 'a',
      title: 'Ünï €',
      blueprint: kind,
      icon: null,
      team: [],
      properties: { step },
      relations: {},
      createdAt: expect.any(String),
      createdBy: app.clientId,
      updatedAt: expect.any(String),
      updatedBy: app.clientId,
    });
    expect(body(updated)).toEqual({
      action: 'UPDATE',
      resourceType: 'entity',
      status: 'SUCCESS',
      trigger: { by: { orgId: app.orgId, userId: app.clientId }, at: expect.any(String), origin: 'API' },
      context: { entity: 'a', blueprint: kind },
      diff: { before: entity(1), after: entity(2) },
    });
    expect(body(created)).toMatchObject({ action: 'CREATE', diff: { before: null } });
    // Listeners verify what they get by writing it anew.
    expect(updated.body.toString('utf8')).toBe(JSON.stringify(body(updated)));
    const headers = (request: ReceivedRequest, nowMs: number) =>
      verifyPortWebhook({
        secrets: [app.clientSecret],
        timestamp: request.headers['x-port-timestamp'],
        signature: request.headers['x-port-signature'],
        rawBody: request.body,
        nowMs,
      });
    const now = systemClock.now().getTime();
    expect(headers(updated, now)).toEqual({ valid: true });
    expect(headers(updated, now + 301_000)).toMatchObject({ reason: 'expired' });
    expect(updated.headers['content-type']).toBe('application/json');
    expect(updated.headers['webhook-id']).toMatch(/^event_/);
    expect(updated.headers['webhook-id']).not.toBe(created.headers['webhook-id']);
    expect(updated.headers['webhook-attempt']).toBe('1');
    expect(updated.headers['webhook-missed']).toBeUndefined();
  });

  test('of a blueprint is told, too, and its deletion to where it pointed; deleted entities before it are not lost', async () => {
    const kind = await blueprint(receiver.url);
    await put(kind, 'a', 1);
    await app.call('DELETE', `/v1/blueprints/${kind}/entities/a`);
    await app.call('DELETE', `/v1/blueprints/${kind}`);
    const told = (): string[] =>
      receiver.requests
        .map(body)
        .filter((change) => change.context.blueprint === kind)
        .map((change) => `${change.resourceType} ${change.action}`);
    await until(() => told().length === 4);
    expect(told().toSorted()).toEqual(['blueprint CREATE', 'blueprint DELETE', 'entity CREATE', 'entity DELETE']);
  });

  test('of a blueprint without destination is told to nobody', async () => {
    const kind = await blueprint(null);
    await put(kind, 'a', 1);
    const other = await blueprint(receiver.url);
    await put(other, 'a', 1);
    await until(() => about(other).length === 1);
    expect(about(kind)).toEqual([]);
    expect(await deliveries(kind)).toEqual([]);
  });
});

describe('order', () => {
  test('of one entity holds across failures; other entities do not wait', async () => {
    const kind = await blueprint(receiver.url);
    receiver.faults.add(
      { kind: 'answer', status: 503 },
      { match: (request) => request.method === 'POST' && body(request).context.entity === 'slow', times: 1 },
    );
    for (const step of [1, 2, 3]) {
      await put(kind, 'slow', step);
      await put(kind, 'quick', step);
    }
    await until(() => about(kind, 'quick').length === 3);
    expect(steps(about(kind, 'quick'))).toEqual([1, 2, 3]);
    await until(() => about(kind, 'slow').length === 4);
    expect(steps(about(kind, 'slow'))).toEqual([1, 1, 2, 3]);
    const [first, second] = about(kind, 'slow').map((request) => request.headers);
    expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
    expect([first, second].map((headers) => headers?.['webhook-attempt'])).toEqual(['1', '2']);
  });

  test('holds under many changes at once', async () => {
    const kind = await blueprint(receiver.url);
    const entities = Array.from({ length: 6 }, (_, index) => `e${index}`);
    await Promise.all(
      entities.map(async (entity) => {
        for (let step = 1; step <= 20; step += 1) await put(kind, entity, step);
      }),
    );
    await until(() => about(kind).length === 120);
    const expected = Array.from({ length: 20 }, (_, index) => index + 1);
    for (const entity of entities) expect(steps(about(kind, entity))).toEqual(expected);
  });

  test('a delivery that is given up frees its key and marks the gap', async () => {
    const kind = await blueprint(receiver.url);
    receiver.faults.add({ kind: 'answer', status: 410 }, { match: (request) => steps([request])[0] === 1, times: 1 });
    await put(kind, 'a', 1);
    await put(kind, 'a', 2);
    await put(kind, 'a', 3);
    await until(() => about(kind).length === 3);
    expect(about(kind).map((request) => request.headers['webhook-missed'])).toEqual([undefined, '1', undefined]);
    await until(async () => (await deliveries(kind)).filter((one) => one.state === 'delivered').length === 2);
    expect(await delivery(kind)).toMatchObject({ state: 'dead', attempts: 1, lastStatus: 410 });
  });

  test('the last attempt ends in a dead letter that can be sent again', async () => {
    const kind = await blueprint(receiver.url);
    receiver.faults.add({ kind: 'answer', status: 500, body: 'no' }, { match: ofEntity, times: 2 });
    await put(kind, 'a', 1);
    await until(async () => (await delivery(kind))?.state === 'failed');
    // As after nine attempts.
    await sql`update delivery set attempts = 9 where blueprint = ${kind} and entity = 'a'`.execute(app.app.core.db);
    await until(async () => (await delivery(kind))?.state === 'dead');
    const dead = await delivery(kind);
    expect(dead).toMatchObject({ attempts: 10, lastError: expect.stringContaining('500') });
    expect((await app.call('POST', `/api/v1/deliveries/${dead?.id}/resend`)).status).toBe(200);
    await until(() => about(kind).length === 3);
    await until(async () => (await delivery(kind))?.state === 'delivered');
    const ids = about(kind).map((request) => request.headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('a receiver', () => {
  test('that asks for patience gets it', async () => {
    const kind = await blueprint(receiver.url);
    receiver.faults.add(
      { kind: 'answer', status: 429, headers: { 'retry-after': '120' } },
      { match: ofEntity, times: 1 },
    );
    const begun = systemClock.now().getTime();
    await put(kind, 'a', 1);
    await until(async () => (await delivery(kind))?.state === 'failed');
    const next = Date.parse((await delivery(kind))?.nextAttemptAt ?? '') - begun;
    expect(next).toBeGreaterThanOrEqual(120_000);
    expect(next).toBeLessThan(150_000);
  });

  test('that redirects is not followed', async () => {
    const kind = await blueprint(receiver.url);
    receiver.faults.add(
      { kind: 'answer', status: 302, headers: { location: `${receiver.url}elsewhere` } },
      { match: ofEntity, times: 1 },
    );
    await put(kind, 'a', 1);
    await until(async () => (await delivery(kind))?.state === 'failed');
    expect((await delivery(kind))?.lastError).toMatch(/redirect/);
    expect(receiver.requests.some((request) => request.path === '/elsewhere')).toBe(false);
  });

  test('at a private address is refused by name, and never called', async () => {
    const secret = await startWebhookReceiver();
    try {
      const kind = await blueprint(`${secret.url}hook`);
      await put(kind, 'a', 1);
      await until(async () => (await delivery(kind))?.state === 'failed');
      expect((await delivery(kind))?.lastError).toMatch(/QUAYSIDE_EGRESS_ALLOW/);
      expect(secret.requests).toEqual([]);
    } finally {
      await secret.close();
    }
  });

  test('that hangs on some entities does not keep the others from theirs', async () => {
    const kind = await blueprint(receiver.url);
    let release: (value?: unknown) => void = () => undefined;
    const held = new Promise((resolve) => (release = resolve));
    const hangs = (request: ReceivedRequest): boolean => body(request).context.entity?.startsWith('hangs') === true;
    receiver.faults.add({ kind: 'delay', until: held }, { match: hangs });
    const other = await blueprint(`${receiver.url}other`);
    for (let index = 0; index < 50; index += 1) await put(kind, `hangs-${index}`, 1);
    await put(other, 'quick', 1);
    await until(() => about(other).length === 1);
    expect(about(kind).length).toBeLessThanOrEqual(32);
    release();
    await until(() => about(kind).length === 50);
  });
});

test('a process that dies between send and record has its delivery made again by another, with the same id', async () => {
  const kind = await blueprint(receiver.url);
  receiver.faults.add({ kind: 'silence', after: 'receipt' }, { match: ofEntity, times: 1 });
  await put(kind, 'a', 1);
  await put(kind, 'a', 2);
  await until(() => about(kind).length === 1);
  const second = await startTestApp({
    working: true,
    allow: [new URL(receiver.url).host],
    database: app.database,
  });
  try {
    // As long after the death as a claim lasts.
    await sql`update delivery set claimed_until = now() - interval '1 second', next_attempt_at = now() - interval '1 minute'
      where blueprint = ${kind} and state = 'pending'`.execute(app.app.core.db);
    await expect.poll(() => steps(about(kind)), { timeout: 30_000, interval: 10 }).toEqual([1, 1, 2]);
    const [first, again] = about(kind).map((request) => request.headers['webhook-id']);
    expect(again).toBe(first);
  } finally {
    await second.stop();
  }
});

test('a change written by a process that only serves is delivered by the one that works', async () => {
  const apart = await startTestApp({ allow: [new URL(receiver.url).host], database: app.database });
  try {
    const kind = await blueprint(receiver.url);
    for (let step = 1; step <= 3; step += 1) {
      await apart.call('POST', `/v1/blueprints/${kind}/entities?upsert=true`, {
        identifier: 'a',
        properties: { step },
      });
      await until(() => about(kind, 'a').length === step);
    }
    expect(about(kind, 'a')).toHaveLength(3);
  } finally {
    await apart.stop();
  }
});
