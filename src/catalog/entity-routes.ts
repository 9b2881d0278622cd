import type { Core } from '#platform/core.ts';
import { created, etag, ok, route, type Route } from '#platform/http/route.ts';
import type { EntityParts } from './apply-changes.ts';
import { BlueprintPath, DeleteQuery, EntityBody, EntityPatch, EntityPath, WriteQuery } from './contract.ts';
import { deleteEntities } from './delete-entities.ts';
import { entityEventHead } from './entity-events.ts';
import { resolveIdentifier } from './list-entities.ts';
import type { WriteEntitiesInput } from './plan-entities.ts';
import { isOn } from './read-options.ts';
import { writeEntity, type WrittenEntity } from './write-entities.ts';

export const entitiesPath = '/v1/blueprints/:blueprint/entities';
export const entitiesTag = 'Entities';
const one = `${entitiesPath}/:entity`;
const tag = entitiesTag;

export function entityRoutes(core: Core, parts: EntityParts): readonly Route[] {
  return [...creation(parts), ...changes(core, parts), deletion(core, parts)];
}

interface WriteParameters {
  readonly upsert?: string;
  readonly merge?: string;
  readonly validation_only?: string;
  readonly create_missing_related_entities?: string;
  readonly run_id?: string;
}

/** Terraform sends an empty run id. */
export function givenRun(query: { readonly run_id?: string }): string | null {
  return query.run_id === undefined || query.run_id === '' ? null : query.run_id;
}

/** What all writes of entities take from a request. */
export function writeOptions(request: {
  readonly query: WriteParameters;
  readonly userAgent: string;
  readonly origin: string;
}): Pick<WriteEntitiesInput, 'validateOnly' | 'createMissingRelated' | 'runId' | 'datasource'> {
  const { query, userAgent, origin } = request;
  return {
    validateOnly: isOn(query.validation_only),
    createMissingRelated: isOn(query.create_missing_related_entities),
    runId: givenRun(query),
    datasource: origin === 'UI' ? 'Quayside' : userAgent.slice(0, 500),
  };
}

export function modeOf(query: WriteParameters): WriteEntitiesInput['ifExists'] {
  if (!isOn(query.upsert)) return 'refuse';
  return isOn(query.merge) ? 'merge' : 'replace';
}

function describeRefusal(input: WriteEntitiesInput): ReturnType<typeof entityEventHead> {
  const given = input.identifier ?? input.entities[0]?.identifier;
  const identifier = typeof given === 'string' ? given : 'unknown';
  const verb = input.ifMissing === 'create' ? 'created' : 'updated';
  return entityEventHead(verb, { blueprint: input.blueprint, identifier }, input.runId);
}

function shown(written: WrittenEntity): [object, Readonly<Record<string, string>>] {
  const { entity, additionalData } = written;
  return [additionalData === undefined ? { entity } : { entity, additionalData }, etag(written.version)];
}

function creation(parts: EntityParts): readonly Route[] {
  const command = writeEntity(parts);
  return [
    route({
      method: 'POST',
      path: entitiesPath,
      summary: 'Create an entity, or with upsert=true replace it or (merge=true) change parts of it',
      tag,
      access: 'known',
      request: { params: BlueprintPath, query: WriteQuery, body: EntityBody },
      statuses: [201],
      async handle(request) {
        const input: WriteEntitiesInput = {
          blueprint: request.params.blueprint,
          entities: [request.body],
          ifExists: modeOf(request.query),
          ifMissing: 'create',
          expectedVersion: request.expectedVersion,
          ...writeOptions(request),
        };
        const written = await request.execute(command, input, refusals(input));
        return written.created ? created(...shown(written)) : ok(...shown(written));
      },
    }),
  ];
}

/** A dry run is not an attempt. */
function refusals(input: WriteEntitiesInput): { describeRefusal?: typeof describeRefusal } {
  return input.validateOnly ? {} : { describeRefusal };
}

function changes({ db }: Core, parts: EntityParts): readonly Route[] {
  const command = writeEntity(parts);
  return (['PUT', 'PATCH'] as const).map((method) =>
    route({
      method,
      path: one,
      summary: method === 'PUT' ? 'Replace an entity' : 'Change parts of an entity',
      tag,
      access: 'known',
      request: { params: EntityPath, query: WriteQuery, body: method === 'PUT' ? EntityBody : EntityPatch },
      async handle(request) {
        const { blueprint, entity } = request.params;
        const input: WriteEntitiesInput = {
          blueprint,
          identifier: await resolveIdentifier(db, request.actor.orgId, blueprint, entity),
          entities: [request.body],
          ifExists: method === 'PUT' ? 'replace' : 'merge',
          ifMissing: 'refuse',
          expectedVersion: request.expectedVersion,
          ...writeOptions(request),
        };
        return ok(...shown(await request.execute(command, input, refusals(input))));
      },
    }),
  );
}

function deletion({ db }: Core, parts: EntityParts): Route {
  const command = deleteEntities(parts);
  return route({
    method: 'DELETE',
    path: one,
    summary: 'Delete an entity',
    tag,
    access: 'known',
    request: { params: EntityPath, query: DeleteQuery },
    async handle({ actor, params, query, expectedVersion, execute }) {
      const identifier = await resolveIdentifier(db, actor.orgId, params.blueprint, params.entity);
      const runId = givenRun(query);
      const input = {
        blueprint: params.blueprint,
        identifiers: [identifier],
        dependents: isOn(query.delete_dependents) ? ('delete' as const) : ('refuse' as const),
        ifMissing: 'refuse' as const,
        runId,
        expectedVersion,
      };
      await execute(command, input, {
        describeRefusal: () => entityEventHead('deleted', { blueprint: params.blueprint, identifier }, runId),
      });
      return ok({});
    },
  });
}
