import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Program, startProgram } from '#app/start.ts';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';

const clientId = 'sample-client-id';
const clientSecret = 'sample-client-secret-of-the-workspace';

let database: TestDatabase;
let dataDirectory: string;
let program: Program | null = null;
let token = '';

beforeAll(async () => {
  database = await createTestDatabase();
  dataDirectory = await mkdtemp(join(tmpdir(), 'sample-'));
});
afterEach(async () => {
  await program?.stop();
  program = null;
});
afterAll(async () => {
  await database.drop();
  await rm(dataDirectory, { recursive: true });
});

async function start(environment: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const said: string[] = [];
  program = await startProgram({
    environment: {
      DATABASE_URL: database.connectionString,
      QUAYSIDE_DATA_DIR: dataDirectory,
      QUAYSIDE_PORT: '0',
      QUAYSIDE_METRICS_PORT: '0',
      QUAYSIDE_LOG_LEVEL: 'silent',
      QUAYSIDE_SAMPLE: 'on',
      QUAYSIDE_ADMIN_PASSWORD: 'a password for tests',
      QUAYSIDE_CLIENT_ID: clientId,
      QUAYSIDE_CLIENT_SECRET: clientSecret,
      ...environment,
    },
    roles: { serve: true, work: true },
    say: (line) => said.push(line),
  });
  token = '';
  token = (await call('POST', '/v1/auth/access_token', { clientId, clientSecret })).accessToken;
  return said;
}

interface Named {
  readonly name: string;
}

/** As much of the answers as is looked at here. */
interface Answer {
  readonly status: number;
  readonly accessToken: string;
  readonly run: { readonly id: string; readonly status: string; readonly link?: string };
  readonly runLogs: readonly object[];
  readonly teams: readonly Named[];
  readonly entity: object;
  readonly entities: readonly object[];
  readonly action: { readonly invocationMethod: { readonly url: string } };
  readonly blueprint: { readonly changelogDestination: { readonly url: string } };
  readonly blueprints: readonly object[];
  readonly channels: readonly (Named & { readonly id: string })[];
  readonly messages: readonly object[];
}

async function call(method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${program?.address}${path}`, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { ...((await response.json()) as Answer), status: response.status };
}

async function execute(action: string, body: object): Promise<Answer['run']> {
  const { run, ...refusal } = await call('POST', `/v1/actions/${action}/runs?version=v2`, body);
  expect(refusal).toMatchObject({ ok: true });
  await expect
    .poll(async () => (await call('GET', `/v1/actions/runs/${run.id}`)).run.status, { timeout: 20_000 })
    .not.toBe('IN_PROGRESS');
  return (await call('GET', `/v1/actions/runs/${run.id}?version=v2`)).run;
}

async function messages(channel: string): Promise<Answer['messages']> {
  const { channels } = await call('GET', '/api/v1/sample/slack/channels');
  const id = channels.find((one) => one.name === channel)?.id;
  return (await call('GET', `/api/v1/sample/slack/channels/${id}/messages`)).messages;
}

it('fills an empty workspace once, and its actions can be executed', async () => {
  const said = await start();
  expect(said.join('\n')).toContain('Send scorecard reminder');
  expect((await call('GET', '/v1/teams')).teams.map((team) => team.name)).toContain('payments');
  expect((await call('GET', '/v1/blueprints/service/entities')).entities).toHaveLength(12);

  const created = await execute('create_microservice', { properties: { name: 'My Service', region: 'eu-west-1' } });
  expect(created).toMatchObject({ status: 'SUCCESS', link: 'https://git.example.com/shop/my-service' });
  const { runLogs } = await call('GET', `/v1/actions/runs/${created.id}/logs`);
  expect(runLogs).toHaveLength(2);
  expect((await call('GET', '/v1/blueprints/microservice/entities/my-service')).entity).toMatchObject({
    properties: { region: 'eu-west-1' },
  });

  const report = { entity: 'cart-api-prod', properties: { healthStatus: 'Crashed' } };
  expect(await execute('report_health', report)).toMatchObject({ status: 'SUCCESS' });
  await expect.poll(async () => messages('deployments'), { timeout: 10_000 }).toHaveLength(1);
  expect(await messages('deployments')).toMatchObject([
    { userName: 'Quayside', text: expect.stringContaining('from Healthy :white_check_mark: to Crashed') },
  ]);
});

it('comes back as it was, also when something else took the port of its backend', async () => {
  const wanted = Number(await readFile(join(dataDirectory, 'sample-services-port'), 'utf8'));
  const squatter = createServer();
  await new Promise<void>((listening) => squatter.listen(wanted, '127.0.0.1', listening));
  try {
    await start();
  } finally {
    await new Promise((closed) => squatter.close(closed));
  }
  expect((await call('GET', '/v1/blueprints/service/entities')).entities).toHaveLength(12);
  const { port } = new URL((await call('GET', '/v1/actions/report_health')).action.invocationMethod.url);
  expect(Number(port)).not.toBe(wanted);
  const { blueprint } = await call('GET', '/v1/blueprints/deploymentConfig');
  expect(new URL(blueprint.changelogDestination.url).port).toBe(port);
  const deployed = await execute('deploy_microservice', {
    entity: 'cart-api',
    properties: { environment: 'staging' },
  });
  expect(deployed).toMatchObject({ status: 'SUCCESS', entity: { identifier: 'cart-api' } });
});

it('has neither Slack nor backends when turned off', async () => {
  const said = await start({ QUAYSIDE_SAMPLE: 'off' });
  expect(said.join('\n')).not.toContain('sample');
  expect(await call('GET', '/api/v1/sample/slack/channels')).toMatchObject({ status: 404, error: 'not_found' });
});

it('leaves a workspace alone that people made themselves', async () => {
  const own = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'own-'));
  try {
    const environment = { DATABASE_URL: own.connectionString, QUAYSIDE_DATA_DIR: folder };
    await start({ ...environment, QUAYSIDE_SAMPLE: 'off' });
    const blueprint = { identifier: 'mine', title: 'Mine', schema: { properties: {}, required: [] } };
    expect(await call('POST', '/v1/blueprints', blueprint)).toMatchObject({ ok: true });
    await program?.stop();
    await start(environment);
    const { blueprints } = await call('GET', '/v1/blueprints');
    expect((blueprints as { identifier: string }[]).map(({ identifier }) => identifier)).toEqual([
      '_team',
      '_user',
      'mine',
    ]);
    expect(await call('GET', '/api/v1/sample/slack/channels')).toMatchObject({ status: 404 });
  } finally {
    await program?.stop();
    program = null;
    await own.drop();
    await rm(folder, { recursive: true });
  }
});
