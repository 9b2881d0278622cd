import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { type Environment, loadConfig } from '#platform/config/load-config.ts';
import { createLog, type Log } from '#platform/log.ts';
import { type Problem, problem } from '#platform/problem.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#platform/postgres/start-embedded-postgres.ts';
import type { App, Config } from './build-app.ts';
import { settings } from './settings.ts';
import type { DatabaseStart } from './start-on-database.ts';

export interface Program {
  readonly address: string;
  readonly app: App;
  /** Resolves when the embedded database has ended though nobody stopped it; never with a database of its own. */
  readonly databaseLost: Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly environment: Environment;
  readonly roles: { readonly serve: boolean; readonly work: boolean };
  /** Lines for a person at a terminal. */
  readonly say: (line: string) => void;
}

/** From an environment to a running program: database, keys, modules, first organisation, listening. */
export async function startProgram(options: StartOptions): Promise<Program> {
  const config = loadConfig(settings, options.environment);
  const log = createLog({ level: config.logLevel, pretty: process.stdout.isTTY });
  const dataDirectory = resolve(config.dataDirectory);
  await makeDataDirectory(dataDirectory);
  const undo: (() => Promise<void>)[] = [];
  try {
    const { roles } = options;
    // Looked at first: nothing is begun that could not be finished.
    const port = roles.serve ? await listenablePort(config.host, config.port) : config.port;
    const urls = urlsOf(config, port);
    const postgres = config.databaseUrl === null ? beginEmbedded(dataDirectory, log, undo) : null;
    // The server comes up while the larger part of the program is loaded, which takes as long.
    await postgres?.begun;
    const { startOnDatabase } = await import('./start-on-database.ts');
    const app = await startOnDatabase(
      { ...options, ...urls, config, dataDirectory, log, port },
      async () => config.databaseUrl ?? (await postgres?.started)?.connectionString ?? '',
      undo,
    );
    let stopping = false;
    const databaseLost = new Promise<void>((lost) => {
      void postgres?.started.then(async ({ exited }) => exited).then(() => stopping || lost());
    });
    return {
      address: urls.listenUrl,
      app,
      databaseLost,
      async stop() {
        stopping = true;
        await undoAll(undo);
      },
    };
  } catch (error) {
    await undoAll(undo).catch((failure: unknown) => log.error({ event: 'undo-failed', err: failure }));
    throw error;
  }
}

async function makeDataDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw problem(
      'unavailable',
      'data_directory_unusable',
      `The data folder ${directory} cannot be made (${errorCode(error)}). Set QUAYSIDE_DATA_DIR to one that can be written to.`,
    );
  }
}

function urlsOf(config: Config, port: number): Pick<DatabaseStart, 'listenUrl' | 'publicUrl' | 'reachableUrl'> {
  const listenUrl = httpUrl(config.host, port);
  return { listenUrl, publicUrl: config.url ?? listenUrl, reachableUrl: httpUrl(reachableHost(config.host), port) };
}

function httpUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Listening everywhere, the program is found on this machine under the loopback address. */
function reachableHost(host: string): string {
  return { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
}

interface BeginningPostgres {
  /** It is on its way, or has failed already: what else there is to do may begin. */
  readonly begun: Promise<void>;
  readonly started: Promise<EmbeddedPostgres>;
}

function beginEmbedded(dataDirectory: string, log: Log, undo: (() => Promise<void>)[]): BeginningPostgres {
  const begun = Promise.withResolvers<void>();
  const started = startEmbeddedPostgres({
    dataDirectory,
    log: (message, fields) => log.debug({ event: 'postgres', ...fields }, message),
    onWaiting: begun.resolve,
  });
  // Whoever waits for it is told of a failure; until then nobody may be listening.
  started.catch(() => begun.resolve());
  undo.push(async () => (await started.catch(() => null))?.stop());
  return { begun: begun.promise, started };
}

/** Newest first, all of them even when one fails. */
async function undoAll(undo: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  while (undo.length > 0) {
    try {
      await undo.pop()?.();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Quayside did not stop cleanly');
}

/** Known before listening, since links and cookies depend on the address; 0 becomes a port that is free. */
async function listenablePort(host: string, port: number): Promise<number> {
  const probe = createServer();
  try {
    await new Promise<void>((listening, failed) => {
      probe.once('error', failed);
      probe.listen(port, host, listening);
    });
  } catch (error) {
    throw cannotListen(host, port, errorCode(error));
  }
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  if (address === null || typeof address === 'string') throw new Error('No port was given');
  return address.port;
}

function cannotListen(host: string, port: number, code: string): Problem {
  const [why, advice] = {
    EADDRINUSE: ['another program listens there', 'Stop it, or set QUAYSIDE_PORT to another port.'],
    EACCES: ['this user may not use the port', 'Set QUAYSIDE_PORT to 1024 or above.'],
    EADDRNOTAVAIL: ['this machine does not have that address', 'Set QUAYSIDE_HOST to one that it has.'],
    ENOTFOUND: ['no address is known for that name', 'Set QUAYSIDE_HOST to an address of this machine.'],
  }[code] ?? [code, 'Check QUAYSIDE_HOST and QUAYSIDE_PORT.'];
  return problem('unavailable', 'cannot_listen', `Quayside cannot listen on ${httpUrl(host, port)}: ${why}. ${advice}`);
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
