import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { problem } from '#platform/problem.ts';
import { removeSocketFolder } from './socket-folder.ts';
import type { ServerAccount } from './server-account.ts';

const startWithinMs = 60_000;
const fastStopWithinMs = 10_000;
const hardStopWithinMs = 5_000;
const guardScript = 'read -r line; kill -INT "$1"; while kill -0 "$1" 2>/dev/null; do sleep 1; done; rmdir "$2"';

export interface PostmasterOptions {
  readonly program: string;
  readonly cluster: string;
  readonly socketFolder: string;
  readonly logFile: string;
  readonly account: ServerAccount;
  /** Server settings by name. */
  readonly settings: Readonly<Record<string, string>>;
  readonly onLaunched?: (() => void) | undefined;
}

/** The main process of a running PostgreSQL server. */
export interface Postmaster {
  readonly pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the server and waits until it accepts connections.
 *
 * @throws Problem `embedded_postgres_failed` with the last lines of the server's log.
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const giveUpAt = performance.now() + startWithinMs;
  for (;;) {
    const child = await launch(options);
    options.onLaunched?.();
    const outcome = await waitUntilReady(child, options.cluster, giveUpAt);
    if (outcome === 'ready') return supervise(child, options);
    const lines = await lastLines(options.logFile);
    // Backends of a killed postmaster take a moment to notice; meanwhile they hold the cluster's shared memory.
    if (lines.includes('pre-existing shared memory block') && performance.now() < giveUpAt) {
      await pause(50);
      continue;
    }
    child.kill('SIGQUIT');
    await removeSocketFolder(options.socketFolder);
    throw problem(
      'unavailable',
      'embedded_postgres_failed',
      `The embedded database did not start. Its log ${options.logFile} ends with:\n${lines}`,
      { log: options.logFile },
    );
  }
}

async function launch({
  program,
  cluster,
  socketFolder,
  logFile,
  account,
  settings,
}: PostmasterOptions): Promise<ChildProcess> {
  const all: Record<string, string> = { ...settings, listen_addresses: '', unix_socket_directories: socketFolder };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(logFile, 'w', 0o600);
  try {
    return await spawned(
      spawn(program, ['-D', cluster, ...flags], {
        ...account.dropTo,
        cwd: '/',
        env: { PATH: '/usr/bin:/bin', TZ: 'UTC', LC_MESSAGES: 'C' },
        // Its own session: a Ctrl-C in the terminal must reach us alone, or the server is gone before we are done.
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      }),
      program,
    );
  } finally {
    await log.close();
  }
}

function spawned(child: ChildProcess, program: string): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child));
    child.once('error', (cause) =>
      reject(
        Object.assign(
          problem('unavailable', 'embedded_postgres_failed', `${program} cannot be executed: ${cause.message}`),
          { cause },
        ),
      ),
    );
  });
}

/** The server writes its state into the eighth line of its pid file. */
async function waitUntilReady(child: ChildProcess, cluster: string, giveUpAt: number): Promise<'ready' | 'failed'> {
  while (performance.now() < giveUpAt) {
    if (hasExited(child)) return 'failed';
    const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (lines[0] === String(child.pid) && lines[7]?.trim() === 'ready') return 'ready';
    await pause(5);
  }
  return 'failed';
}

function supervise(child: ChildProcess, options: PostmasterOptions): Postmaster {
  const pid = child.pid;
  if (pid === undefined) throw new Error('A running process has no number.');
  const guard = stopWhenWeDie(pid, options);
  const exited = new Promise<void>((resolve) => {
    if (hasExited(child)) resolve();
    else child.once('exit', () => resolve());
  }).then(async () => {
    guard.kill('SIGKILL');
    await removeSocketFolder(options.socketFolder);
  });
  // Neither may keep a finished program alive; when it ends, the guard stops the server.
  child.unref();
  return {
    pid,
    exited,
    async stop() {
      child.ref();
      child.kill('SIGINT');
      if (await endsWithin(exited, fastStopWithinMs)) return;
      child.kill('SIGQUIT');
      if (await endsWithin(exited, hardStopWithinMs)) return;
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** A shell that waits for the end of its input, which comes when this process ends in any way, and then stops the server. */
function stopWhenWeDie(pid: number, { account, socketFolder }: PostmasterOptions): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', guardScript, 'sh', String(pid), socketFolder], {
    ...account.dropTo,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell the next start still finds and stops the orphan.
  guard.on('error', () => undefined);
  guard.stdin?.on('error', () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref(): void } | null)?.unref();
  return guard;
}

async function endsWithin(exited: Promise<void>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      exited.then(() => true),
      pause(milliseconds, false, { signal: timer.signal }).catch(() => false),
    ]);
  } finally {
    timer.abort();
  }
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-10).join('\n');
}
