import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { type Environment, loadConfig } from '#platform/config/load-config.ts';
import { createLog, type Log } from '#platform/log.ts';
import { serveMetrics } from '#platform/metrics.ts';
import { type Problem, problem } from '#platform/problem.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#platform/postgres/start-embedded-postgres.ts';
import { type App, buildApp, type Config } from './build-app.ts';
import { ensureFirstOrganisation, tellFirstOrganisation } from './first-organisation.ts';
import { loadInstallationKeys } from './installation-keys.ts';
import { startSample } from './sample-wiring.ts';
import { settings } from './settings.ts';
import { version } from './version.ts';

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
  // What is told once must reach somebody also when the start fails after all.
  let untold: string | null = null;
  try {
    const { roles } = options;
    // Looked at first: nothing is begun that could not be finished.
    const port = roles.serve ? await listenablePort(config.host, config.port) : config.port;
    const listenUrl = httpUrl(config.host, port);
    const publicUrl = config.url ?? listenUrl;
    const reachableUrl = httpUrl(reachableHost(config.host), port);
    const sampleStart = startSample({ ...options, config, dataDirectory, listenUrl: reachableUrl, publicUrl, log });
    undo.push(sampleStart.close);
    const keys = await loadInstallationKeys(config.secretKey, dataDirectory);
    const postgres = config.databaseUrl === null ? await embedded(dataDirectory, log, undo) : null;
    const connectionString = config.databaseUrl ?? postgres?.connectionString ?? '';
    const sample = await sampleStart.settle(connectionString);
    const parts = { connectionString, keys, log, roles, version, publicUrl };
    const app = await buildApp({ config, ...parts, ...sample?.appOptions });
    undo.push(async () => app.stop());
    const made = await ensureFirstOrganisation(app, config);
    if (made !== null && !made.credentialsGiven) untold = await tellFirstOrganisation(made, dataDirectory);
    await sample?.complete(app);
    await app.start(config.host, port);
    await startMetrics(app, config, log, undo);
    options.say(`Quayside is ready on ${publicUrl}`);
    if (untold !== null) options.say(untold);
    untold = null;
    if (sample !== null) options.say(sampleHint);
    let stopping = false;
    const databaseLost = new Promise<void>((lost) => {
      void postgres?.exited.then(() => stopping || lost());
    });
    return {
      address: listenUrl,
      app,
      databaseLost,
      async stop() {
        stopping = true;
        await undoAll(undo);
      },
    };
  } catch (error) {
    if (untold !== null) options.say(untold);
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

const sampleHint = `
  A sample workspace is there to try things on, with a Slack and a GitHub of its own on this machine.
  Open Self-service, execute "Send scorecard reminder", then look into Slack in the menu.
  QUAYSIDE_SAMPLE=off starts without it.`;

function httpUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Listening everywhere, the program is found on this machine under the loopback address. */
function reachableHost(host: string): string {
  return { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
}

async function embedded(dataDirectory: string, log: Log, undo: (() => Promise<void>)[]): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({
    dataDirectory,
    log: (message, fields) => log.debug({ event: 'postgres', ...fields }, message),
  });
  undo.push(async () => postgres.stop());
  return postgres;
}

async function startMetrics(app: App, config: Config, log: Log, undo: (() => Promise<void>)[]): Promise<void> {
  if (config.metricsPort === 0) return;
  try {
    const server = await serveMetrics(app.metrics.registry, config.host, config.metricsPort);
    undo.push(async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    });
  } catch (error) {
    // A second installation on one machine is no reason not to start.
    log.warn({ event: 'metrics-off', port: config.metricsPort, err: error });
  }
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
