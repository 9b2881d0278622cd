import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#testing/test-database.ts';
import { resetPasswordOf } from './reset-password.ts';
import { startProgram } from './start.ts';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createEmptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'quayside-start-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const roles = { serve: true, work: true } as const;

function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    DATABASE_URL: database.connectionString,
    QUAYSIDE_DATA_DIR: folder,
    QUAYSIDE_LOG_LEVEL: 'silent',
    QUAYSIDE_METRICS_PORT: '0',
    QUAYSIDE_SAMPLE: 'off',
    QUAYSIDE_PORT: '0',
    ...more,
  };
}

async function connections(): Promise<readonly string[]> {
  const found = await database.database.pool.query<{ name: string }>(
    `select application_name as name from pg_stat_activity
     where datname = current_database() and application_name in ('quayside', 'quayside-jobs')`,
  );
  return found.rows.map((row) => row.name);
}

test('a port that is taken is told in one sentence, before anything is begun', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const said: string[] = [];
  const start = startProgram({
    environment: environment({ QUAYSIDE_PORT: String(port) }),
    roles,
    say: (line) => void said.push(line),
  });
  await expect(start).rejects.toMatchObject({
    code: 'cannot_listen',
    message: expect.stringContaining('another program listens there'),
  });
  expect(said).toEqual([]);
  const tables = await database.database.pool.query(`select to_regclass('organisation') as found`);
  expect(tables.rows).toEqual([{ found: null }]);
  other.close();
});

test('a start that fails half way closes what it opened', async () => {
  const { pool } = database.database;
  await pool.query('create schema job; create table job.version (nonsense int)');
  await expect(startProgram({ environment: environment(), roles, say: () => undefined })).rejects.toThrow();
  await expect.poll(connections).toEqual([]);
  await pool.query('drop schema job cascade');
});

test('the first credentials are told, and a second start on the same port leaves the first alone', async () => {
  const said: string[] = [];
  const first = await startProgram({ environment: environment(), roles, say: (line) => void said.push(line) });
  expect(await readdir(folder)).toContain('first-sign-in.txt');
  expect(said.join('\n')).toContain('first-sign-in.txt');
  const again = startProgram({
    environment: environment({ QUAYSIDE_PORT: new URL(first.address).port }),
    roles,
    say: (line) => void said.push(line),
  });
  await expect(again).rejects.toMatchObject({ code: 'cannot_listen' });
  expect((await fetch(`${first.address}/health/ready`)).status).toBe(200);
  await first.stop();
  await expect.poll(connections).toEqual([]);
});

test('who lost the password gets a new one from whoever runs the server, and old sessions end', async () => {
  const chosen = { QUAYSIDE_ADMIN_EMAIL: 'admin@example.com', QUAYSIDE_ADMIN_PASSWORD: 'the-password-of-the-start' };
  const program = await startProgram({ environment: environment(chosen), roles, say: () => undefined });
  const signIn = async (password: string): Promise<Response> =>
    fetch(`${program.address}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@example.com', password }),
    });
  const first = await resetPasswordOf('Admin@Example.com', environment());
  const cookie = (await signIn(first)).headers.get('set-cookie') ?? '';
  const session = async (): Promise<number> =>
    (await fetch(`${program.address}/api/v1/session`, { headers: { cookie: cookie.split(';')[0] ?? '' } })).status;
  expect(await session()).toBe(200);
  const second = await resetPasswordOf('admin@example.com', environment());
  expect(await session()).toBe(401);
  expect([(await signIn(first)).status, (await signIn(second)).status]).toEqual([401, 200]);
  await expect(resetPasswordOf('nobody@example.com', environment())).rejects.toMatchObject({ kind: 'not-found' });
  const told = await database.database.pool.query(
    `select row_to_json(event)::text as event from event where kind = 'user.password-reset'`,
  );
  expect(told.rows).toHaveLength(2);
  expect(JSON.stringify(told.rows)).not.toContain(second);
  await program.stop();
});

test.each([
  [{ DATABASE_URL: 'postgres://quay:canary-password@127.0.0.1:1/quay' }, 1, /^The database cannot be reached: .*\n$/],
  [{ QUAYSIDE_SECRET_KEY: 'short' }, 1, /^QUAYSIDE_SECRET_KEY must have at least 32 characters\.\n$/],
  [
    { QUAYSIDE_DATA_DIR: `${fileURLToPath(import.meta.url)}/data` },
    1,
    /^The data folder \/.* cannot be made \(ENOTDIR\).*\n$/,
  ],
  [{ QUAYSIDE_HOST: '192.0.2.1' }, 1, /^Quayside cannot listen on http:\/\/192\.0\.2\.1.*\n$/],
  [{ QUAYSIDE_PROT: '1', QUAYSIDE_PORT: 'x' }, 2, /^Some settings cannot be used:\n( {2}- .*\n){2}$/],
])('a mistake in the settings is told without a stack: %o', async (more, code, words) => {
  const main = fileURLToPath(new URL('../../bin/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, 'start'], {
    env: { PATH: process.env['PATH'], ...environment(more) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (told += part));
  const [ended] = (await once(child, 'close')) as [number];
  expect({ code: ended, told }).toEqual({ code, told: expect.stringMatching(words) });
  expect(told).not.toContain('canary-password');
});
