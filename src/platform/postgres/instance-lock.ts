import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { problem } from '#platform/problem.ts';
import { currentProcess, processStart, type ProcessIdentity } from './process-identity.ts';

const heartbeatMs = 1_000;
const patienceMs = 4_000;

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
export async function acquireInstanceLock(file: string, directory: string): Promise<InstanceLock> {
  const self = await currentProcess();
  const content = JSON.stringify(self);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (await create(file, content)) return held(file, content);
    const found = await readFile(file, 'utf8').catch(() => undefined);
    if (found === undefined) continue;
    const holder = parse(found);
    if (holder !== undefined && (await isAlive(holder, self, file))) throw inUse(directory, holder);
    await takeAway(file, found);
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

/** Two starters may both find the same stale lock; whoever moves away the other's fresh one puts it back. */
async function takeAway(file: string, stale: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => undefined);
  if (moved !== undefined && moved !== stale) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function isAlive(holder: ProcessIdentity, self: ProcessIdentity, file: string): Promise<boolean> {
  if (holder.space === self.space) return (await processStart(holder.pid)) === holder.started;
  const before = await modified(file);
  await pause(patienceMs);
  const after = await modified(file);
  return after !== 0 && after !== before;
}

async function modified(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

function held(file: string, content: string): InstanceLock {
  const heartbeat = setInterval(() => {
    const now = new Date();
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
