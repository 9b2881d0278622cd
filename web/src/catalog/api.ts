import { queryOptions } from '@tanstack/react-query';
import { get, path, post } from '../api/client.ts';
import type { Blueprint, Entity, Json } from '../api/wire.ts';

export const blueprintsQuery = queryOptions({
  queryKey: ['blueprints'],
  queryFn: async ({ signal }) =>
    (await get<{ blueprints: readonly Blueprint[] }>('/v1/blueprints', { signal })).blueprints,
  staleTime: 60_000,
});

export const entityCountQuery = (blueprint: string) =>
  queryOptions({
    queryKey: ['entities', blueprint, 'count'],
    queryFn: async ({ signal }) =>
      (await get<{ count: number }>(path('/v1/blueprints', blueprint, 'entities-count'), { signal })).count,
  });

export interface Rule {
  readonly property?: string;
  readonly scorecard?: string;
  readonly operator: string;
  readonly value?: Json;
}

interface EntityPage {
  readonly entities: readonly Entity[];
  readonly next?: string;
}

export const PAGE_SIZE = 500;

export const searchEntities = (
  blueprint: string,
  rules: readonly Rule[],
  options: { limit?: number; from?: string; signal?: AbortSignal } = {},
): Promise<EntityPage> =>
  post<EntityPage>(
    path('/v1/blueprints', blueprint, 'entities', 'search'),
    {
      query: { combinator: 'and', rules },
      limit: options.limit ?? PAGE_SIZE,
      ...(options.from === undefined ? {} : { from: options.from }),
    },
    options.signal === undefined ? {} : { signal: options.signal },
  );

export const entityQuery = (blueprint: string, identifier: string) =>
  queryOptions({
    queryKey: ['entity', blueprint, identifier],
    queryFn: async ({ signal }) =>
      (await get<{ entity: Entity }>(path('/v1/blueprints', blueprint, 'entities', identifier), { signal })).entity,
  });

/** Entities to choose from in a form: the whole of a small blueprint. */
export const entityChoicesQuery = (blueprint: string) =>
  queryOptions({
    queryKey: ['entities', blueprint, 'choices'],
    queryFn: async ({ signal }) => (await searchEntities(blueprint, [], { limit: 1000, signal })).entities,
  });
