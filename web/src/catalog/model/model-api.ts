import { queryOptions } from '@tanstack/react-query';
import { get, patch, path, post, remove, request } from '../../api/client.ts';
import { type BlueprintDraft, type Definition, draftFrom, type FieldRef } from './blueprint-edits.ts';

/** A blueprint and the version of it that was read. */
export interface StoredBlueprint {
  readonly draft: BlueprintDraft;
  readonly version: string;
}

interface Answer {
  readonly blueprint: Definition;
  readonly version?: string;
}

const base = '/v1/blueprints';
const stored = ({ blueprint, version = '' }: Answer): StoredBlueprint => ({ draft: draftFrom(blueprint), version });

export const readBlueprint = async (identifier: string, signal?: AbortSignal): Promise<StoredBlueprint> =>
  stored(await get<Answer>(path(base, identifier), signal === undefined ? {} : { signal }));

export const blueprintQuery = (identifier: string) =>
  queryOptions({
    queryKey: ['blueprint', identifier],
    queryFn: async ({ signal }) => readBlueprint(identifier, signal),
    refetchOnWindowFocus: false,
  });

export const createBlueprint = async (draft: BlueprintDraft, key: string): Promise<StoredBlueprint> =>
  stored(await post<Answer>(base, draft, { idempotencyKey: key }));

export const replaceBlueprint = async (
  identifier: string,
  draft: BlueprintDraft,
  version: string,
): Promise<StoredBlueprint> => stored(await request<Answer>('PUT', path(base, identifier), { body: draft, version }));

const renames = {
  property: ['properties', 'newPropertyName'],
  mirror: ['mirror', 'newMirrorName'],
  relation: ['relations', 'newRelationIdentifier'],
} as const;

/** Calculations and aggregations hold no values that would have to follow. */
export const hasRename = ({ kind }: FieldRef): boolean => Object.hasOwn(renames, kind);

export async function renameKey(
  blueprint: string,
  field: FieldRef,
  key: string,
  version: string,
): Promise<StoredBlueprint> {
  const [segment, name] = renames[field.kind as keyof typeof renames];
  const address = `${path(base, blueprint, segment, field.key)}/rename`;
  return stored(await patch<Answer>(address, { [name]: key }, { version }));
}

export const deleteBlueprint = async (identifier: string, withActions: boolean): Promise<unknown> =>
  remove(path(base, identifier), { query: { delete_actions: withActions ? true : undefined } });

/** Deletes all entities, then the blueprint; answers the migration that does it. */
export const deleteWithEntities = async (identifier: string): Promise<string> =>
  (
    await remove<{ migrationId: string }>(`${path(base, identifier)}/all-entities`, {
      query: { delete_blueprint: true },
    })
  ).migrationId;

/** How many entities hold a value. */
export const valueCountQuery = (blueprint: string, property: string) =>
  queryOptions({
    queryKey: ['entities', blueprint, 'with-value', property],
    queryFn: async ({ signal }) =>
      (
        await post<{ count: number }>(
          `${path(base, blueprint, 'entities', 'search')}/count`,
          { query: { combinator: 'and', rules: [{ property, operator: 'isNotEmpty' }] } },
          { signal },
        )
      ).count,
    retry: false,
  });

interface Migration {
  readonly id: string;
  readonly status: string;
  readonly sourceBlueprint?: string;
  /** How many entities it is done with. */
  readonly successCount?: number;
}

export const migrationsQuery = queryOptions({
  queryKey: ['migrations'],
  queryFn: async ({ signal }) =>
    (await get<{ migrations: readonly Migration[] }>('/v1/migrations', { signal })).migrations,
  refetchInterval: 3_000,
});

export interface DerivedPreview {
  /** Whether there is a way to what is asked for. */
  readonly leads: boolean;
  readonly values: readonly {
    readonly entity: { readonly identifier: string; readonly title: string };
    readonly value: unknown;
  }[];
}

export const previewQuery = (blueprint: string, draft: { readonly mirror?: unknown; readonly aggregation?: unknown }) =>
  queryOptions({
    queryKey: ['blueprint', blueprint, 'preview', draft],
    queryFn: async ({ signal }) =>
      post<DerivedPreview>(`${path('/api/v1/blueprints', blueprint)}/previews`, draft, { signal }),
    retry: false,
    gcTime: 0,
  });

export interface TestedCalculation {
  readonly entity: { readonly identifier: string; readonly title: string };
  readonly value: unknown;
  readonly fits: boolean;
  readonly problem: string | null;
}

export const calculationQuery = (
  blueprint: string,
  expression: { readonly calculation: string; readonly type: string; readonly entity?: string },
) =>
  queryOptions({
    queryKey: ['blueprint', blueprint, 'calculation', expression],
    queryFn: async ({ signal }) =>
      post<TestedCalculation>(`${path('/api/v1/blueprints', blueprint)}/calculations/test`, expression, { signal }),
    retry: false,
    gcTime: 0,
  });
