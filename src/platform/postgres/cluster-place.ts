import { chmod, lstat, mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { problem } from '#platform/problem.ts';
import { ensureOwnFolder } from './own-folder.ts';
import { accountOf, effectiveUser, firstBarrier, type ServerAccount } from './server-account.ts';

/** Where the embedded database of a data directory lies. */
export interface ClusterPlace {
  /** Ours: lock, log, access rules, and the cluster. */
  readonly home: string;
  /** PostgreSQL's own data directory. */
  readonly cluster: string;
  readonly exists: boolean;
  readonly account: ServerAccount;
}

/**
 * The database is the folder `postgres` in the data directory. Where the server's user cannot get there (a clone
 * below root's home), `postgres` is a symlink into the system folder: atomic to make, and plain to see.
 */
export async function findClusterPlace(
  dataDirectory: string,
  account: ServerAccount,
  systemFolder: string,
): Promise<ClusterPlace> {
  // Root lets the server's user pass through its data directory, but not list it.
  await makeFolders(dataDirectory, account.dropTo === undefined ? 0o700 : 0o711);
  const link = join(dataDirectory, 'postgres');
  if ((await lstat(link).catch(() => undefined)) === undefined) await makeHome(link, account, systemFolder);
  const home = await realpath(link).catch(() => {
    throw problem(
      'unavailable',
      'embedded_postgres_lost',
      `${link} points to the database's folder, which is gone. Put that folder back, or remove ${link} to begin with an empty database.`,
      { directory: link },
    );
  });
  const cluster = join(home, 'cluster');
  const owner = await stat(cluster).catch(() => undefined);
  const runAs = owner === undefined ? account : accountOf(owner, account);
  if (owner !== undefined && runAs.dropTo === undefined && owner.uid !== runAs.uid) throw foreign(cluster, owner.uid);
  const barrier = await firstBarrier(runAs, home);
  if (barrier !== undefined) throw unreachable(home, barrier);
  return { home, cluster, exists: owner !== undefined, account: runAs };
}

async function makeFolders(path: string, mode: number): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode });
  // mkdir subtracts the process's umask.
  if (made !== undefined) await chmod(path, mode);
}

async function makeHome(link: string, account: ServerAccount, systemFolder: string): Promise<void> {
  const mode = account.dropTo === undefined ? 0o700 : 0o711;
  const barrier = await firstBarrier(account, dirname(link));
  if (barrier === undefined) {
    await mkdir(link, { mode }).catch(ignoreExisting);
    await chmod(link, mode);
    return;
  }
  const home = await makeSystemHome(link, account, systemFolder, barrier);
  await symlink(home, link).catch(async (error: unknown) => {
    // Somebody starting at the same moment was first: use theirs.
    await rm(home, { recursive: true });
    ignoreExisting(error);
  });
}

async function makeSystemHome(
  link: string,
  account: ServerAccount,
  systemFolder: string,
  barrier: string,
): Promise<string> {
  try {
    await mkdir(dirname(systemFolder), { recursive: true });
    await ensureOwnFolder(systemFolder, 0o755);
    const further = await firstBarrier(account, systemFolder);
    if (further !== undefined) throw new Error(`the server may not enter ${further}`);
    const home = await mkdtemp(join(systemFolder, 'database-'));
    await chmod(home, 0o711);
    await writeFile(join(home, 'origin'), `${link}\n`);
    return home;
  } catch (error) {
    throw Object.assign(unreachable(dirname(link), barrier), { cause: error });
  }
}

function unreachable(directory: string, barrier: string): Error {
  return problem(
    'unavailable',
    'data_directory_unreachable',
    `PostgreSQL does not run as root, and the user it runs as may not enter ${barrier}. Choose a data directory elsewhere instead of ${directory}, allow passing (chmod o+x ${barrier}), start Quayside as an ordinary user, or set DATABASE_URL.`,
    { directory, barrier },
  );
}

function foreign(cluster: string, uid: number): Error {
  return problem(
    'unavailable',
    'data_directory_foreign',
    `The database in ${cluster} belongs to the user with number ${uid}, not to ${effectiveUser()}. Start Quayside as the user who made it.`,
    { directory: cluster, uid },
  );
}

function ignoreExisting(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}
