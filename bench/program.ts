import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { freePort } from '#testing/free-port.ts';

const starter = join(import.meta.dirname, '..', 'bin', 'quayside.js');
export const adminPassword = 'a password for benchmarks';
const credentials = { clientId: 'bench-client', clientSecret: 'a secret of the benchmark, long enough' };

/** The product in a process of its own, as people run it. */
export interface Program {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process to its "is ready". */
  readonly startMs: number;
  /** Resident memory of the Node process alone, in MiB. */
  memory(): number;
  /** Processor time of the Node process so far, in ms; NaN where the system does not tell. */
  processorMs(): number;
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  stop(): Promise<void>;
  /** As a crash would: nothing is finished. */
  kill(): Promise<void>;
  /** Of the organisation, for requests that `call` does not make. */
  readonly token: string;
}

/** Programs end with the process that started them, however it ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** On the port that the environment names, else on a free one. */
export async function startProgram(environment: Readonly<Record<string, string>>): Promise<Program> {
  const port = Number(environment['QUAYSIDE_PORT'] ?? (await freePort()));
  const begun = performance.now();
  const child = spawn(process.execPath, [starter, 'start'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      QUAYSIDE_SAMPLE: 'off',
      QUAYSIDE_PORT: String(port),
      QUAYSIDE_METRICS_PORT: '0',
      QUAYSIDE_LOG_LEVEL: 'warn',
      QUAYSIDE_ADMIN_PASSWORD: adminPassword,
      QUAYSIDE_CLIENT_ID: credentials.clientId,
      QUAYSIDE_CLIENT_SECRET: credentials.clientSecret,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  await ready(child);
  const startMs = performance.now() - begun;
  const url = `http://127.0.0.1:${port}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    agent.destroy();
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  let token = '';
  const call: Program['call'] = async (method, path, body) =>
    send({ agent, url: `${url}${path}`, method, token }, body);
  token = String((await call('POST', '/v1/auth/access_token', credentials)).body['accessToken']);
  return {
    url,
    pid: child.pid ?? 0,
    startMs,
    token,
    call,
    memory: () => residentMiB(child.pid ?? 0),
    processorMs: () => processorMs(child.pid ?? 0),
    stop: async () => end('SIGTERM'),
    kill: async () => end('SIGKILL'),
  };
}

async function ready(child: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes('is ready')) resolve();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code) => reject(new Error(`The program ended with ${code}:\n${said}`)));
  });
}

interface Call {
  readonly agent: Agent;
  readonly url: string;
  readonly method: string;
  readonly token: string;
}

export interface Caller {
  readonly call: Program['call'];
  close(): void;
}

/** Asks another server as `Program.call` asks the product. */
export function openCaller(url: string): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return {
    call: async (method, path, body) => send({ agent, url: `${url}${path}`, method, token: '' }, body),
    close: () => agent.destroy(),
  };
}

async function send(
  { agent, url, method, token }: Call,
  body: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const parsed = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>;
        resolve({ status: incoming.statusCode ?? 0, body: parsed });
      });
    });
    outgoing.on('error', reject);
    if (token !== '') outgoing.setHeader('authorization', `Bearer ${token}`);
    if (text !== undefined) outgoing.setHeader('content-type', 'application/json');
    outgoing.end(text);
  });
}

/** Linux counts in hundredths of a second, user and system apart. */
function processorMs(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  // The name in brackets may hold blanks; what is counted comes behind it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function residentMiB(pid: number): number {
  if (process.platform === 'linux') {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) / 1024;
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1024;
}
