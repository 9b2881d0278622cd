import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { problem } from '#platform/problem.ts';
import { isPostmasterOf, processStart } from './process-identity.ts';
import { removeSocketFolder } from './socket-folder.ts';

const signals = [
  { signal: 'SIGINT', withinMs: 10_000 },
  { signal: 'SIGQUIT', withinMs: 5_000 },
  { signal: 'SIGKILL', withinMs: 5_000 },
] as const;

/**
 * Ends a server that outlived the process that started it, and removes a pid file whose number now belongs to a
 * stranger, which PostgreSQL would take for a running server. Call it with the instance lock held.
 *
 * @returns the number of the server it stopped.
 */
export async function stopOrphanedPostmaster(cluster: string): Promise<number | undefined> {
  const file = join(cluster, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const running = await isPostmasterOf(pid, cluster);
  if (running) await end(pid, cluster);
  // With nobody behind the number PostgreSQL itself sees that the file is stale.
  else if ((await processStart(pid)) !== undefined) await rm(file, { force: true });
  if (lines[4] !== undefined) await removeSocketFolder(lines[4]);
  return running ? pid : undefined;
}

async function end(pid: number, cluster: string): Promise<void> {
  for (const { signal, withinMs } of signals) {
    signalProcess(pid, signal);
    const giveUpAt = performance.now() + withinMs;
    while (performance.now() < giveUpAt) {
      if (!(await isPostmasterOf(pid, cluster))) return;
      await pause(10);
    }
  }
  throw problem(
    'unavailable',
    'embedded_postgres_failed',
    `A database server from an earlier start, process ${pid}, still runs on ${cluster} and cannot be stopped.`,
    { pid, directory: cluster },
  );
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It may have ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
