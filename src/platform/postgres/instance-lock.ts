import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { problem } from '#platform/problem.ts';
import { currentProcess, processStart, type ProcessIdentity } from './process-identity.ts';

const heartbeatMs = 1_000;

export interface InstanceLockOptions {
  readonly file: string;
  /** What the lock protects, for the message. */
  readonly directory: string;
  /** How long to watch the lock of a holder that cannot be looked up: several of its heartbeats. */
  readonly patienceMs?: number;
}

export interface InstanceLock {
  release(): Promise<void>;
}

/**
 * Lets one living process at a time own a data directory.
 * The lock of a process that has ended is taken over. A holder in another container or on another machine cannot be
 * looked up, so its lock file is watched: a living holder touches it every second.
 *
 * @throws Problem `data_directory_in_use`, naming the directory and the process.
 */
export async function acquireInstanceLock(options: InstanceLockOptions): Promise<InstanceLock> {
  const { file, directory, patienceMs = 4_000 } = options;
  const self = await currentProcess();
  const content = JSON.stringify(self);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await create(file, content)) return held(file, content);
    const found = await readFile(file, 'utf8').catch(() => undefined);
    if (found === undefined) continue;
    const holder = parse(found);
    if (holder !== undefined && (await isAlive(holder, self, { file, patienceMs }))) throw inUse(directory, holder);
    if (await replace(file, found, content)) return held(file, content);
  }
  throw problem(
    'conflict',
    'data_directory_in_use',
    `Several processes are starting on ${directory} at once. Start one.`,
    {
      directory,
    },
  );
}

/** The file appears with its content or not at all: a reader never sees half a lock. */
async function create(file: string, content: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Replaces exactly this stale lock. Of several processes that found it stale, the one that makes the claim may; the
 * others look again and find its lock.
 */
async function replace(file: string, stale: string, content: string): Promise<boolean> {
  const claim = `${file}.claim`;
  if (!(await create(claim, content))) {
    const found = await readFile(claim, 'utf8').catch(() => undefined);
    if (found !== undefined && !(await isRunning(parse(found)))) await rm(claim, { force: true });
    await pause(10);
    return false;
  }
  try {
    if ((await readFile(file, 'utf8').catch(() => undefined)) !== stale) return false;
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, content, { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

async function isAlive(
  holder: ProcessIdentity,
  self: ProcessIdentity,
  { file, patienceMs }: { file: string; patienceMs: number },
): Promise<boolean> {
  if (holder.space === self.space) return isRunning(holder);
  const before = await modified(file);
  await pause(patienceMs);
  const after = await modified(file);
  return after !== 0 && after !== before;
}

async function isRunning(holder: ProcessIdentity | undefined): Promise<boolean> {
  return holder !== undefined && (await processStart(holder.pid)) === holder.started;
}

async function modified(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

function held(file: string, content: string): InstanceLock {
  const heartbeat = setInterval(() => {
    const now = (performance.timeOrigin + performance.now()) / 1_000;
    utimes(file, now, now).catch(() => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  return {
    async release() {
      clearInterval(heartbeat);
      if ((await readFile(file, 'utf8').catch(() => undefined)) === content) await rm(file, { force: true });
    },
  };
}

function parse(content: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, started, space } = value as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof started !== 'string' || typeof space !== 'string') return undefined;
    return { pid, started, space };
  } catch {
    return undefined;
  }
}

function inUse(directory: string, holder: ProcessIdentity): Error {
  return problem(
    'conflict',
    'data_directory_in_use',
    `The data directory ${directory} is in use by process ${holder.pid}. Stop that process, or choose another data directory.`,
    { directory, pid: holder.pid },
  );
}
