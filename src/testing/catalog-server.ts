import { sql } from 'kysely';
import { expect } from 'vitest';
import { type CatalogOptions, catalogModule } from '#catalog/module.ts';
import type { Module } from '#platform/module.ts';
import { testCatalogParts } from './catalog-parts.ts';
import { type Answer, type ModuleServer, serveModules } from './module-server.ts';
import { createSettling } from './settle-modules.ts';

export interface LoggedRow {
  readonly kind: string;
  readonly subject: string;
  readonly status: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly changed: unknown;
}

/** The catalog alone behind HTTP. */
export interface CatalogServer extends ModuleServer {
  /** Makes a blueprint, its identifier unique unless given. */
  blueprint(definition?: object): Promise<string>;
  /** Writes an entity and expects that to work. */
  entity(blueprint: string, entity: object, query?: string): Promise<Readonly<Record<string, unknown>>>;
  /** Makes teams that can own entities. */
  teams(...names: readonly string[]): Promise<void>;
  read(blueprint: string, identifier: string): Promise<Readonly<Record<string, unknown>>>;
  /** Does what readers and jobs of the catalog have to do. */
  settle(): Promise<void>;
  /** Runs the chores once. */
  passTime(): Promise<void>;
  events(): Promise<readonly LoggedRow[]>;
  /** The events that `work` caused. */
  eventsOf(work: () => Promise<unknown>): Promise<readonly LoggedRow[]>;
}

export async function serveCatalog(options: Partial<CatalogOptions> = {}): Promise<CatalogServer> {
  let modules: readonly Module[] = [];
  const server = await serveModules((core) => (modules = [catalogModule(core, testCatalogParts(core, options))]));
  const settle = createSettling(server.core, server.orgId, () => modules);
  let made = 0;
  const events = async (): Promise<readonly LoggedRow[]> => {
    const found = await sql<LoggedRow>`
      select kind, subject, status, context, after, changed from event order by org_id, number`.execute(server.core.db);
    return found.rows;
  };
  const shown = (answer: Answer): Readonly<Record<string, unknown>> => {
    expect(answer.body).toMatchObject({ ok: true });
    return answer.body['entity'] as Readonly<Record<string, unknown>>;
  };
  return {
    ...server,
    async blueprint(definition = {}) {
      made += 1;
      const sent = {
        identifier: `kind${made}`,
        title: 'Kind',
        schema: { properties: {}, required: [] },
        ...definition,
      };
      const answer = await server.ask('POST', '/v1/blueprints', sent);
      expect(answer.body).toMatchObject({ ok: true });
      return sent.identifier;
    },
    async entity(blueprint, entity, query = '') {
      return shown(await server.ask('POST', `/v1/blueprints/${blueprint}/entities${query}`, entity));
    },
    async teams(...names) {
      for (const name of names) {
        await sql`insert into team (org_id, name, id, created_at, updated_at)
          values (${server.orgId}, ${name}, ${name}, now(), now())`.execute(server.core.db);
      }
    },
    async read(blueprint, identifier) {
      return shown(await server.ask('GET', `/v1/blueprints/${blueprint}/entities/${encodeURIComponent(identifier)}`));
    },
    settle,
    async passTime() {
      for (const chore of modules.flatMap((module) => module.chores ?? [])) await chore.run();
    },
    events,
    async eventsOf(work) {
      const before = (await events()).length;
      await work();
      return (await events()).slice(before);
    },
  };
}
