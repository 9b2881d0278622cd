import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { giveFolder } from './copy-folder.ts';
import { startPostmaster } from './postmaster.ts';
import { effectiveUser, type ServerAccount } from './server-account.ts';
import { administrator, clientConfig, databaseName, roleName, writeAccessRules } from './server-access.ts';
import { makeSocketFolder } from './socket-folder.ts';

const run = promisify(execFile);

interface Place {
  readonly programs: string;
  /** Gets a folder `cluster`. */
  readonly folder: string;
  readonly account: ServerAccount;
}

/**
 * Makes the cluster that every new data directory begins as a copy of, with our role and database in it. `initdb`
 * takes 0.5 to 2 s, a copy a tenth of that. It holds no secret: access goes by the operating system's user.
 *
 * @returns the paths of its files inside `folder`.
 */
export async function makePristineCluster({ programs, folder, account }: Place): Promise<string[]> {
  const cluster = join(folder, 'cluster');
  await mkdir(cluster, { mode: 0o700 });
  await chown(cluster, account.uid, account.gid);
  await run(join(programs, 'bin', 'initdb'), initArguments(cluster), {
    ...account.dropTo,
    cwd: '/',
    // With TZ set it need not compare all time zones with the system's.
    env: { PATH: '/usr/bin:/bin', TZ: 'UTC' },
  });
  await createRoleAndDatabase({ programs, folder, account });
  await giveFolder(cluster, { uid: effectiveUser(), gid: process.getegid?.() ?? 0 });
  const entries = await readdir(cluster, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/**
 * The built-in locale sorts by code point and knows Unicode's upper and lower case, the same on every system.
 * LC_CTYPE still decides what a letter is for trigrams, so it must know more than ASCII; macOS has no C.UTF-8.
 */
function initArguments(cluster: string): string[] {
  return [
    ['-D', cluster],
    ['-U', administrator],
    ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    [`--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`],
    ['--auth=peer', '--no-sync', '--no-instructions'],
  ].flat();
}

async function createRoleAndDatabase({ programs, folder, account }: Place): Promise<void> {
  const socketFolder = await makeSocketFolder(account);
  const logFile = join(folder, 'server.log');
  const rules = await writeAccessRules(folder);
  const server = await startPostmaster({
    program: join(programs, 'bin', 'postgres'),
    cluster: join(folder, 'cluster'),
    socketFolder,
    logFile,
    account,
    settings: { ...rules.settings, fsync: 'off' },
  });
  try {
    const client = new pg.Client({ ...clientConfig(socketFolder), user: administrator, database: 'template1' });
    await client.connect();
    await client.query(`create role ${roleName} login createdb`);
    // Each further database is 300 more files to copy at a first start.
    await client.query(`alter database postgres rename to ${databaseName}`);
    await client.query(`alter database ${databaseName} owner to ${roleName}`);
    await client.end();
  } finally {
    await server.stop();
  }
  await Promise.all([logFile, ...rules.files].map((file) => rm(file, { force: true })));
}
