import { createHash, randomBytes } from 'node:crypto';
import { type App, buildApp, type Config } from '#app/build-app.ts';
import { ensureFirstOrganisation } from '#app/first-organisation.ts';
import { settings } from '#app/settings.ts';
import { version } from '#app/version.ts';
import type { Clock } from '#platform/clock.ts';
import { type Environment, loadConfig } from '#platform/config/load-config.ts';
import { createLog, type Log } from '#platform/log.ts';
import { freePort } from './free-port.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

export interface TestAppOptions {
  /** Settings beside those that tests need. */
  readonly environment?: Environment;
  readonly clock?: Clock;
  /** Private addresses outgoing calls may reach, e.g. `127.0.0.1:4001`. */
  readonly allow?: readonly string[];
  /** Run readers and jobs by themselves, as in production. Otherwise tests call `settle`. */
  readonly working?: boolean;
  /** Neither answers nor works unless told; `working` alone is the usual way. */
  readonly roles?: { readonly serve: boolean; readonly work: boolean };
  /** Where the program's log goes; nowhere unless told. */
  readonly log?: Log;
  /** As behind a proxy; otherwise the address it listens on. */
  readonly publicUrl?: string;
  /** Reuse a database, e.g. after another app on it was stopped. */
  readonly database?: TestDatabase;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** The whole program over real HTTP on a database of its own, with an administrator and API credentials. */
export interface TestApp {
  readonly app: App;
  readonly url: string;
  readonly database: TestDatabase;
  readonly orgId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
  /** A request with the organisation's bearer token. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
  settle(): Promise<void>;
  stop(): Promise<void>;
}

const usual = {
  QUAYSIDE_ADMIN_EMAIL: 'admin@example.com',
  QUAYSIDE_ADMIN_PASSWORD: 'a password for tests',
  QUAYSIDE_CLIENT_ID: 'test-client-id',
  QUAYSIDE_CLIENT_SECRET: 'test-client-secret-of-the-test-organisation',
};

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.database ?? (await createTestDatabase());
  const given = { ...usual, ...options.environment };
  const config: Config = loadConfig(settings, {
    ...usual,
    QUAYSIDE_LOG_LEVEL: 'silent',
    ...(options.allow === undefined ? {} : { QUAYSIDE_EGRESS_ALLOW: options.allow.join(',') }),
    ...options.environment,
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const key = (purpose: string): Uint8Array => new Uint8Array(createHash('sha256').update(`test ${purpose}`).digest());
  const app = await buildApp({
    config,
    connectionString: database.connectionString,
    keys: { secrets: key('secrets'), tokens: key('tokens'), csrf: key('csrf') },
    log: options.log ?? createLog({ level: config.logLevel, pretty: false }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    roles: options.roles ?? { serve: true, work: options.working === true },
    version,
    publicUrl: options.publicUrl ?? url,
  });
  await ensureFirstOrganisation(app, config);
  await app.start('127.0.0.1', port);
  const token = await accessToken(url, {
    clientId: given.QUAYSIDE_CLIENT_ID,
    clientSecret: given.QUAYSIDE_CLIENT_SECRET,
  });
  const orgId = (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { orgId: string }).orgId;
  return {
    app,
    url,
    database,
    orgId,
    clientId: given.QUAYSIDE_CLIENT_ID,
    clientSecret: given.QUAYSIDE_CLIENT_SECRET,
    adminEmail: given.QUAYSIDE_ADMIN_EMAIL,
    adminPassword: given.QUAYSIDE_ADMIN_PASSWORD,
    call: async (method, path, body, headers) =>
      send(`${url}${path}`, method, body, { authorization: `Bearer ${token}`, ...headers }),
    settle: async () => app.settle(),
    async stop() {
      await app.stop();
      if (options.database === undefined) await database.drop();
    },
  };
}

async function accessToken(url: string, credentials: object): Promise<string> {
  const answer = await send(`${url}/v1/auth/access_token`, 'POST', credentials, {});
  return String(answer.body['accessToken']);
}

export async function send(
  url: string,
  method: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<TestAnswer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const parsed: unknown = text === '' ? {} : isJson ? JSON.parse(text) : { text };
  return { status: response.status, headers: response.headers, body: parsed as Record<string, unknown> };
}

/** A name that no other test uses. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}
