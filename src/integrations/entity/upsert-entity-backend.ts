import type { EntityParts } from '#catalog/apply-changes.ts';
import type { WriteEntitiesInput } from '#catalog/plan-entities.ts';
import { writeEntity } from '#catalog/write-entities.ts';
import { systemActor } from '#platform/commands/actor.ts';
import type { CommandRunner } from '#platform/commands/command-runner.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { Problem, problem } from '#platform/problem.ts';
import type { DispatchOutcome, DispatchRequest, Invocation, PrepareRequest, RunBackend } from '#runs/backend.ts';

export interface UpsertEntityBackendParts {
  readonly runner: CommandRunner;
  readonly catalog: EntityParts;
}

const mappedKeys = ['identifier', 'title', 'icon', 'team', 'properties', 'relations'] as const;

/** Writes one entity as the action's mapping says; the run ends by itself. */
export function createUpsertEntityBackend(parts: UpsertEntityBackendParts): RunBackend {
  return {
    type: 'UPSERT_ENTITY',
    prepare: async (request) => prepareUpsert(request),
    dispatch: async (request) => dispatchUpsert(parts, request),
  };
}

function prepareUpsert({ method }: PrepareRequest): Invocation {
  const { blueprintIdentifier, mapping } = method;
  if (typeof blueprintIdentifier !== 'string' || blueprintIdentifier === '') {
    throw unusable('blueprintIdentifier', 'must name a blueprint');
  }
  if (!isJsonObject(mapping)) throw unusable('mapping', 'must be an object');
  const known = Object.entries(mapping).filter(([key, value]) => isMapped(key) && value !== undefined);
  const entity = Object.fromEntries(known);
  if (entity['relations'] !== undefined) entity['relations'] = plainRelations(entity['relations']);
  return {
    type: 'UPSERT_ENTITY',
    blueprintIdentifier,
    mapping: { ...entity, identifier: plain(entity['identifier']) },
  };
}

function isMapped(key: string): boolean {
  return mappedKeys.some((known) => known === key);
}

function unusable(field: string, message: string): Error {
  return problem('invalid', 'invalid_evaluated_invocation_method', `The action's ${field} ${message}.`, {
    field: `invocationMethod.${field}`,
  });
}

/** An entity input is an object in templates; where an identifier is meant, it stands for its identifier. */
function plain(value: unknown): unknown {
  return isJsonObject(value) && typeof value['identifier'] === 'string' ? value['identifier'] : value;
}

function plainRelations(relations: unknown): unknown {
  if (!isJsonObject(relations)) return relations;
  const entries = Object.entries(relations).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.map(plain) : plain(value),
  ]);
  return Object.fromEntries(entries) as JsonObject;
}

async function dispatchUpsert(parts: UpsertEntityBackendParts, request: DispatchRequest): Promise<DispatchOutcome> {
  const { run, invocation, earlierCallAt } = request;
  const mapping = invocation['mapping'] as JsonObject;
  if (earlierCallAt !== null && typeof mapping['identifier'] !== 'string') {
    // Without an identifier every attempt would make another entity.
    return {
      outcome: 'unknown',
      log: ['Quayside stopped while it wrote the entity. It may exist; it is not written again.'],
    };
  }
  const blueprint = String(invocation['blueprintIdentifier']);
  const input = {
    blueprint,
    entities: [mapping],
    ifExists: 'merge',
    ifMissing: 'create',
    validateOnly: false,
    createMissingRelated: false,
    runId: run.id,
    datasource: `quayside/action/${run.action}`,
    expectedVersion: null,
  } as WriteEntitiesInput;
  const caller = { actor: systemActor(run.org_id, `action ${run.action}`), origin: 'SYSTEM', requestId: null } as const;
  try {
    const written = await parts.runner.execute(caller, writeEntity(parts.catalog), input);
    const verb = written.created ? 'Created' : 'Updated';
    return { outcome: 'ended', status: 'SUCCESS', log: [`${verb} ${written.identifier} of ${blueprint}.`] };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { outcome: 'ended', status: 'FAILURE', statusLabel: 'Entity refused', log: [error.message] };
  }
}
