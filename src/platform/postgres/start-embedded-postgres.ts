import { readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { problem } from '#platform/problem.ts';
import { findClusterPlace, type ClusterPlace } from './cluster-place.ts';
import { copyFolder, flush, giveFolder } from './copy-folder.ts';
import { acquireInstanceLock } from './instance-lock.ts';
import { stopOrphanedPostmaster } from './orphaned-postmaster.ts';
import { prepareDistribution, type PostgresDistribution } from './postgres-distribution.ts';
import { startPostmaster, type Postmaster } from './postmaster.ts';
import { socketUrl, writeAccessRules } from './server-access.ts';
import { serverAccount } from './server-account.ts';
import { serverSettings } from './server-settings.ts';
import { makeSocketFolder } from './socket-folder.ts';

export interface EmbeddedPostgresOptions {
  /** Made when missing. The database is its folder `postgres`. */
  readonly dataDirectory: string;
  readonly log: (message: string, fields?: Record<string, unknown>) => void;
  /** False for data that may be lost in a power cut: tests and benchmarks. */
  readonly durable?: boolean;
  /** Called once it is the turn of the disk or of the server: this process has time for something else. */
  readonly onWaiting?: () => void;
  /** Where root keeps PostgreSQL's programs, and databases whose data directory the server cannot reach. */
  readonly systemFolder?: string;
}

export interface EmbeddedPostgres {
  /** Only this operating system's user may connect; there is no password. */
  readonly connectionString: string;
  readonly pid: number;
  /** Resolves when the server has ended, whether stopped or not. */
  readonly exited: Promise<void>;
  /** Ends open connections, writes everything out and frees the data directory. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server of our own on a data directory, reachable over a local socket only.
 * It ends with this process, also when that is killed; where it did not, the next start stops it first.
 *
 * @throws Problem `data_directory_in_use` while another process uses the directory, `data_directory_unreachable`,
 * `data_directory_foreign`, `embedded_postgres_missing`, `_no_user`, `_lost`, `_version` or `_failed`.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, systemFolder = '/var/lib/quayside' } = options;
  const startedAt = performance.now();
  const dataDirectory = resolve(options.dataDirectory);
  const account = await serverAccount();
  const place = await findClusterPlace(dataDirectory, account, systemFolder);
  const lock = await acquireInstanceLock({ file: join(place.home, 'quayside.lock'), directory: dataDirectory });
  try {
    const distribution = await prepareDistribution(account, systemFolder);
    const orphan = await stopOrphanedPostmaster(place.cluster);
    if (orphan !== undefined) log('stopped a database server left over from an earlier start', { pid: orphan });
    await prepareCluster(place, distribution, options);
    const { server, socketFolder } = await launch(place, distribution, options);
    log('embedded database is ready', {
      pid: server.pid,
      directory: place.home,
      milliseconds: Math.round(performance.now() - startedAt),
    });
    return {
      connectionString: socketUrl(socketFolder),
      pid: server.pid,
      exited: server.exited,
      async stop() {
        await server.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function launch(
  { home, cluster, account }: ClusterPlace,
  { postgres }: PostgresDistribution,
  { durable = true, onWaiting }: EmbeddedPostgresOptions,
): Promise<{ server: Postmaster; socketFolder: string }> {
  const logFile = join(home, 'server.log');
  await rename(logFile, `${logFile}.1`).catch(() => undefined);
  const rules = await writeAccessRules(home);
  const socketFolder = await makeSocketFolder(account);
  const settings = { ...serverSettings({ durable }), ...rules.settings };
  const files = { program: postgres, cluster, socketFolder, logFile };
  const server = await startPostmaster({ ...files, account, settings, onLaunched: onWaiting });
  return { server, socketFolder };
}

/** A half-made copy has another name, so what is called `cluster` is whole. */
async function prepareCluster(
  place: ClusterPlace,
  distribution: PostgresDistribution,
  { durable = true, onWaiting }: EmbeddedPostgresOptions,
): Promise<void> {
  const { home, cluster, account } = place;
  const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => undefined))?.trim();
  if (version === undefined) {
    if (place.exists) throw incomplete(cluster);
    const draft = join(home, 'cluster.new');
    await rm(draft, { recursive: true, force: true });
    onWaiting?.();
    await copyFolder(distribution.pristineCluster, draft, { folderMode: 0o700, owner: account.dropTo, durable });
    await rename(draft, cluster);
    if (durable) await flush(home);
    return;
  }
  if (version !== distribution.major) {
    throw problem(
      'unavailable',
      'embedded_postgres_version',
      `The database in ${cluster} was made by PostgreSQL ${version}, this program carries ${distribution.major}. Start the earlier version of Quayside and move the data to a PostgreSQL server of your own (DATABASE_URL).`,
      { directory: cluster },
    );
  }
  await reclaimFromRoot(place);
}

/** Restored from a backup or moved with cp, everything belongs to root, for whom the server does not run. */
async function reclaimFromRoot({ cluster, account }: ClusterPlace): Promise<void> {
  if (account.dropTo === undefined) return;
  const { uid } = await stat(cluster);
  if (uid === 0) await giveFolder(cluster, account.dropTo);
}

function incomplete(cluster: string): Error {
  return problem(
    'unavailable',
    'embedded_postgres_lost',
    `${cluster} is not a PostgreSQL database: it has no file PG_VERSION. Restore it from a backup, or remove it to begin with an empty database.`,
    { directory: cluster },
  );
}
