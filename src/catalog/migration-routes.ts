import Type from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import type { EntityParts } from './apply-changes.ts';
import { cancelMigration } from './end-migration.ts';
import { expressionsOf, type Mapping, MigrationBody } from './mapping-rules.ts';
import { startMigration } from './migrate-entities.ts';
import { problem } from '#platform/problem.ts';
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
export function migrationRoutes(core: Core, parts: EntityParts): readonly Route[] {
  return [creation(core, parts), ...running(core)];
}

function creation({ db }: Core, parts: EntityParts): Route {
  const start = startMigration(parts);
  return route({
    method: 'POST',
    path: '/v1/migrations',
    summary: 'Write entities of one blueprint as entities of another, by a mapping in jq',
    tag,
    access: 'known',
    request: { body: MigrationBody },
    async handle({ actor, body, execute }) {
      // Before anything is compiled.
      authorize(actor, 'blueprint.write', { blueprint: body.sourceBlueprint });
      await checkExpressions(parts.derivation.jq, body.mapping);
      const id = await execute(start, body);
      return ok({ migration: await migrationById(db, actor.orgId, id) });
    },
  });
}

/** Refuses a mapping with an expression that does not compile, all of them told. */
async function checkExpressions(jq: EntityParts['derivation']['jq'], mapping: Mapping): Promise<void> {
  const errors: { path: string; message: string }[] = [];
  for (const [path, expression] of expressionsOf(mapping)) {
    const verdict = await jq.check(expression);
    if (!verdict.ok) errors.push({ path, message: verdict.message });
  }
  const [first] = errors;
  if (first === undefined) return;
  throw problem('invalid', 'invalid_request', `"${first.path}" is not valid jq: ${first.message}`, { errors });
}

function running({ db }: Core): readonly Route[] {
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
