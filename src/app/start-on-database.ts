import type { Log } from '#platform/log.ts';
import { serveMetrics } from '#platform/metrics.ts';
import { type App, buildApp, type Config } from './build-app.ts';
import { ensureFirstOrganisation, tellFirstOrganisation } from './first-organisation.ts';
import { loadInstallationKeys } from './installation-keys.ts';
import { startSample } from './sample-wiring.ts';
import type { StartOptions } from './start.ts';
import { version } from './version.ts';

export interface DatabaseStart extends StartOptions {
  readonly config: Config;
  readonly log: Log;
  readonly dataDirectory: string;
  readonly port: number;
  /** Where the program listens, where it is found on this machine, and where people reach it. */
  readonly listenUrl: string;
  readonly reachableUrl: string;
  readonly publicUrl: string;
}

/**
 * The part of a start that is most of the program. It is apart from `start.ts` so that a database of our own can come
 * up while this is loaded.
 *
 * @param connect answers where the database is, once it is up
 * @param undo is given what to undo when the program stops or its start fails
 */
export async function startOnDatabase(
  start: DatabaseStart,
  connect: () => Promise<string>,
  undo: (() => Promise<void>)[],
): Promise<App> {
  const { config, dataDirectory, reachableUrl, publicUrl, log, roles, say } = start;
  // What is told once must reach somebody also when the start fails after all.
  let untold: string | null = null;
  try {
    const sampleStart = startSample({ roles, config, dataDirectory, listenUrl: reachableUrl, publicUrl, log });
    undo.push(sampleStart.close);
    const keys = await loadInstallationKeys(config.secretKey, dataDirectory);
    const connectionString = await connect();
    const sample = await sampleStart.settle(connectionString);
    const parts = { connectionString, keys, log, roles, version, publicUrl };
    const app = await buildApp({ config, ...parts, ...sample?.appOptions });
    undo.push(async () => app.stop());
    const made = await ensureFirstOrganisation(app, config);
    if (made !== null && !made.credentialsGiven) untold = await tellFirstOrganisation(made, dataDirectory);
    await sample?.complete(app);
    await app.start(config.host, start.port);
    await startMetrics(app, config, log, undo);
    say(`Quayside is ready on ${publicUrl}`);
    if (untold !== null) say(untold);
    untold = null;
    if (sample !== null) say(sampleHint);
    return app;
  } catch (error) {
    if (untold !== null) say(untold);
    throw error;
  }
}

const sampleHint = `
  A sample workspace is there to try things on, with a Slack and a GitHub of its own on this machine.
  Open Self-service, execute "Send scorecard reminder", then look into Slack in the menu.
  QUAYSIDE_SAMPLE=off starts without it.`;

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
