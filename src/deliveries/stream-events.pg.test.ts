import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { verifyPortWebhook } from '#platform/crypto/port-signature.ts';
import type { ReceivedRequest } from '#sample/counterparts/received-request.ts';
import { pipelineDesk } from '#testing/pipeline-desk.ts';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

const path = '/api/v1/event-streams';
const slow = 30_000;
let receiver: WebhookReceiver;
let app: TestApp;
let allow: readonly string[];

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  allow = [new URL(receiver.url).host];
  app = await startTestApp({ working: true, allow });
  const schema = { properties: {}, required: [] };
  await app.call('POST', '/v1/blueprints', { identifier: 'pulse', title: 'Pulse', schema });
});
afterEach(async () => {
  receiver.faults.clear();
  for (const { id } of await streams()) await app.call('DELETE', `${path}/${id}`);
});
afterAll(async () => {
  await receiver.close();
  await app.stop();
});

interface Stream {
  readonly id: string;
  readonly endpoint: string;
  readonly waiting: number;
  readonly givenUp: number;
  readonly lastDelivered: { readonly eventNumber: number } | null;
  readonly failing: { readonly delivery: string; readonly attempts: number; readonly error: string } | null;
}
interface Told {
  readonly id: string;
  readonly number: number;
  readonly kind: string;
  readonly subject: string;
  readonly after: Readonly<Record<string, unknown>> | null;
}

const streams = async (): Promise<readonly Stream[]> =>
  (await app.call('GET', path)).body['eventStreams'] as readonly Stream[];
const only = async (): Promise<Stream | undefined> => (await streams())[0];

/** An address of its own for each test, so that what others are still told is not counted. */
async function stream(at = uniqueName('s')): Promise<{ readonly id: string; readonly at: string }> {
  const answer = await app.call('POST', path, { title: 'Bot', url: `${receiver.url}${at}` });
  expect(answer.status).toBe(201);
  return { id: (answer.body['eventStream'] as Stream).id, at: `/${at}` };
}

const told = (request: ReceivedRequest): Told => JSON.parse(request.body.toString('utf8')) as Told;
const requestsTo = (at: string): readonly ReceivedRequest[] =>
  receiver.requests.filter((request) => request.path === at);
const toldTo = (at: string): readonly Told[] => requestsTo(at).map(told);
const at = (place: string) => (request: ReceivedRequest) => request.path === place;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(condition, { timeout: slow, interval: 20 }).toBe(true);
}

async function lastNumber(): Promise<number> {
  const found = await sql<{ last: number }>`select last from event_counter where org_id = ${app.orgId}`.execute(
    app.app.core.db,
  );
  return found.rows[0]?.last ?? 0;
}

async function happen(times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    const answer = await app.call('POST', '/v1/blueprints/pulse/entities', { identifier: uniqueName('beat') });
    expect(answer.body).toMatchObject({ ok: true });
  }
}

/** Until everything that happened so far was told. */
async function caughtUp(place: string): Promise<readonly Told[]> {
  const last = await lastNumber();
  await until(() => toldTo(place).some(({ number }) => number === last));
  return toldTo(place);
}

/** Each number as often as it came, in the order in which they came. */
const numbers = (events: readonly Told[]): readonly number[] => events.map(({ number }) => number);
const stretch = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('a stream', () => {
  test('is told everything that happens from then on, in order, signed', async () => {
    const before = await lastNumber();
    const { at: place } = await stream();
    await app.call('POST', '/v1/blueprints', {
      identifier: 'told',
      title: 'Told',
      schema: { properties: {}, required: [] },
      changelogDestination: { type: 'WEBHOOK', url: `${receiver.url}hooks?token=canary-0123456789` },
    });
    await app.call('POST', '/v1/blueprints/told/entities', { identifier: 'a', title: 'Ünï €' });
    const desk = pipelineDesk(app);
    const judgment = { refId: 'j', requisiteStageRefIds: [], type: 'manualJudgment', name: 'Judge' };
    const started = await desk.start(await desk.save([judgment]));
    await until(async () => (await desk.read(started.id)).stages[0]?.status === 'RUNNING');
    const events = await caughtUp(place);
    expect(numbers(events)).toEqual(stretch(before + 1, events.length + before));
    expect(events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([
        'event-stream.created',
        'blueprint.created',
        'entity.created',
        'pipeline.created',
        'execution.created',
        'approval.requested',
      ]),
    );
    expect(JSON.stringify(events)).not.toContain('canary-0123456789');
    const request = requestsTo(place).find((one) => told(one).kind === 'entity.created');
    expect(request && told(request)).toMatchObject({
      resource: 'entity',
      action: 'CREATE',
      subject: 'entity:told/a',
      organisation: app.orgId,
      actor: { kind: 'credential', id: app.clientId },
      context: { blueprint: 'told', entity: 'a' },
      before: null,
      after: { title: 'Ünï €' },
    });
    const check = verifyPortWebhook({
      secrets: [app.clientSecret],
      timestamp: request?.headers['x-port-timestamp'],
      signature: request?.headers['x-port-signature'],
      rawBody: request?.body ?? Buffer.alloc(0),
      nowMs: systemClock.now().getTime(),
    });
    expect(check).toEqual({ valid: true });
    expect(request?.headers['webhook-id']).toBe(request && told(request).id);
  });

  test('has its deliveries listed, apart from those of webhooks', async () => {
    const { id, at: place } = await stream();
    await happen(1);
    await caughtUp(place);
    const listed = async (query: string): Promise<readonly { readonly kind?: string; readonly state: string }[]> =>
      (await app.call('GET', `/api/v1/deliveries${query}`)).body['deliveries'] as never;
    await until(async () => (await listed(`?stream=${id}`)).every(({ state }) => state === 'delivered'));
    expect(await listed(`?stream=${id}`)).toMatchObject([
      { kind: 'entity.created', endpoint: `${receiver.url}${place.slice(1)}` },
      { kind: 'event-stream.created' },
    ]);
    expect((await listed('')).some(({ kind }) => kind !== undefined)).toBe(false);
    expect(await only()).toMatchObject({
      waiting: 0,
      failing: null,
      lastDelivered: { eventNumber: await lastNumber() },
    });
  });

  test('shows no secret of its address, and keeps none in plain text', async () => {
    const secret = 'canary9876543210abcdefghij';
    const answer = await app.call('POST', path, { title: 'Bot', url: `${receiver.url}x/${secret}?key=${secret}` });
    expect(answer.status).toBe(201);
    await happen(1);
    await until(async () => (await only())?.waiting === 0);
    const kept = await sql<{ row: string }>`
      select event_stream::text as row from event_stream union all select delivery::text from delivery
      union all select event::text from event`.execute(app.app.core.db);
    const shown = [await streams(), (await app.call('GET', '/v1/audit-log')).body, kept.rows];
    expect(JSON.stringify(shown).includes(secret)).toBe(false);
  });

  test('that nobody may see but administrators', async () => {
    const { id } = await stream();
    const member = await addPerson(app, { email: `${uniqueName('m')}@example.com`, roles: ['Member'] });
    const asked = [
      await member.call('GET', path),
      await member.call('POST', path, { title: 'x', url: receiver.url }),
      await member.call('POST', `${path}/${id}/test`),
      await member.call('DELETE', `${path}/${id}`),
      await member.call('GET', `/api/v1/deliveries?stream=${id}`),
    ];
    expect(asked.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  });

  test.each([
    [{ title: 'x', url: 'ftp://example.com' }, 'url'],
    [{ title: 'x', url: 'example.com' }, 'url'],
    [{ title: '', url: 'https://example.com' }, 'title'],
  ])('%j is refused', async (body, field) => {
    const answer = await app.call('POST', path, body);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(field);
  });

  test('is tested with a signed message of which nothing is kept', async () => {
    const { id, at: place } = await stream();
    expect((await app.call('POST', `${path}/${id}/test`)).body).toMatchObject({ test: { works: true, status: 200 } });
    expect(toldTo(place).filter(({ kind }) => kind === 'event-stream.tested')).toHaveLength(1);
    receiver.faults.add({ kind: 'answer', status: 500, body: 'out of order' }, { match: at(place) });
    expect((await app.call('POST', `${path}/${id}/test`)).body).toMatchObject({
      test: { works: false, status: 500, message: expect.stringContaining('out of order') },
    });
    const elsewhere = await app.call('POST', path, { title: 'Private', url: 'http://127.0.0.1:9/' });
    const other = (elsewhere.body['eventStream'] as Stream).id;
    expect((await app.call('POST', `${path}/${other}/test`)).body).toMatchObject({
      test: { works: false, status: null, message: expect.stringContaining('QUAYSIDE_EGRESS_ALLOW') },
    });
  });
});

describe('an endpoint', () => {
  test('that fails holds everything behind it, and gets all of it in order', async () => {
    const { at: place } = await stream();
    await caughtUp(place);
    const before = await lastNumber();
    receiver.faults.add({ kind: 'answer', status: 500, body: 'no' }, { match: at(place), times: 2 });
    await happen(4);
    const events = await caughtUp(place);
    expect(numbers(events).slice(-6)).toEqual([before + 1, before + 1, ...stretch(before + 1, before + 4)]);
    const attempts = requestsTo(place)
      .slice(-6)
      .map((request) => request.headers['webhook-attempt']);
    expect(attempts).toEqual(['1', '2', '3', '1', '1', '1']);
  });

  test('that is away is shown as such, and gets at its new address what waited', async () => {
    const { id, at: first } = await stream();
    await caughtUp(first);
    const answer = await app.call('PATCH', `${path}/${id}`, { url: 'http://127.0.0.1:9/gone' });
    expect(answer.status).toBe(200);
    const before = await lastNumber();
    await happen(2);
    await until(async () => (await only())?.failing !== null && (await only())?.waiting === 3);
    expect((await only())?.failing?.error).toContain('127.0.0.1');
    const place = `/${uniqueName('back')}`;
    await app.call('PATCH', `${path}/${id}`, { url: `${receiver.url}${place.slice(1)}` });
    const events = await caughtUp(place);
    expect(numbers(events)).toEqual(stretch(before, before + 3));
  });

  test('that is away for days loses nothing', async () => {
    const { at: place } = await stream();
    await caughtUp(place);
    receiver.faults.add({ kind: 'answer', status: 503 }, { match: at(place), times: 2 });
    await happen(1);
    await until(async () => (await only())?.failing !== null);
    await sql`update delivery set attempts = 900 where state = 'pending'`.execute(app.app.core.db);
    await until(async () => (await only())?.failing?.attempts === 901);
    await sql`update delivery set next_attempt_at = now() - interval '1 hour' where state = 'pending'`.execute(
      app.app.core.db,
    );
    expect((await caughtUp(place)).at(-1)).toMatchObject({ kind: 'entity.created' });
    expect(await only()).toMatchObject({ givenUp: 0 });
  });

  test('that refuses one event is helped by giving that one up; the next says that one is missing', async () => {
    const { at: place } = await stream();
    await caughtUp(place);
    const poison = (await lastNumber()) + 1;
    const isPoison = (request: ReceivedRequest): boolean => request.path === place && told(request).number === poison;
    receiver.faults.add({ kind: 'answer', status: 400, body: 'too strange' }, { match: isPoison });
    await happen(2);
    await until(async () => (await only())?.failing !== null);
    const failing = (await only())?.failing;
    await until(async () => (await app.call('POST', `/api/v1/deliveries/${failing?.delivery}/give-up`)).status === 200);
    await caughtUp(place);
    const next = requestsTo(place).find((request) => told(request).number === poison + 1);
    expect(next?.headers['webhook-missed']).toBe('1');
    expect(await only()).toMatchObject({ givenUp: 1 });
    expect((await app.call('POST', `/api/v1/deliveries/${failing?.delivery}/give-up`)).status).toBe(409);
  });

  test('that takes its time gets one event after the other', async () => {
    const { at: place } = await stream();
    await caughtUp(place);
    let release: (value?: unknown) => void = () => undefined;
    const held = new Promise((resolve) => (release = resolve));
    receiver.faults.add({ kind: 'delay', until: held }, { match: at(place), times: 1 });
    const before = await lastNumber();
    await happen(3);
    await until(() => toldTo(place).some(({ number }) => number === before + 1));
    expect(numbers(toldTo(place)).filter((number) => number > before)).toEqual([before + 1]);
    release();
    expect(numbers(await caughtUp(place)).slice(-3)).toEqual(stretch(before + 1, before + 3));
  });
});

test('a program that dies while it tells an event has it told again by the next, and all behind it', async () => {
  const { at: place } = await stream();
  await caughtUp(place);
  const before = await lastNumber();
  receiver.faults.add({ kind: 'silence', after: 'receipt' }, { match: at(place), times: 1 });
  await happen(3);
  await until(() => toldTo(place).some(({ number }) => number === before + 1));
  const second = await startTestApp({ working: true, allow, database: app.database });
  try {
    // As long after the death as a claim lasts.
    await sql`update delivery set claimed_until = now() - interval '1 second', created_at = now() - interval '1 minute'
      where state = 'pending'`.execute(app.app.core.db);
    const events = await caughtUp(place);
    expect(numbers(events).slice(-4)).toEqual([before + 1, ...stretch(before + 1, before + 3)]);
    const [first, again] = requestsTo(place)
      .slice(-4)
      .map((request) => request.headers['webhook-id']);
    expect(again).toBe(first);
  } finally {
    await second.stop();
  }
});

test('what waits for a stream that was removed is told to nobody', async () => {
  const { id, at: place } = await stream();
  await caughtUp(place);
  receiver.faults.add({ kind: 'answer', status: 503 }, { match: at(place), times: 1 });
  await happen(2);
  await until(async () => (await only())?.failing !== null);
  const seen = toldTo(place).length;
  expect((await app.call('DELETE', `${path}/${id}`)).status).toBe(200);
  const left = async (): Promise<number> =>
    (await sql`select from delivery where stream = ${id} and state = 'pending'`.execute(app.app.core.db)).rows.length;
  await until(async () => (await left()) === 0);
  expect(toldTo(place)).toHaveLength(seen);
});
