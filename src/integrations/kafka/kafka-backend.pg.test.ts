import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '#testing/free-port.ts';
import { framed, startHostileBroker } from '#testing/hostile-broker.ts';
import { type KafkaBroker, startKafkaBroker } from '#testing/kafka-broker.ts';
import { loopbackCertificate } from '#testing/loopback-certificate.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';
import { sendOrWait } from './kafka-backend.ts';
import { begin, execute, readLog, readRun, saveAction, type WireRun } from '#testing/test-action.ts';

let broker: KafkaBroker;
let app: TestApp;
beforeAll(async () => {
  broker = await startKafkaBroker();
  app = await startTestApp({
    allow: ['127.0.0.1'],
    environment: { QUAYSIDE_KAFKA_BROKERS: broker.address, QUAYSIDE_KAFKA_TLS: 'off' },
  });
});
afterAll(async () => {
  await app.stop();
  await broker.close();
});

async function finish(id: string): Promise<WireRun & { readonly log: readonly string[] }> {
  await app.settle();
  return { ...(await readRun(app, id)), log: await readLog(app, id) };
}

/** Makes what is to be tried later due now. */
async function letTimePass(): Promise<void> {
  await sql`update job.job set start_after = now() where name = 'run-dispatch' and state < 'active'`.execute(
    app.app.core.db,
  );
  await app.settle();
}

/** One run's next try is due; what it wakes follows by itself. */
async function dueNow(id: string): Promise<void> {
  await sql`update job.job set start_after = now() where name = 'run-dispatch' and state < 'active'
    and data ->> 'runId' = ${id}`.execute(app.app.core.db);
  await app.settle();
}

describe('a message', () => {
  test('is the evaluated payload on the topic of the organisation, and the run stays open for its readers', async () => {
    const payload = { run: '{{ .run.id }}', '{{ spreadValue() }}': '{{ .inputs }}' };
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA', payload }), { properties: { a: [1] } });
    const run = await finish(id);
    expect(broker.messages.at(-1)).toEqual({
      topic: `${app.orgId}.runs`,
      key: id,
      value: JSON.stringify({ run: id, a: [1] }),
    });
    expect(run).toMatchObject({ status: 'IN_PROGRESS', dispatchState: 'called', payload: { payload: { run: id } } });
    expect(run.log).toEqual([`Put on the Kafka topic ${app.orgId}.runs.`]);
  });

  test('without a payload, and of an older action, is the older body', async () => {
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA' }));
    await finish(id);
    expect(JSON.parse(broker.messages.at(-1)?.value ?? '')).toMatchObject({
      resourceType: 'run',
      status: 'TRIGGERED',
      context: { runId: id },
    });
  });

  test('of a webhook for an agent holds the request', async () => {
    const method = { type: 'WEBHOOK', agent: true, url: 'http://inside.example.com/x', body: { a: '{{ .run.id }}' } };
    const { id } = await begin(app, await saveAction(app, method));
    await finish(id);
    expect(JSON.parse(broker.messages.at(-1)?.value ?? '')).toMatchObject({
      invocationMethod: { type: 'WEBHOOK', url: 'http://inside.example.com/x', method: 'POST' },
      payload: { a: id },
      context: { runId: id },
    });
  });

  test('larger than brokers take is refused while the caller waits', async () => {
    const payload = { much: '{{ [range(300000)] }}' };
    const answer = await execute(app, await saveAction(app, { type: 'KAFKA', payload }));
    expect(answer).toMatchObject({ status: 422 });
  });
});

describe('brokers that are away', () => {
  test('are waited for: the run says so once, and its message arrives when they are back', async () => {
    const port = await freePort();
    const settings = { brokers: [`127.0.0.1:${port}`], tls: false };
    await app.call('PUT', '/api/v1/connections/kafka', { settings });
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA', payload: { id: '{{ .run.id }}' } }));
    for (let tries = 0; tries < 7; tries += 1) await letTimePass();
    const waiting = await finish(id);
    expect(waiting).toMatchObject({
      status: 'IN_PROGRESS',
      statusLabel: 'Waiting for Kafka',
      dispatchState: 'waiting',
    });
    expect(waiting.log).toEqual([expect.stringMatching(/^Kafka did not take the message: .*ECONNREFUSED/)]);

    const back = await startKafkaBroker({ port });
    await letTimePass();
    const sent = await finish(id);
    expect(sent).toMatchObject({ status: 'IN_PROGRESS', statusLabel: null, dispatchState: 'called' });
    expect(back.messages).toEqual([{ topic: `${app.orgId}.runs`, key: id, value: JSON.stringify({ id }) }]);
    await app.call('DELETE', '/api/v1/connections/kafka');
    await back.close();
  });

  test('get what waits in the order in which it was asked for, before what is asked for later', async () => {
    const port = await freePort();
    const settings = { brokers: [`127.0.0.1:${port}`], tls: false };
    await app.call('PUT', '/api/v1/connections/kafka', { settings });
    const action = await saveAction(app, { type: 'KAFKA', payload: {} });
    const ids: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      ids.push((await begin(app, action)).id);
      await app.settle();
    }
    expect(await readLog(app, ids[3] ?? '')).toEqual([expect.stringContaining('Earlier messages wait')]);
    await app.call('POST', `/api/v1/runs/${ids[1]}/cancel`);
    const back = await startKafkaBroker({ port });
    // Asked for when the brokers are back, and still behind those that wait.
    ids.push((await begin(app, action)).id);
    await app.settle();
    expect(back.messages).toEqual([]);
    await dueNow(ids[0] ?? '');
    const [first, , ...rest] = ids;
    expect(back.messages.map(({ key }) => key)).toEqual([first, ...rest]);
    await letTimePass();
    expect(back.messages).toHaveLength(4);
    const last = await readRun(app, ids[4] ?? '');
    expect(last).toMatchObject({ dispatchState: 'called', statusLabel: null });
    await app.call('DELETE', '/api/v1/connections/kafka');
    await back.close();
  });

  test('and are not known yet are waited for as well', async () => {
    const unconnected = await startTestApp({ allow: ['127.0.0.1'] });
    const action = await saveAction(unconnected, { type: 'KAFKA', payload: { id: '{{ .run.id }}' } });
    const { id } = await begin(unconnected, action);
    await unconnected.settle();
    expect(await readRun(unconnected, id)).toMatchObject({
      status: 'IN_PROGRESS',
      statusLabel: 'Waiting for Kafka',
      dispatchState: 'waiting',
    });
    expect(await readLog(unconnected, id)).toEqual([expect.stringContaining('QUAYSIDE_KAFKA_BROKERS')]);
    const settings = { brokers: [broker.address], tls: false };
    await unconnected.call('PUT', '/api/v1/connections/kafka', { settings });
    await sql`update job.job set start_after = now() where name = 'run-dispatch' and state < 'active'`.execute(
      unconnected.app.core.db,
    );
    await unconnected.settle();
    expect(await readRun(unconnected, id)).toMatchObject({ statusLabel: null, dispatchState: 'called' });
    expect(broker.messages.at(-1)).toMatchObject({ key: id });
    await unconnected.stop();
  });

  test('get no more than can be kept', async () => {
    const sent: unknown[] = [];
    const send = async (message: unknown): Promise<void> => void sent.push(message);
    const message = { topic: 't', key: 'k', value: 'v' };
    expect(await sendOrWait(send, { waitingBefore: async (_label, most) => most }, message)).toMatchObject({
      outcome: 'ended',
      status: 'FAILURE',
      statusLabel: 'Not sent',
    });
    expect(sent).toEqual([]);
    expect(await sendOrWait(send, { waitingBefore: async () => 0 }, message)).toMatchObject({ outcome: 'called' });
    expect(sent).toEqual([message]);
  });

  test('can be given up by cancelling the run', async () => {
    const settings = { brokers: [`127.0.0.1:${await freePort()}`], tls: false };
    await app.call('PUT', '/api/v1/connections/kafka', { settings });
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA' }));
    await app.settle();
    expect(await app.call('POST', `/api/v1/runs/${id}/cancel`)).toMatchObject({ status: 200 });
    await letTimePass();
    expect(await readRun(app, id)).toMatchObject({ status: 'FAILURE', statusLabel: 'Cancelled' });
    await app.call('DELETE', '/api/v1/connections/kafka');
  });
});

/** What still waits would hold up what others ask for. */
async function giveUp(id: string): Promise<void> {
  await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'FAILURE' });
  await app.call('DELETE', '/api/v1/connections/kafka');
}

describe('brokers that want to know who sends', () => {
  test('hear the user name and the password before the message, in the mechanism of the connection', async () => {
    const own = await startKafkaBroker();
    const settings = { brokers: [own.address], tls: false, saslMechanism: 'PLAIN' };
    await app.call('PUT', '/api/v1/connections/kafka', {
      settings,
      secrets: { username: 'quayside', password: 'of-the-broker' },
    });
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA', payload: {} }));
    const run = await finish(id);
    expect(run.log).toEqual([`Put on the Kafka topic ${app.orgId}.runs.`]);
    expect(own.messages.map(({ key }) => key)).toEqual([id]);
    expect(own.signedIn.slice(0, 2)).toEqual(['PLAIN', '\0quayside\0of-the-broker']);
    await giveUp(id);
    await own.close();
  });

  test.each(['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)(
    'by %s hear no password, and get the message when it is the right one',
    async (saslMechanism) => {
      const own = await startKafkaBroker({ user: { username: 'quayside', password: 'of-the-broker' } });
      const connect = async (password: string): Promise<unknown> =>
        app.call('PUT', '/api/v1/connections/kafka', {
          settings: { brokers: [own.address], tls: false, saslMechanism },
          secrets: { username: 'quayside', password },
        });
      await connect('not-the-password');
      const action = await saveAction(app, { type: 'KAFKA', payload: {} });
      const { id } = await begin(app, action);
      const refused = await finish(id);
      expect(refused).toMatchObject({ statusLabel: 'Waiting for Kafka' });
      expect(refused.log).toEqual([expect.stringMatching(/^Kafka did not take the message: .*invalid-proof/)]);
      await connect('of-the-broker');
      await letTimePass();
      expect((await finish(id)).log.at(-1)).toBe(`Put on the Kafka topic ${app.orgId}.runs.`);
      expect(own.messages.map(({ key }) => key)).toEqual([id]);
      expect(own.signedIn[0]).toBe(saslMechanism);
      expect(own.signedIn.join('\n')).not.toMatch(/of-the-broker|not-the-password/);
      await giveUp(id);
      await own.close();
    },
  );

  test('and do not know the password themselves get nothing', async () => {
    const user = { username: 'quayside', password: 'another', impostor: true };
    const own = await startKafkaBroker({ user });
    await app.call('PUT', '/api/v1/connections/kafka', {
      settings: { brokers: [own.address], tls: false, saslMechanism: 'SCRAM-SHA-256' },
      secrets: { username: 'quayside', password: 'of-the-broker' },
    });
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA', payload: {} }));
    const run = await finish(id);
    expect(run.log).toEqual([expect.stringContaining('Invalid server signature')]);
    expect(own.messages).toEqual([]);
    await giveUp(id);
    await own.close();
  });

  test('over TLS get nothing while their certificate is not known', async () => {
    const own = await startKafkaBroker({ tls: loopbackCertificate });
    const settings = { brokers: [own.address], saslMechanism: 'PLAIN' };
    await app.call('PUT', '/api/v1/connections/kafka', {
      settings,
      secrets: { username: 'quayside', password: 'of-the-broker' },
    });
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA', payload: {} }));
    const run = await finish(id);
    expect(run).toMatchObject({ statusLabel: 'Waiting for Kafka' });
    expect(run.log.join('\n')).toMatch(/certificate/i);
    expect(run.log.join('\n')).not.toContain('of-the-broker');
    expect([own.signedIn, own.messages]).toEqual([[], []]);
    await giveUp(id);
    await own.close();
  });
});

describe('a broker that answers nonsense', () => {
  /** Sends the run's message there and answers what the run says of it. */
  async function sentTo(address: string, sasl: object, secrets?: object): Promise<string> {
    await app.call('PUT', '/api/v1/connections/kafka', {
      settings: { brokers: [address], tls: false, ...sasl },
      ...(secrets === undefined ? {} : { secrets }),
    });
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA', payload: {} }));
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'IN_PROGRESS', statusLabel: 'Waiting for Kafka' });
    await giveUp(id);
    return run.log.join('\n');
  }

  test.each([
    ['random bytes', () => randomBytes(512)],
    ['text', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a frame of nothing', () => Buffer.from([0, 0, 0, 4, 0, 0, 0, 0])],
    ['a negative length', () => Buffer.from([255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 0])],
    ['the right number and random bytes', (number: number) => framed(number, randomBytes(64))],
    ['the right number and nothing', (number: number) => framed(number, Buffer.alloc(0))],
    ['a list without end', (number: number) => framed(number, Buffer.from([0, 0, 127, 255, 255, 255]))],
  ] as const)('(%s) is waited for, and the run says why', async (_case, answerTo) => {
    const hostile = await startHostileBroker(answerTo);
    expect(await sentTo(hostile.address, {})).toMatch(/^Kafka did not take the message: /);
    const plain = { username: 'quayside', password: 'of-the-broker' };
    expect(await sentTo(hostile.address, { saslMechanism: 'PLAIN' }, plain)).toMatch(
      /^Kafka did not take the message: /,
    );
    await hostile.close();
  });

  test('to who signs in by SCRAM ends neither the program nor what others send', async () => {
    const own = await startKafkaBroker({ user: { username: '', password: '', mute: true } });
    const secrets = { username: 'quayside', password: 'of-the-broker' };
    const told = await sentTo(own.address, { saslMechanism: 'SCRAM-SHA-256' }, secrets);
    expect(told).toMatch(/^Kafka did not take the message: .*SCRAM/);
    expect(told).not.toContain('of-the-broker');
    await own.close();
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA', payload: {} }));
    expect((await finish(id)).log).toEqual([`Put on the Kafka topic ${app.orgId}.runs.`]);
  });

  test('without end is cut off', async () => {
    const endless = await startHostileBroker((number) => {
      const head = framed(number, Buffer.alloc(0));
      head.writeInt32BE(2 ** 31 - 1, 0);
      return Buffer.concat([head, Buffer.alloc(24 * 1024 * 1024)]);
    });
    expect(await sentTo(endless.address, {})).toContain('more than is accepted');
    await endless.close();
  });
});

describe('the guard', () => {
  test.each([
    ['a broker that is named', async (guarded: TestApp) => guarded],
    [
      'a broker that the cluster names',
      async (guarded: TestApp) => {
        broker.advertise('127.0.0.2', Number(broker.address.split(':')[1]));
        return guarded;
      },
    ],
  ])('refuses %s at a private address, and says which setting opens it', async (name, arrange) => {
    const named = name.includes('cluster') ? [broker.address] : ['10.255.255.1:9092'];
    const guarded = await arrange(await startTestApp({ allow: [broker.address] }));
    await guarded.call('PUT', '/api/v1/connections/kafka', { settings: { brokers: named, tls: false } });
    const { id } = await begin(guarded, await saveAction(guarded, { type: 'KAFKA', payload: uniqueName('x') }));
    await guarded.settle();
    expect((await readLog(guarded, id)).join('\n')).toContain('QUAYSIDE_EGRESS_ALLOW');
    expect(await readRun(guarded, id)).toMatchObject({ statusLabel: 'Waiting for Kafka' });
    await guarded.stop();
  });
});
