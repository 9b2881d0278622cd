import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { createChoreRunner } from '#platform/chore-runner.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { createCommandRunner } from '#platform/commands/command-runner.ts';
import type { Follower } from '#platform/commands/follower.ts';
import { deleteOldAnswers } from '#platform/commands/idempotency.ts';
import type { Values } from '#platform/config/load-config.ts';
import type { Core } from '#platform/core.ts';
import { createSecretBox, masterKey } from '#platform/crypto/secret-box.ts';
import { analyzeGrowth } from '#platform/db/analyze-growth.ts';
import { type Database, openDatabase } from '#platform/db/open-database.ts';
import { migrate } from '#platform/db/migrate.ts';
import { maintainEventPartitions } from '#platform/events/event-partitions.ts';
import { createReaderRunner, readerLag } from '#platform/events/reader-runner.ts';
import { describeApi, serveApiReference } from '#platform/http/api-description.ts';
import { addRoutes, createHttpServer } from '#platform/http/server.ts';
import { serveWebFiles } from '#platform/http/web-files.ts';
import { createJobRunner } from '#platform/jobs/job-runner.ts';
import type { Log } from '#platform/log.ts';
import { createMetrics, type Metrics } from '#platform/metrics.ts';
import type { Module } from '#platform/module.ts';
import type { SampleSlack } from '#sample/sample-slack.ts';
import { deadJobRoutes } from './dead-job-routes.ts';
import { healthRoutes } from './health-routes.ts';
import type { InstallationKeys } from './installation-keys.ts';
import { buildModules, type Modules, type Queue } from './modules.ts';
import type { settings } from './settings.ts';

export type Config = Values<typeof settings>;

export interface AppOptions {
  readonly config: Config;
  readonly connectionString: string;
  readonly keys: InstallationKeys;
  readonly log: Log;
  readonly clock?: Clock;
  /** `serve` answers requests, `work` runs readers, jobs and chores; usually both. */
  readonly roles: { readonly serve: boolean; readonly work: boolean };
  readonly version: string;
  /** The address people reach it at, when known before listening; links carry it. */
  readonly publicUrl: string;
  /** Private addresses that the composition root itself opened: the local emulators. */
  readonly emulatorAddresses?: readonly string[];
  /** A look into the local Slack, when there is one. */
  readonly sampleSlack?: SampleSlack | null;
}

export interface App {
  readonly core: Core;
  readonly modules: Modules;
  readonly http: FastifyInstance;
  readonly metrics: Metrics;
  readonly database: Database;
  /** Begins to listen (`serve`) and to work (`work`); returns the address listened on. */
  start(host: string, port: number): Promise<string>;
  /** Until nothing is left to do: all readers at the end of the log, no job due. For tests. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

const migrationsDirectory = fileURLToPath(new URL('../../migrations', import.meta.url));
const webDirectory = fileURLToPath(new URL('../../web/dist', import.meta.url));
const partitionCheckSeconds = 3_600;
const idleCheckMs = 50;
const requestPatienceMs = 10_000;
const settleRounds = 1_000;

/** Builds the whole program from its settings. Nothing is global: two apps may live in one process. */
export async function buildApp(options: AppOptions): Promise<App> {
  const database = openDatabase({ connectionString: options.connectionString, applicationName: 'quayside' });
  const opened: (() => Promise<void>)[] = [async () => database.close()];
  try {
    return await assemble(options, database, opened);
  } catch (error) {
    for (const close of opened.toReversed()) {
      await close().catch((failure: unknown) => options.log.error({ event: 'undo-failed', err: failure }));
    }
    throw error;
  }
}

/** Adds to `opened` how to close what it opens, for when it does not come to its end. */
async function assemble(options: AppOptions, database: Database, opened: (() => Promise<void>)[]): Promise<App> {
  const { config, log, roles } = options;
  const clock = options.clock ?? systemClock;
  await migrate(database.pool, migrationsDirectory, (message, fields) =>
    log.info({ event: 'migrate', ...fields }, message),
  );
  const db = database.kysely;
  await maintainEventPartitions(db, clock.now(), config.eventRetentionDays);

  let followers: readonly Follower[] = [];
  let wakeReaders: (orgId: string) => void = () => undefined;
  const runner = createCommandRunner({
    db,
    clock,
    answers: createSecretBox({ current: masterKey(options.keys.secrets) }),
    onCommitted: (orgId) => wakeReaders(orgId),
    followers: () => followers,
  });
  const core: Core = { db, runner, clock, log, publicUrl: options.publicUrl };
  // The queue needs the modules' handlers and the modules enqueue: they meet here.
  const queue: Queue = {
    enqueue: async (tx, name, work) => jobs.enqueue(tx, name, work),
    enqueueNow: async (name, work) => jobs.enqueueNow(name, work),
    wake: (name) => jobs.wake([name]),
  };
  const modules = buildModules(core, options, queue);
  opened.push(async () => modules.close());
  const all = modules.list;
  followers = all.flatMap((module) => module.followers ?? []);
  const readers = all.flatMap((module) => module.readers ?? []);
  const metrics = createMetrics(async () => readerLag(db, readers));
  const jobs = createJobRunner({
    connectionString: options.connectionString,
    log,
    handlers: all.flatMap((module) => module.jobs ?? []),
    observe: metrics.observeJob,
  });
  opened.push(async () => jobs.stop());
  await jobs.prepare();
  const readerRunner = createReaderRunner({ db, clock, log, readers, enqueue: jobs.enqueue, onEnqueued: jobs.wake });
  wakeReaders = (orgId) => {
    readerRunner.wake();
    modules.onCommitted(orgId);
  };
  const chores = createChoreRunner(allChores(all, core, config), log);

  let ready = false;
  const http = await buildHttp({ options, core, modules, metrics, isReady: () => ready });

  return {
    core,
    modules,
    http,
    metrics,
    database,
    async start(host, port) {
      if (roles.work) {
        jobs.start();
        readerRunner.start();
        chores.start();
      }
      const address = roles.serve ? await http.listen({ host, port }) : '';
      ready = true;
      return address;
    },
    async settle() {
      for (let round = 0; round < settleRounds; round += 1) {
        await readerRunner.drain();
        if ((await jobs.drain()) === 0) return;
      }
      throw new Error(`Work did not come to an end in ${settleRounds} rounds`);
    },
    async stop() {
      ready = false;
      await closeHttp(http);
      await readerRunner.stop();
      await chores.stop();
      await jobs.stop();
      await modules.close();
      await database.close();
    },
  };
}

/** Ends when the last request has its answer. Connections that fall idle meanwhile are closed rather than waited for. */
async function closeHttp(http: FastifyInstance): Promise<void> {
  const idle = setInterval(() => http.server.closeIdleConnections(), idleCheckMs);
  const patience = setTimeout(() => http.server.closeAllConnections(), requestPatienceMs);
  try {
    await http.close();
  } finally {
    clearInterval(idle);
    clearTimeout(patience);
  }
}

interface HttpParts {
  readonly options: AppOptions;
  readonly core: Core;
  readonly modules: Modules;
  readonly metrics: Metrics;
  readonly isReady: () => boolean;
}

async function buildHttp({ options, core, modules, metrics, isReady }: HttpParts): Promise<FastifyInstance> {
  const readers = modules.list.flatMap((module) => module.readers ?? []);
  const serverOptions = {
    routes: [
      ...healthRoutes(core.db, readers, isReady),
      ...deadJobRoutes(core.db),
      ...modules.list.flatMap((module) => module.routes ?? []),
    ],
    log: core.log,
    runner: core.runner,
    authenticate: modules.authenticate,
    trustProxy: options.config.trustProxy,
    observe: metrics.observeRequest,
  };
  const http = await createHttpServer(serverOptions);
  await describeApi(http, options.version);
  await http.register(async (scope) => addRoutes(scope, serverOptions));
  await serveApiReference(http);
  await serveWebFiles(http, webDirectory);
  await http.ready();
  modules.attachHttp(http);
  return http;
}

function allChores(modules: readonly Module[], core: Core, config: Config): NonNullable<Module['chores']> {
  return [
    ...modules.flatMap((module) => module.chores ?? []),
    {
      name: 'event-partitions',
      everySeconds: partitionCheckSeconds,
      run: async () => maintainEventPartitions(core.db, core.clock.now(), config.eventRetentionDays),
    },
    { name: 'grown-tables', everySeconds: 2, run: async () => void (await analyzeGrowth(core.db)) },
    {
      name: 'old-idempotency-keys',
      everySeconds: partitionCheckSeconds,
      run: async () => deleteOldAnswers(core.db, core.clock.now()),
    },
  ];
}
