import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';
import { readSeed, withoutInstants } from './read-seed.ts';

interface WireRun extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
}

let receiver: WebhookReceiver;
let app: TestApp;
/** Who presses Execute in the guide. */
let developer: Visitor;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  app = await startTestApp({ allow: [new URL(receiver.url).host] });
  developer = await addPerson(app, { email: 'test@example.com', firstName: 'test', lastName: 'test' });
  await app.call('POST', '/v1/blueprints', readSeed('microservice-blueprint'));
  // Each of the guide's listings is a whole list; the older POST takes one or several.
  for (const name of ['create-microservice-actions', 'deploy-microservice-actions']) {
    await app.call('POST', '/v1/blueprints/microservice/actions', readSeed(name, backendUrl()));
  }
});
afterAll(async () => {
  await app.stop();
  await receiver.close();
});

function backendUrl(): Record<string, string> {
  return { 'https://getport.io': receiver.url };
}

async function execute(path: string, properties: unknown): Promise<WireRun> {
  const answer = await developer.call('POST', path, { properties });
  expect(answer.status).toBe(202);
  return answer.body['run'] as WireRun;
}

async function lastBody(): Promise<Record<string, unknown>> {
  await app.settle();
  return JSON.parse(receiver.requests.at(-1)?.body.toString('utf8') ?? '') as Record<string, unknown>;
}

async function actionId(identifier: string): Promise<string> {
  const answer = await app.call('GET', `/v1/blueprints/microservice/actions/${identifier}`);
  return (answer.body['action'] as { id: string }).id;
}

/** Names that are generated, as they stand in the guide and as they are here. */
function identities(run: WireRun): Record<string, string> {
  return {
    ...backendUrl(),
    org_7SDeR821bunhS8es: app.orgId,
    'auth0|638879fa62c686d381b36ecb': developer.id,
    'test@test.com': developer.email,
    r_QOz6WoOB1Q2lmhZZ: run.id,
    r_z0nJYJv0wCm2ASTR: run.id,
  };
}

const createPath = '/v1/blueprints/microservice/actions/create_microservice/runs';
const deployPath = '/v1/blueprints/microservice/entities/my-microservice/actions/deploy_microservice/runs';

describe('a CREATE action', () => {
  test('sends the invocation body of the guide, field by field', async () => {
    const run = await execute(createPath, readSeed('create-inputs'));
    const id = await actionId('create_microservice');
    const names = { ...identities(run), action_ed2B0O9CbEYkuqvN: id, 'auth0|638879fa62c686d381b36ecb': developer.id };
    const seed = readSeed('create-invocation', names) as { payload: { action: object } };
    const body = await lastBody();
    expect(withoutInstants(body)).toEqual(
      withoutInstants({
        ...seed,
        payload: {
          ...seed.payload,
          // Saved by whoever holds the credentials, executed by the developer.
          action: { ...seed.payload.action, createdBy: app.clientId, updatedBy: app.clientId },
          censoredProperties: [],
        },
      }),
    );
  });

  test('is read back exactly as in the guide, before and after its backend was called', async () => {
    const run = await execute(createPath, readSeed('create-inputs'));
    const seed = readSeed('create-run', identities(run));
    for (const settle of [false, true]) {
      if (settle) await app.settle();
      const answer = await app.call('GET', `/v1/actions/runs/${run.id}`);
      expect(withoutInstants(answer.body)).toEqual(withoutInstants(seed));
      const { createdAt, updatedAt } = answer.body['run'] as { createdAt: string; updatedAt: string };
      expect(updatedAt).toBe(createdAt);
    }
    const logs = await app.call('GET', `/v1/actions/runs/${run.id}/logs`);
    expect(logs.body).toEqual({ ok: true, runLogs: [] });
  });
});

describe('a DAY-2 action', () => {
  beforeAll(async () => {
    const entity = { identifier: 'my-microservice', title: 'my-microservice', properties: { region: 'eu-west-1' } };
    await app.call('POST', '/v1/blueprints/microservice/entities?upsert=true', entity);
  });

  test('sends the invocation body with its entity, not wrapped as Kafka records are', async () => {
    const run = await execute(deployPath, readSeed('deploy-inputs'));
    const names = {
      ...identities(run),
      action_AOLZfMmE3YUeBlMt: await actionId('deploy_microservice'),
      KZ5zDPudPshQMShUb4cLopBEE1fNSJGE: app.clientId,
    };
    const seed = readSeed('deploy-invocation', names) as { payload: { action: object; entity: object } };
    expect(withoutInstants(await lastBody())).toEqual(
      withoutInstants({
        ...seed,
        payload: {
          ...seed.payload,
          entity: { ...seed.payload.entity, team: [] },
          action: { ...seed.payload.action, createdBy: app.clientId, updatedBy: app.clientId },
          censoredProperties: [],
        },
      }),
    );
  });

  test('is read back exactly as in the guide', async () => {
    const run = await execute(deployPath, readSeed('deploy-inputs'));
    await app.settle();
    const answer = await app.call('GET', `/v1/actions/runs/${run.id}`);
    expect(withoutInstants(answer.body)).toEqual(withoutInstants(readSeed('deploy-run', identities(run))));
  });
});

describe('updating a run', () => {
  test('a status with a label ends it with that label', async () => {
    const run = await execute(createPath, readSeed('create-inputs'));
    const label = await app.call('PATCH', `/v1/actions/runs/${run.id}`, { statusLabel: 'Asking for a token' });
    expect(label.body['run']).toMatchObject({
      status: 'IN_PROGRESS',
      statusLabel: 'Asking for a token',
      endedAt: null,
    });
    const change = { status: 'FAILURE', statusLabel: 'Wrong personal token provided' };
    const ended = await app.call('PATCH', `/v1/actions/runs/${run.id}`, change);
    expect(ended.body['run']).toMatchObject(change);
    expect((ended.body['run'] as { endedAt: unknown }).endedAt).toEqual(expect.any(String));
  });

  test('a later value of a key overrides the earlier one', async () => {
    const run = await execute(createPath, readSeed('create-inputs'));
    await app.call('PATCH', `/v1/actions/runs/${run.id}`, { link: 'https://logs.example.com/1' });
    const answer = await app.call('PATCH', `/v1/actions/runs/${run.id}`, { link: 'https://logs.example.com/2' });
    expect(answer.body['run']).toMatchObject({ link: 'https://logs.example.com/2' });
  });

  test('a log line with a termination status ends it, once', async () => {
    const run = await execute(createPath, readSeed('create-inputs'));
    const logs = `/v1/actions/runs/${run.id}/logs`;
    const first = await app.call('POST', logs, { message: 'my new log message' });
    expect(first.status).toBe(201);
    expect(first.body['runLog']).toMatchObject({ message: 'my new log message', runId: run.id });
    const last = {
      message: 'my new log message with final status',
      terminationStatus: 'SUCCESS',
      statusLabel: 'Completed successfully!',
    };
    expect((await app.call('POST', logs, last)).status).toBe(201);
    const read = await app.call('GET', `/v1/actions/runs/${run.id}`);
    expect(read.body['run']).toMatchObject({ status: 'SUCCESS', statusLabel: 'Completed successfully!' });
    for (const again of [last, { message: 'one more' }]) {
      expect(await app.call('POST', logs, again)).toMatchObject({ status: 422, body: { error: 'run_exhausted' } });
    }
    expect(await app.call('PATCH', `/v1/actions/runs/${run.id}`, { status: 'FAILURE' })).toMatchObject({
      status: 422,
      body: { error: 'run_exhausted' },
    });
    const messages = (await app.call('GET', logs)).body['runLogs'] as { message: string }[];
    expect(messages.map(({ message }) => message)).toEqual(['my new log message', last.message]);
  });
});

test('the script of the guide: token, read run, entity with run_id, two log lines, ended with a link', async () => {
  const { id: runId } = await execute(createPath, { name: 'payments api', region: 'eu-west-1' });
  const token = await fetch(`${app.url}/v1/auth/access_token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ clientId: app.clientId, clientSecret: app.clientSecret }),
  });
  const { accessToken } = (await token.json()) as { accessToken: string };
  const bearer = { authorization: `Bearer ${accessToken}` };

  const run = (await app.call('GET', `/v1/actions/runs/${runId}`, undefined, bearer)).body['run'] as WireRun;
  const { name = '', region = '' } = run.properties;
  const entity = { identifier: name.replaceAll(' ', '_'), title: name, properties: { region } };
  const query = `run_id=${runId}&upsert=true`;
  const created = await app.call('POST', `/v1/blueprints/microservice/entities?${query}`, entity, bearer);
  expect(created.body['entity']).toMatchObject(entity);
  for (const message of ['new entity: payments_api', 'New entity created!']) {
    await app.call('POST', `/v1/actions/runs/${runId}/logs`, { message }, bearer);
  }
  const link = ['https://github.com/actions/toolkit/actions/runs/3617893813'];
  const ended = await app.call('PATCH', `/v1/actions/runs/${runId}`, { status: 'SUCCESS', link }, bearer);
  expect(ended.body['run']).toMatchObject({ id: runId, status: 'SUCCESS', link });

  const audit = await app.call('GET', `/v1/audit-log?run_id=${runId}&resources=entity&includes=context`);
  expect(audit.body).toEqual({
    ok: true,
    audits: [{ context: { blueprint: 'microservice', entity: 'payments_api', runId } }],
  });
  const late = await app.call('POST', `/v1/blueprints/microservice/entities?${query}`, { ...entity, title: 'Late' });
  expect(late).toMatchObject({ status: 400, body: { ok: false, error: 'run_exhausted' } });
  const kept = await app.call('GET', '/v1/blueprints/microservice/entities/payments_api');
  expect(kept.body['entity']).toMatchObject({ title: 'payments api' });
});
