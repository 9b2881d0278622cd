import { readFile, realpath, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { problem } from '#platform/problem.ts';

/** The operating system's user the server runs as. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
  /** Set when this process is root and gives its rights up for the server; what to pass to spawn. */
  readonly dropTo: { readonly uid: number; readonly gid: number } | undefined;
}

/**
 * PostgreSQL refuses to run as root. Root therefore starts it as the system user `quayside` where an operator made
 * one, else as `nobody`. Not as `postgres`: whoever broke into our server could then reach the host's own databases.
 */
export async function serverAccount(): Promise<ServerAccount> {
  const uid = effectiveUser();
  if (uid !== 0) return { uid, gid: process.getegid?.() ?? uid, dropTo: undefined };
  const accounts = await readAccounts();
  const chosen = accounts.get('quayside') ?? accounts.get('nobody');
  if (chosen === undefined) {
    throw problem(
      'unavailable',
      'embedded_postgres_no_user',
      'PostgreSQL does not run as root, and this system has neither a user "quayside" nor "nobody". Start Quayside as an ordinary user, add a system user "quayside", or set DATABASE_URL.',
    );
  }
  return withUser(chosen);
}

/** The account of an existing cluster's owner: whoever made it keeps it. */
export function accountOf(owner: { uid: number; gid: number }, account: ServerAccount): ServerAccount {
  return account.dropTo === undefined || owner.uid === 0 ? account : withUser(owner);
}

/** The name the server knows us by when we connect over its socket. */
export function ownUserName(): string {
  try {
    return userInfo().username;
  } catch {
    throw problem(
      'unavailable',
      'embedded_postgres_no_user',
      `The user with number ${effectiveUser()} has no name in /etc/passwd, which PostgreSQL needs. Start Quayside as a named user, or set DATABASE_URL.`,
    );
  }
}

/**
 * The first folder on the way to `path`, itself included, that the server's user may not pass; undefined when it
 * arrives. Asked before anything is tried, because PostgreSQL's own message would name neither folder nor remedy.
 */
export async function firstBarrier(account: ServerAccount, path: string): Promise<string | undefined> {
  if (account.dropTo === undefined) return undefined;
  const folders: string[] = [];
  for (let folder = await realpath(path); folders.at(-1) !== folder; folder = dirname(folder)) folders.push(folder);
  for (const folder of folders.toReversed()) {
    const { mode, uid, gid } = await stat(folder);
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return folder;
  }
  return undefined;
}

export function effectiveUser(): number {
  const uid = process.geteuid?.();
  if (uid === undefined) {
    throw problem(
      'unavailable',
      'embedded_postgres_missing',
      `The embedded database does not run on ${process.platform}. Set DATABASE_URL to a PostgreSQL server, 15 or newer.`,
    );
  }
  return uid;
}

function withUser({ uid, gid }: { uid: number; gid: number }): ServerAccount {
  return { uid, gid, dropTo: { uid, gid } };
}

async function readAccounts(): Promise<Map<string, { uid: number; gid: number }>> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const accounts = new Map<string, { uid: number; gid: number }>();
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === undefined || uid === undefined || gid === undefined || name.startsWith('#')) continue;
    // macOS writes "nobody" as -2, which is 4294967294.
    accounts.set(name, { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 });
  }
  return accounts;
}
