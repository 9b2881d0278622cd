import { queryOptions } from '@tanstack/react-query';
import type { NamedEntity, RelatedGroup } from '../../../../src/catalog/contract.ts';
import { get, path } from '../../api/client.ts';
import type { Blueprint } from '../../api/wire.ts';
import { writeConditions } from '../conditions.ts';

export type { NamedEntity, RelatedGroup };

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
