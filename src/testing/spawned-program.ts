import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

/** From its bundle when there is one of these sources, as tools/run-tests.ts sees to. */
const main = fileURLToPath(new URL('../../bin/main.js', import.meta.url));
const credentials = { clientId: 'spawned-client', clientSecret: 'a secret of the spawned program, long enough' };
const callTimeoutMs = 10_000;

/** The program as people start it: in a process of its own, on an embedded database in a folder of its own. */
export interface SpawnedProgram {
  readonly folder: string;
  readonly url: string;
  start(): Promise<void>;
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** With a bearer token. Null when the outcome is not known: refused, broken off, or an error of the server. */
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown> | null>;
  /** Stops the program and removes its folder. */
  remove(): Promise<void>;
}

export async function spawnedProgram(settings: Readonly<Record<string, string>>): Promise<SpawnedProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'quayside-spawned-'));
  await chmod(folder, 0o711);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    PATH: process.env['PATH'] ?? '',
    QUAYSIDE_DATA_DIR: folder,
    QUAYSIDE_SAMPLE: 'off',
    QUAYSIDE_PORT: String(port),
    QUAYSIDE_METRICS_PORT: '0',
    QUAYSIDE_LOG_LEVEL: 'error',
    QUAYSIDE_CLIENT_ID: credentials.clientId,
    QUAYSIDE_CLIENT_SECRET: credentials.clientSecret,
    QUAYSIDE_ADMIN_PASSWORD: 'a password for tests',
    ...settings,
  };
  let child: ChildProcess | undefined;
  let token = '';

  async function stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  return {
    folder,
    url,
    stop,
    async start() {
      child = await launched(environment);
      // Tokens outlive the process: the keys are in the folder.
      if (token === '') token = await accessToken(url);
    },
    call: async (method, path, body) => request(`${url}${path}`, method, token, body),
    async remove() {
      await stop('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launched(environment: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [main, 'start'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('is ready')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`The program ended with ${code}:\n${said}`)));
  });
  return child;
}

async function accessToken(url: string): Promise<string> {
  const answer = await request(`${url}/v1/auth/access_token`, 'POST', '', credentials);
  return String(answer?.['accessToken']);
}

async function request(
  url: string,
  method: string,
  token: string,
  body: unknown,
): Promise<Record<string, unknown> | null> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(callTimeoutMs),
  })
    .then(async (response) => ({ status: response.status, text: await response.text() }))
    .catch(() => null);
  if (answer === null || answer.status >= 500) return null;
  if (answer.status >= 400) throw new Error(`${method} ${url} answered ${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text) as Record<string, unknown>;
}
