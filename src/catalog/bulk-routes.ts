import { errorReply } from '#platform/http/error-reply.ts';
import { ok, type Reply, route, type Route } from '#platform/http/route.ts';
import { Problem } from '#platform/problem.ts';
import type { EntityParts } from './apply-changes.ts';
import { BlueprintPath, BulkBody, BulkDeleteBody, DeleteAllQuery, DeleteQuery, WriteQuery } from './contract.ts';
import { deleteAll, startDeletion } from './delete-all-entities.ts';
import type { BlueprintHook } from './delete-blueprint.ts';
import { deleteEntities } from './delete-entities.ts';
import { entitiesPath, entitiesTag as tag, givenRun, modeOf, writeOptions } from './entity-routes.ts';
import type { FailedEntity } from './plan-entities.ts';
import { isOn } from './read-options.ts';
import { writeEntities, type WriteEntitiesResult } from './write-entities.ts';

export function bulkRoutes(
  parts: EntityParts & { readonly blueprintHooks: readonly BlueprintHook[] },
): readonly Route[] {
  return [bulkWrite(parts), ...bulkDeletes(parts), allEntities(parts)];
}

function bulkWrite(parts: EntityParts): Route {
  const command = writeEntities(parts);
  return route({
    method: 'POST',
    path: `${entitiesPath}/bulk`,
    summary: 'Create or upsert up to 20 entities; each is judged by itself',
    tag,
    access: 'known',
    request: { params: BlueprintPath, query: WriteQuery, body: BulkBody },
    statuses: [207],
    async handle(request) {
      const result = await request.execute(command, {
        blueprint: request.params.blueprint,
        entities: request.body.entities,
        ifExists: modeOf(request.query),
        ifMissing: 'create',
        expectedVersion: null,
        nullTexts: 'refuse',
        ...writeOptions(request),
      });
      return bulkReply(result);
    },
  });
}

function bulkReply({ entities, errors }: WriteEntitiesResult): Reply {
  const body = {
    ok: true,
    entities: entities.map(({ index, identifier, created, additionalData = {} }) => ({
      index,
      identifier,
      created,
      additionalData,
    })),
    errors: errors.map(bulkError),
  };
  return { status: errors.length === 0 ? 200 : 207, body };
}

function bulkError({ index, identifier, kind, code, message, details }: FailedEntity): object {
  const { status } = errorReply(new Problem(kind, code, message), '');
  return { index, identifier, statusCode: status, error: code, message, details };
}

/** The second path is the older form of the first. */
function bulkDeletes(parts: EntityParts): readonly Route[] {
  const command = deleteEntities(parts);
  const forms = [
    ['POST', '/v1/blueprints/:blueprint/bulk/entities/delete'],
    ['DELETE', '/v1/blueprints/:blueprint/bulk/entities'],
  ] as const;
  return forms.map(([method, path]) =>
    route({
      method,
      path,
      summary: 'Delete up to 100 entities, all of them or none',
      tag,
      access: 'known',
      request: { params: BlueprintPath, query: DeleteQuery, body: BulkDeleteBody },
      async handle({ params, query, body, execute }) {
        const deletedEntities = await execute(command, {
          blueprint: params.blueprint,
          identifiers: body.entities,
          dependents: isOn(query.delete_dependents) ? 'delete' : 'refuse',
          ifMissing: 'skip',
          runId: givenRun(query),
          expectedVersion: null,
        });
        return ok({ deletedEntities });
      },
    }),
  );
}

function allEntities(parts: EntityParts & { readonly blueprintHooks: readonly BlueprintHook[] }): Route {
  const start = startDeletion(parts);
  return route({
    method: 'DELETE',
    path: '/v1/blueprints/:blueprint/all-entities',
    summary: 'Delete all entities of a blueprint, and the blueprint with delete_blueprint=true',
    tag,
    access: 'known',
    request: { params: BlueprintPath, query: DeleteAllQuery },
    async handle({ params: { blueprint }, query, execute }) {
      const work = { blueprint, deleteBlueprint: isOn(query.delete_blueprint), runId: givenRun(query) };
      const migration = await execute(start, work);
      await deleteAll(execute, parts, { ...work, migration });
      return ok({ migrationId: migration });
    },
  });
}
