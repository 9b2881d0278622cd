import { queryOptions } from '@tanstack/react-query';
import { get, path } from '../../api/client.ts';
import type { Blueprint } from '../../api/wire.ts';
import { writeConditions } from '../conditions.ts';

export interface NamedEntity {
  readonly identifier: string;
  readonly title: string | null;
  readonly icon: string | null;
}

/** Entities over one relation: those it points at (`out`), those that point here (`in`). */
export interface RelatedGroup {
  readonly direction: 'in' | 'out';
  readonly blueprint: string;
  readonly relation: string;
  readonly count: number;
  readonly entities: readonly NamedEntity[];
}

export const relatedQuery = (blueprint: string, identifier: string, limit = 20) =>
  queryOptions({
    queryKey: ['related', blueprint, identifier, limit],
    queryFn: async ({ signal }) =>
      (
        await get<{ related: readonly RelatedGroup[] }>(
          `${path('/api/v1/blueprints', blueprint, 'entities', identifier)}/related`,
          { signal, query: { limit } },
        )
      ).related,
    staleTime: 10_000,
  });

/** What a group is called: the relation's title, by whoever defines it. */
export function relationTitle(blueprints: readonly Blueprint[], owner: string, group: RelatedGroup): string {
  const source = group.direction === 'out' ? owner : group.blueprint;
  const definition = blueprints.find((one) => one.identifier === source)?.relations[group.relation];
  return definition?.title ?? group.relation;
}

/** The table of everything that points at an entity over a relation. */
export const filteredBy = (group: RelatedGroup, identifier: string): string =>
  writeConditions([{ field: group.relation, operator: 'in', values: [identifier] }]);
