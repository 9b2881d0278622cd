import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReceivedRequest } from '#sample/counterparts/received-request.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const credentials = { clientId: 'crash-client', clientSecret: 'a secret of the crash test, long enough' };
const writers = 5;
const entitiesEach = 4;
const stepsEach = 50;

let folder: string;
let url: string;
let environment: Record<string, string>;
let receiver: WebhookReceiver;
let program: ChildProcess | undefined;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  folder = await mkdtemp(join(tmpdir(), 'quayside-crash-'));
  await chmod(folder, 0o711);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  environment = {
    PATH: process.env['PATH'] ?? '',
    QUAYSIDE_DATA_DIR: folder,
    QUAYSIDE_SAMPLE: 'off',
    QUAYSIDE_PORT: String(port),
    QUAYSIDE_METRICS_PORT: '0',
    QUAYSIDE_LOG_LEVEL: 'error',
    QUAYSIDE_CLIENT_ID: credentials.clientId,
    QUAYSIDE_CLIENT_SECRET: credentials.clientSecret,
    QUAYSIDE_ADMIN_PASSWORD: 'a password for tests',
    QUAYSIDE_EGRESS_ALLOW: new URL(receiver.url).host,
  };
});
afterAll(async () => {
  await stopProgram('SIGTERM');
  await receiver.close();
  await rm(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}

/** The program as people start it, in a process of its own. */
async function startProgram(): Promise<void> {
  const child = spawn(process.execPath, [main, 'start'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  program = child;
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('is ready')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`The program ended with ${code}:\n${said}`)));
  });
}

async function stopProgram(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const child = program;
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

let token = '';

/** Null when the answer is not known: refused, broken off, or an error of the server. */
async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown> | null> {
  try {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (answer.status >= 500) return null;
    if (answer.status >= 400) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof Error && error.message.includes('answered')) throw error;
    return null;
  }
}

const acknowledged = new Map<string, number>();
let acknowledgedWrites = 0;
const milestones: { readonly at: number; readonly reached: () => void }[] = [];

async function reached(at: number): Promise<void> {
  await new Promise<void>((resolve) => milestones.push({ at, reached: resolve }));
}

/** Raises its entities step by step; what was not acknowledged is sent again until it is. */
async function writeAll(writer: number): Promise<void> {
  for (let step = 1; step <= stepsEach; step += 1) {
    for (let index = 0; index < entitiesEach; index += 1) {
      const identifier = `e${writer}-${index}`;
      const body = { identifier, properties: { step } };
      while ((await call('POST', '/v1/blueprints/thing/entities?upsert=true', body)) === null) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      acknowledged.set(identifier, step);
      acknowledgedWrites += 1;
      for (const milestone of milestones) if (milestone.at === acknowledgedWrites) milestone.reached();
    }
  }
}

function stepOf(request: ReceivedRequest): { entity: string; step: number } | null {
  const change = JSON.parse(request.body.toString('utf8')) as {
    context: { entity?: string };
    diff: { after: { properties: { step: number } } };
  };
  const { entity } = change.context;
  return entity === undefined ? null : { entity, step: change.diff.after.properties.step };
}

/** What the receiver heard of one entity; the same delivery made again counts once. */
function heardOf(entity: string): { steps: number[]; ids: Set<unknown> } {
  const steps: number[] = [];
  const ids = new Set<unknown>();
  for (const request of receiver.requests) {
    const heard = stepOf(request);
    if (heard?.entity !== entity) continue;
    ids.add(request.headers['webhook-id']);
    if (steps.at(-1) !== heard.step) steps.push(heard.step);
  }
  return { steps, ids };
}

test(
  'kill -9 of the program and of its database loses no acknowledged write and no webhook',
  { timeout: 300_000 },
  async () => {
    await startProgram();
    token = String((await call('POST', '/v1/auth/access_token', credentials))?.['accessToken']);
    await call('POST', '/v1/blueprints', {
      identifier: 'thing',
      title: 'Thing',
      schema: { properties: { step: { type: 'number' } }, required: [] },
      relations: {},
      changelogDestination: { type: 'WEBHOOK', url: receiver.url },
    });
    const total = writers * entitiesEach * stepsEach;
    const at = (from: number, to: number): number => Math.floor(total * (from + Math.random() * (to - from)));
    const [firstKill, secondKill] = [at(0.1, 0.4), at(0.5, 0.8)];
    const crashes = (async () => {
      await reached(firstKill);
      await stopProgram('SIGKILL');
      await startProgram();
      await reached(secondKill);
      const pidFile = await readFile(join(folder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8');
      process.kill(Number(pidFile.split('\n', 1)[0]), 'SIGKILL');
    })();
    await Promise.all([crashes, ...Array.from({ length: writers }, async (_, writer) => writeAll(writer))]);

    expect(acknowledgedWrites).toBe(total);
    for (const [entity, step] of acknowledged) {
      const answer = await call('GET', `/v1/blueprints/thing/entities/${entity}`);
      expect(answer).toMatchObject({ entity: { properties: { step } } });
    }
    const all = Array.from({ length: stepsEach }, (_, index) => index + 1);
    await expect
      .poll(() => [...acknowledged.keys()].filter((entity) => heardOf(entity).ids.size < stepsEach), {
        timeout: 60_000,
      })
      .toEqual([]);
    for (const entity of acknowledged.keys()) {
      expect(heardOf(entity), `${entity}, killed at ${firstKill} and ${secondKill}`).toEqual({
        steps: all,
        ids: expect.objectContaining({ size: stepsEach }),
      });
    }
  },
);
