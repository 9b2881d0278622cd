import { queryOptions } from '@tanstack/react-query';
import { get, patch, path, post } from '../../api/client.ts';
import type { Blueprint, Entity } from '../../api/wire.ts';
import { changeBody, creationBody, type EntityDraft } from './entity-draft.ts';

/** An entity and the version of it that was read. */
export interface StoredEntity {
  readonly entity: Entity;
  readonly version: string;
}

const addressOf = (blueprint: string, ...identifier: readonly string[]): string =>
  path('/v1/blueprints', blueprint, 'entities', ...identifier);

/** Without what is computed: a new mirror is nobody's edit. */
export const readStored = async (blueprint: string, identifier: string, signal?: AbortSignal): Promise<StoredEntity> =>
  get<StoredEntity>(addressOf(blueprint, identifier), {
    query: { exclude_calculated_properties: true },
    ...(signal === undefined ? {} : { signal }),
  });

/** Read anew for every form, whatever other pages remember. */
export const storedEntityQuery = (blueprint: string, identifier: string) =>
  queryOptions({
    queryKey: ['entity-form', blueprint, identifier],
    queryFn: async ({ signal }) => readStored(blueprint, identifier, signal),
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

export const createEntity = async (blueprint: Blueprint, draft: EntityDraft, key: string): Promise<Entity> =>
  (
    await post<{ entity: Entity }>(addressOf(blueprint.identifier), creationBody(draft, blueprint), {
      idempotencyKey: key,
    })
  ).entity;

export const changeEntity = async (
  blueprint: Blueprint,
  before: EntityDraft,
  after: EntityDraft,
  version: string,
): Promise<Entity> =>
  (
    await patch<{ entity: Entity }>(addressOf(blueprint.identifier, before.identifier), changeBody(before, after), {
      version,
    })
  ).entity;
