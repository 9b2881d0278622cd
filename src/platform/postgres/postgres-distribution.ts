import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { problem } from '#platform/problem.ts';
import { copyFolder } from './copy-folder.ts';
import { ensureOwnFolder } from './own-folder.ts';
import { findPostgresPackage, readLibraryLinks, type PostgresPackage } from './postgres-package.ts';
import { makePristineCluster } from './pristine-cluster.ts';
import { effectiveUser, firstBarrier, type ServerAccount } from './server-account.ts';

const run = promisify(execFile);

// Raise it when the content of a distribution changes although PostgreSQL's version does not.
const layout = 1;

/** Our own copy of PostgreSQL's programs, and a new cluster to start from, in a place the server's user can reach. */
export interface PostgresDistribution {
  readonly postgres: string;
  readonly pristineCluster: string;
  readonly major: string;
}

/**
 * Finds the copy, or makes it: the npm package lies where the server's user may not go (a clone below root's home),
 * lacks the links between its libraries, and may be replaced while the server runs.
 */
export async function prepareDistribution(account: ServerAccount, systemFolder: string): Promise<PostgresDistribution> {
  const source = await findPostgresPackage();
  const reasons: string[] = [];
  for (const parent of candidates(systemFolder)) {
    try {
      return await install(source, account, parent);
    } catch (error) {
      reasons.push(`${parent}: ${(error as Error).message}`);
    }
  }
  throw problem(
    'unavailable',
    'embedded_postgres_failed',
    `The embedded database's programs cannot be installed. ${reasons.join('. ')}. Free one of these places, or set DATABASE_URL.`,
  );
}

function candidates(systemFolder: string): string[] {
  const uid = effectiveUser();
  return [uid === 0 ? systemFolder : join(homedir(), '.cache', 'quayside'), join(tmpdir(), `quayside-${uid}`)];
}

async function install(source: PostgresPackage, account: ServerAccount, parent: string): Promise<PostgresDistribution> {
  await mkdir(dirname(parent), { recursive: true });
  await ensureOwnFolder(parent, 0o755);
  const barrier = await firstBarrier(account, parent);
  if (barrier !== undefined) throw new Error(`the server may not enter ${barrier}`);
  const folder = join(parent, `postgresql-${source.version}-${process.arch}-${layout}`);
  if (!(await isComplete(folder))) {
    await removeBroken(folder);
    const draft = await mkdtemp(join(parent, 'install-'));
    try {
      await fill(draft, source, account);
      await renameUnlessThere(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  return {
    postgres: join(folder, 'postgresql', 'bin', 'postgres'),
    pristineCluster: join(folder, 'cluster'),
    major: source.major,
  };
}

async function fill(draft: string, source: PostgresPackage, account: ServerAccount): Promise<void> {
  await chmod(draft, 0o755);
  const programs = join(draft, 'postgresql');
  const files = await copyFolder(source.folder, programs, {
    folderMode: 0o755,
    forEverybody: true,
    leaveOut: (path) => path.endsWith('.a') || /^lib\/(pkgconfig|postgresql\/pgxs)/.test(path),
  });
  for (const { path, file } of await readLibraryLinks(source.folder)) {
    // A postinstall script that did run has made real ones.
    await symlink(file, join(programs, path)).catch(ignoreExisting);
  }
  await checkPrograms(join(programs, 'bin', 'postgres'), account);
  const cluster = await makePristineCluster({ programs, folder: draft, account });
  await writeFile(
    join(draft, 'manifest.json'),
    JSON.stringify([...files.map((f) => join('postgresql', f)), ...cluster]),
  );
}

async function checkPrograms(postgres: string, account: ServerAccount): Promise<void> {
  try {
    await run(postgres, ['--version'], { ...account.dropTo, cwd: '/' });
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    const advice =
      account.dropTo !== undefined && (code === 'EPERM' || code === 'EINVAL')
        ? `root may not become user ${account.uid} here`
        : 'its programs need the GNU C library, so not Alpine, and a file system mounted without noexec';
    throw new Error(`${message.trim()} (${advice})`, { cause: error });
  }
}

/** A draft got its name when it was whole. Cleaners of temporary folders take single old files from it later. */
async function isComplete(folder: string): Promise<boolean> {
  const manifest = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined);
  if (manifest === undefined) return false;
  if (!folder.startsWith(tmpdir())) return true;
  const files = JSON.parse(manifest) as string[];
  const found = await Promise.all(files.map(async (file) => stat(join(folder, file)).catch(() => undefined)));
  return !found.includes(undefined);
}

async function removeBroken(folder: string): Promise<void> {
  const aside = `${folder}.broken-${process.pid}`;
  await rename(folder, aside).catch(() => undefined);
  await rm(aside, { recursive: true, force: true });
}

/** Another process may have been faster; its copy is as good as ours. */
async function renameUnlessThere(draft: string, folder: string): Promise<void> {
  await rename(draft, folder).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  });
}

function ignoreExisting(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}
