import Type from 'typebox';
import { may } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { maskParts } from '#platform/egress/mask-destinations.ts';
import type { Core } from '#platform/core.ts';
import { created, etag, ok, route, type Route } from '#platform/http/route.ts';
import type { JsonObject } from '#platform/json.ts';
import { blueprintEventHead } from './blueprint-events.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import { effectivePermissions } from './blueprint-permissions.ts';
import { type Blueprint, type Blueprints, refuseUnknown } from './blueprint-queries.ts';
import { changeBlueprintPermissions } from './change-blueprint-permissions.ts';
import {
  BlueprintBody,
  BlueprintPatch,
  BlueprintPath,
  BlueprintReplacement,
  DeleteBlueprintQuery,
} from './contract.ts';
import { createBlueprint } from './create-blueprint.ts';
import type { Derivation } from './derived/derive-entities.ts';
import { type BlueprintHook, deleteBlueprint } from './delete-blueprint.ts';
import { structureOf } from './people/structure-rules.ts';
import { isOn } from './read-options.ts';
import { patchBlueprint, replaceBlueprint } from './replace-blueprint.ts';

const one = '/v1/blueprints/:blueprint';
const tag = 'Blueprints';
const Permissions = Type.Object({ entities: Type.Object({}, { additionalProperties: true }) });

export interface BlueprintParts {
  readonly blueprints: Blueprints;
  readonly derivation: Pick<Derivation, 'checkCalculations'>;
  readonly blueprintHooks: readonly BlueprintHook[];
}

export function blueprintRoutes(core: Core, parts: BlueprintParts): readonly Route[] {
  const { blueprints } = parts;
  return [...reads(core, blueprints), structureRoute(), ...writes(parts), ...permissionRoutes(core, blueprints)];
}

function shown({ document, version }: Blueprint): [object, Readonly<Record<string, string>>] {
  return [{ blueprint: document }, etag(version)];
}

/** So that the audit log shows the attempt. */
function refused(...head: Parameters<typeof blueprintEventHead>) {
  return { describeRefusal: () => blueprintEventHead(...head) };
}

/** Where changes are sent is shown without secrets to people who may not change it. */
function documentFor(actor: Actor, document: BlueprintDocument): BlueprintDocument {
  return may(actor, 'blueprint.write') ? document : maskParts(document, ['changelogDestination']);
}

function reads({ db }: Core, blueprints: Blueprints): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/blueprints',
      summary: 'List blueprints',
      tag,
      access: 'known',
      async handle({ actor }) {
        const all = await blueprints.all(db, actor.orgId);
        return ok({ blueprints: all.map(({ document }) => documentFor(actor, document)) });
      },
    }),
    route({
      method: 'GET',
      path: one,
      summary: 'Read a blueprint',
      tag,
      access: 'known',
      request: { params: BlueprintPath },
      async handle({ actor, params }) {
        const { document, version } = await blueprints.get(db, actor.orgId, params.blueprint);
        return ok({ blueprint: documentFor(actor, document) }, etag(version));
      },
    }),
  ];
}

function writes({ blueprints, blueprintHooks, derivation }: BlueprintParts): readonly Route[] {
  const commands = {
    create: createBlueprint(blueprints),
    replace: replaceBlueprint({ blueprints, hooks: blueprintHooks }),
    patch: patchBlueprint({ blueprints, hooks: blueprintHooks }),
    delete: deleteBlueprint(blueprints, blueprintHooks),
  };
  // Expressions compile outside of the transaction, and only for those who may save them.
  const check = async (actor: Actor, body: object) => {
    const given = 'calculationProperties' in body ? body.calculationProperties : null;
    if (may(actor, 'blueprint.write')) await derivation.checkCalculations(given);
  };
  return [
    route({
      method: 'POST',
      path: '/v1/blueprints',
      summary: 'Create a blueprint',
      tag,
      access: 'known',
      request: { body: BlueprintBody },
      statuses: [201],
      async handle({ actor, body, execute }) {
        await check(actor, body);
        return created(...shown(await execute(commands.create, body, refused('created', body.identifier))));
      },
    }),
    route({
      method: 'PUT',
      path: one,
      summary: 'Replace a blueprint',
      tag,
      access: 'known',
      request: { params: BlueprintPath, body: BlueprintReplacement },
      async handle({ actor, params, body, expectedVersion, execute }) {
        await check(actor, body);
        const input = { identifier: params.blueprint, body, expectedVersion };
        return ok(...shown(await execute(commands.replace, input, refused('updated', params.blueprint))));
      },
    }),
    route({
      method: 'PATCH',
      path: one,
      summary: 'Change parts of a blueprint',
      tag,
      access: 'known',
      request: { params: BlueprintPath, body: BlueprintPatch },
      async handle({ actor, params, body, expectedVersion, execute }) {
        await check(actor, body);
        const input = { identifier: params.blueprint, body, expectedVersion };
        return ok(...shown(await execute(commands.patch, input, refused('updated', params.blueprint))));
      },
    }),
    route({
      method: 'DELETE',
      path: one,
      summary: 'Delete a blueprint',
      tag,
      access: 'known',
      request: { params: BlueprintPath, query: DeleteBlueprintQuery },
      async handle({ params, query, expectedVersion, execute }) {
        const deleteActions = isOn(query.delete_actions);
        const input = { identifier: params.blueprint, deleteActions, expectedVersion };
        await execute(commands.delete, input, refused('deleted', params.blueprint));
        return ok({});
      },
    }),
  ];
}

/** What of a system blueprint is the system's: whoever replaces one sends at least this. */
function structureRoute(): Route {
  return route({
    method: 'GET',
    path: '/v1/blueprints/system/:blueprint/structure',
    summary: 'Read the part of a system blueprint that cannot be changed',
    tag,
    access: 'known',
    request: { params: BlueprintPath },
    async handle({ params: { blueprint: identifier } }) {
      const structure = structureOf(identifier) ?? refuseUnknown(identifier);
      return ok({ blueprint: { identifier, ...structure } });
    },
  });
}

function permissionRoutes({ db }: Core, blueprints: Blueprints): readonly Route[] {
  const change = changeBlueprintPermissions(blueprints);
  return [
    route({
      method: 'GET',
      path: `${one}/permissions`,
      summary: 'Read who may do what with the entities of a blueprint',
      tag,
      access: 'known',
      request: { params: BlueprintPath },
      async handle({ actor, params }) {
        const blueprint = await blueprints.get(db, actor.orgId, params.blueprint);
        return ok({ permissions: effectivePermissions(blueprint) });
      },
    }),
    route({
      method: 'PATCH',
      path: `${one}/permissions`,
      summary: 'Change who may do what with the entities of a blueprint',
      tag,
      access: 'known',
      request: { params: BlueprintPath, body: Permissions },
      async handle({ params, body, execute }) {
        const input = { identifier: params.blueprint, body: body as JsonObject };
        return ok({ permissions: await execute(change, input) });
      },
    }),
  ];
}
