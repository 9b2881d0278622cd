import { sql } from 'kysely';
import { pino } from 'pino';
import { type Clock, settableClock } from '#platform/clock.ts';
import type { Actor, UserActor } from '#platform/commands/actor.ts';
import { createCommandRunner } from '#platform/commands/command-runner.ts';
import type { Core } from '#platform/core.ts';
import type { Method } from '#platform/http/route.ts';
import { addRoutes, createHttpServer } from '#platform/http/server.ts';
import type { Module } from '#platform/module.ts';
import { createTestDatabase } from './test-database.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>> & { readonly ok: boolean; readonly message: string };
}

export interface Ask {
  readonly as?: Actor;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Some modules behind real HTTP on a database of their own, with callers that need no credentials. */
export interface ModuleServer {
  readonly core: Core;
  readonly clock: ReturnType<typeof settableClock>;
  readonly orgId: string;
  readonly baseUrl: string;
  ask(method: Method, path: string, body?: unknown, options?: Ask): Promise<Answer>;
  addOrganisation(orgId: string): Promise<void>;
  close(): Promise<void>;
}

const unsealedAnswers = { seal: (text: string) => text, open: (text: string) => text };

export const testOrgId = 'org_test';

export function testPerson(name: string, roles: readonly string[], teams: readonly string[] = []): UserActor {
  const email = `${name}@example.com`;
  return { kind: 'user', orgId: testOrgId, id: `user_${name}`, email, firstName: name, lastName: '', roles, teams };
}

const machine: Actor = { kind: 'credential', orgId: testOrgId, id: 'test-client', name: 'Tests' };

export async function serveModules(build: (core: Core) => readonly Module[]): Promise<ModuleServer> {
  const { database, drop } = await createTestDatabase();
  const db = database.kysely;
  const clock = settableClock(new Date('2026-05-04T10:00:00.000Z'));
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  let modules: readonly Module[] = [];
  const runner = createCommandRunner({
    db,
    clock: clock as Clock,
    answers: unsealedAnswers,
    onCommitted: () => undefined,
    followers: () => modules.flatMap((module) => module.followers ?? []),
  });
  const core: Core = { db, runner, clock, log, publicUrl: 'http://localhost' };
  modules = build(core);
  const options = {
    routes: modules.flatMap((module) => module.routes ?? []),
    log,
    runner,
    trustProxy: [],
    authenticate: async ({ authorization }: { authorization: string | undefined }) =>
      ({ actor: JSON.parse(authorization ?? 'null') as Actor, origin: 'API' }) as const,
  };
  const app = await createHttpServer(options);
  addRoutes(app, options);
  const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 });
  const addOrganisation = async (orgId: string): Promise<void> => {
    await sql`insert into organisation (id, name, created_at) values (${orgId}, ${orgId}, ${clock.now()})`.execute(db);
    await sql`insert into event_counter (org_id) values (${orgId})`.execute(db);
  };
  await addOrganisation(testOrgId);
  return {
    core,
    clock,
    orgId: testOrgId,
    baseUrl,
    addOrganisation,
    async ask(method, path, body, { as = machine, headers = {} } = {}) {
      const response = await fetch(`${baseUrl}${path}`, {
        method,
        headers: {
          authorization: JSON.stringify(as),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
    },
    async close() {
      await app.close();
      await drop();
    },
  };
}
