import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { mainCredentials } from '#access/credential-store.ts';
import { peopleOf } from '#access/people-queries.ts';
import { isAdministrator } from '#access/person.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { systemClock } from '#platform/clock.ts';
import type { Db } from '#platform/db/handles.ts';
import { openDatabase } from '#platform/db/open-database.ts';
import type { Log } from '#platform/log.ts';
import type { SampleServers } from '#sample/servers/start-sample-servers.ts';
import type { App, AppOptions, Config } from './build-app.ts';
import { organisationIds } from './first-organisation.ts';

export interface SampleOptions {
  readonly config: Config;
  readonly roles: { readonly serve: boolean; readonly work: boolean };
  readonly dataDirectory: string;
  /** Where the program listens on this machine, and where people reach it. */
  readonly listenUrl: string;
  readonly publicUrl: string;
  readonly log: Log;
}

export interface Sample {
  /** What `buildApp` is given on account of the sample. */
  readonly appOptions: Pick<AppOptions, 'config' | 'emulatorAddresses' | 'sampleSlack'>;
  /** Fills an empty workspace and connects its servers; before the app starts to work. */
  complete(app: App): Promise<void>;
}

export interface SampleStart {
  /** Once the database answers: the sample, or null when this workspace has none. */
  settle(connectionString: string): Promise<Sample | null>;
  close(): Promise<void>;
}

/**
 * Begins with the sample's servers while the database still starts, when they will be needed for all one can see.
 * `serve` and `work` apart are for installations of several processes, which are not the place for a sample.
 */
export function startSample(options: SampleOptions): SampleStart {
  const { config, roles, dataDirectory } = options;
  const isWanted = config.sample !== 'off' && (config.sample === 'on' || config.databaseUrl === null);
  if (!isWanted || !roles.serve || !roles.work) return { settle: async () => null, close: async () => undefined };

  let servers: Promise<SampleServers> | null = null;
  const startServers = async (): Promise<SampleServers> => {
    servers ??= openServers(options);
    return servers;
  };
  const close = async (): Promise<void> => (await servers?.catch(() => null))?.close();
  if (isLikely(dataDirectory)) startServers().catch(() => undefined);
  return {
    close,
    async settle(connectionString) {
      const state = await workspaceState(connectionString);
      if (state === 'own') {
        await close();
        servers = null;
        return null;
      }
      const started = await startServers();
      return {
        appOptions: {
          config: { ...config, ...started.settings },
          emulatorAddresses: started.authorities,
          sampleSlack: started.slack,
        },
        complete: async (app) => complete(app, started, state),
      };
    },
  };
}

/** Loaded when needed: the emulators cost memory that an installation without the sample need not have. */
async function openServers({ config, ...options }: SampleOptions): Promise<SampleServers> {
  const { startSampleServers } = await import('#sample/servers/start-sample-servers.ts');
  return startSampleServers({
    ...options,
    quaysideUrl: options.listenUrl,
    real: {
      slack: config.slackBotToken !== null || config.slackWebhookUrl !== null,
      slackWebhookUrl: config.slackWebhookUrl,
      github: config.githubToken !== null,
    },
    clock: systemClock,
  });
}

function isLikely(dataDirectory: string): boolean {
  return existsSync(join(dataDirectory, 'emulators.json')) || !existsSync(join(dataDirectory, 'postgres'));
}

type WorkspaceState = 'empty' | 'sample' | 'own';

async function workspaceState(connectionString: string): Promise<WorkspaceState> {
  const database = openDatabase({ connectionString, applicationName: 'quayside start' });
  try {
    return await stateIn(database.kysely);
  } finally {
    await database.close();
  }
}

async function stateIn(db: Db): Promise<WorkspaceState> {
  const migrated = await sql<{ yes: boolean }>`
    select to_regclass('organisation') is not null and to_regclass('blueprint') is not null as yes`.execute(db);
  if (migrated.rows[0]?.yes !== true) return 'empty';
  const found = await sql<{ sample: boolean; used: boolean }>`
    select coalesce((settings ->> 'sample')::boolean, false) as sample, exists (select from blueprint where not starts_with(identifier, '_')) as used
    from organisation order by created_at limit 1`.execute(db);
  const workspace = found.rows[0];
  if (workspace === undefined || (!workspace.sample && !workspace.used)) return 'empty';
  return workspace.sample ? 'sample' : 'own';
}

async function complete(app: App, servers: SampleServers, state: WorkspaceState): Promise<void> {
  const { core, modules } = app;
  const [orgId] = await organisationIds(core.db);
  if (orgId === undefined) throw new Error('There is no organisation to put the sample into');
  await servers.connect(await mainCredentials(core.db, modules.secrets, orgId));
  const { changelogUrl, backendUrl } = servers;
  const caller = { actor: systemActor(orgId, 'sample'), origin: 'SYSTEM', requestId: null } as const;
  if (state === 'sample') {
    const { moveSampleAddresses } = await import('#sample/workspace/move-sample-addresses.ts');
    const move = moveSampleAddresses(modules.entityParts.blueprints);
    await core.runner.execute(caller, move, { changelogUrl, backendUrl });
    return;
  }
  const { createSampleWorkspace } = await import('#sample/workspace/create-sample-workspace.ts');
  const administrator = (await peopleOf(core.db, orgId)).find((person) => isAdministrator(person.roles));
  await core.runner.execute(caller, createSampleWorkspace(modules.entityParts), {
    administratorEmail: administrator?.email ?? '',
    changelogUrl,
    backendUrl,
  });
}
