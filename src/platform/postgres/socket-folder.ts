import { chown, mkdtemp, rmdir, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { problem } from '#platform/problem.ts';
import { firstBarrier, type ServerAccount } from './server-account.ts';

const prefix = 'quayside-pg-';
const socketName = '.s.PGSQL.5432';
// A socket's address holds 104 bytes on macOS and 108 on Linux.
const longestPath = 100;

/** A new private folder for the server's socket, near the root: data directories may have longer paths than a socket. */
export async function makeSocketFolder(account: ServerAccount): Promise<string> {
  const reasons: string[] = [];
  for (const base of new Set([tmpdir(), '/tmp', '/var/tmp', '/run'])) {
    const length = Buffer.byteLength(join(base, `${prefix}XXXXXX`, socketName));
    try {
      if (length > longestPath) throw new Error(`${base} is too long for a socket`);
      const barrier = await firstBarrier(account, base);
      if (barrier !== undefined) throw new Error(`the server may not enter ${barrier}`);
      const folder = await mkdtemp(join(base, prefix));
      if (account.dropTo !== undefined) await chown(folder, account.uid, account.gid);
      return folder;
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw problem(
    'unavailable',
    'embedded_postgres_failed',
    `There is no folder for the database's socket: ${reasons.join('; ')}. Make /tmp writable, or set DATABASE_URL.`,
  );
}

/** Removes what a server leaves behind. Only names it makes itself: the path may come from a file that others wrote. */
export async function removeSocketFolder(folder: string): Promise<void> {
  if (!basename(folder).startsWith(prefix)) return;
  for (const name of [socketName, `${socketName}.lock`]) await unlink(join(folder, name)).catch(() => undefined);
  await rmdir(folder).catch(() => undefined);
}
