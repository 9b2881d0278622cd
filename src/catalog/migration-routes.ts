import Type from 'typebox';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { cancelMigration } from './end-migration.ts';
import { listMigrations, migrationById } from './migration-queries.ts';

const tag = 'Migrations';
const MigrationPath = Type.Object({ migration: Type.String({ minLength: 1 }) });
const Filter = Type.Object({
  status: Type.Optional(Type.Array(Type.String())),
  actor: Type.Optional(Type.String()),
  blueprint: Type.Optional(Type.String()),
});
const Cancellation = Type.Object(
  { reason: Type.Optional(Type.String({ maxLength: 1000 })) },
  { additionalProperties: false },
);

/** Long-running changes of many entities. */
export function migrationRoutes({ db }: Core): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/migrations',
      summary: 'List long-running changes of many entities',
      tag,
      access: 'known',
      request: { query: Filter },
      async handle({ actor, query }) {
        return ok({ migrations: await listMigrations(db, actor.orgId, query) });
      },
    }),
    route({
      method: 'GET',
      path: '/v1/migrations/:migration',
      summary: 'Read how a long-running change is doing',
      tag,
      access: 'known',
      request: { params: MigrationPath },
      async handle({ actor, params }) {
        return ok({ migration: await migrationById(db, actor.orgId, params.migration) });
      },
    }),
    route({
      method: 'POST',
      path: '/v1/migrations/:migration/cancel',
      summary: 'Stop a long-running change after its current step',
      tag,
      access: 'known',
      request: { params: MigrationPath, body: Cancellation },
      async handle({ params, body, execute }) {
        const migration = await execute(cancelMigration, { id: params.migration, reason: body.reason ?? null });
        return ok({ migration });
      },
    }),
  ];
}
