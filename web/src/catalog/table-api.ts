import { keepPreviousData, queryOptions, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { path, post } from '../api/client.ts';
import type { Entity, Json, Scorecard } from '../api/wire.ts';
import type { Rule } from './api.ts';

/** What a table is narrowed to and ordered by. */
export interface TableQuery {
  readonly blueprint: string;
  readonly rules: readonly Rule[];
  readonly q: string;
  /** "key" or "-key". */
  readonly sort: string;
}

export interface FacetValue {
  readonly value: string | null;
  readonly count: number;
}

interface Facets {
  readonly count: number;
  readonly facets: Readonly<Record<string, readonly FacetValue[]>>;
}

const PAGE = 200;

export const narrowedBy = ({ rules, q }: Pick<TableQuery, 'rules' | 'q'>): Record<string, Json> => ({
  query: { combinator: 'and', rules: rules as unknown as Json },
  ...(q === '' ? {} : { q: q.slice(0, 200) }),
});

export const facetsQuery = ({ blueprint, rules, q }: Omit<TableQuery, 'sort'>, fields: readonly string[]) =>
  queryOptions({
    queryKey: ['entities', blueprint, 'facets', rules, q, fields],
    queryFn: async ({ signal }) =>
      post<Facets>(
        path('/api/v1/blueprints', blueprint, 'facets'),
        { ...narrowedBy({ rules, q }), fields },
        { signal },
      ),
    placeholderData: keepPreviousData,
  });

export const levelsOf = (scorecard: string, scorecards: readonly Scorecard[]): readonly string[] =>
  scorecards.find((one) => one.identifier === scorecard)?.levels.map((level) => level.title) ?? [];

export function sortBody(sort: string, scorecards: readonly Scorecard[]): object | undefined {
  if (sort === '') return undefined;
  const order = sort.startsWith('-') ? 'desc' : 'asc';
  const key = sort.replace(/^-/, '');
  if (!key.startsWith('level:')) return { property: key, order };
  const scorecard = key.slice('level:'.length);
  return { scorecard, levels: levelsOf(scorecard, scorecards), order };
}

const pageQuery = (query: TableQuery, scorecards: readonly Scorecard[], page: number) =>
  queryOptions({
    queryKey: ['entities', query.blueprint, 'rows', query.rules, query.q, query.sort, scorecards.length, page],
    queryFn: async ({ signal }) => {
      const sort = sortBody(query.sort, scorecards);
      const body = { ...narrowedBy(query), offset: page * PAGE, limit: PAGE, ...(sort === undefined ? {} : { sort }) };
      const address = path('/api/v1/blueprints', query.blueprint, 'rows');
      return (await post<{ entities: readonly Entity[] }>(address, body, { signal })).entities;
    },
    staleTime: 30_000,
  });

/** Rows of any place of the table: the pages in sight and their neighbours are fetched, and kept for a while. */
export function useTableRows(query: TableQuery, scorecards: readonly Scorecard[], enabled: boolean) {
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  const facets = useQuery({ ...facetsQuery(query, []), enabled });
  const count = facets.data?.count ?? 0;
  const last = Math.max(0, Math.ceil(count / PAGE) - 1);
  const from = Math.min(last, Math.max(0, Math.floor(range[0] / PAGE) - 1));
  const to = Math.min(last, Math.floor(range[1] / PAGE) + 1);
  const wanted = useMemo(() => Array.from({ length: to - from + 1 }, (_, index) => from + index), [from, to]);
  const pages = useQueries({
    queries: wanted.map((page) => ({ ...pageQuery(query, scorecards, page), enabled })),
  });
  const rowAt = useCallback(
    (index: number): Entity | undefined => pages[Math.floor(index / PAGE) - from]?.data?.[index % PAGE],
    [pages, from],
  );
  const client = useQueryClient();
  const load = async (low: number, high: number): Promise<(index: number) => Entity | undefined> => {
    const first = Math.floor(low / PAGE);
    const numbers = Array.from({ length: Math.floor(high / PAGE) - first + 1 }, (_, index) => first + index);
    const loaded = await Promise.all(numbers.map(async (page) => client.query(pageQuery(query, scorecards, page))));
    return (index) => loaded[Math.floor(index / PAGE) - first]?.[index % PAGE];
  };
  const failed = [facets, ...pages].find((one) => one.isError);
  const onRange = useCallback((first: number, end: number) => {
    setRange((old) => (old[0] === first && old[1] === end ? old : [first, end]));
  }, []);
  return {
    count,
    rowAt,
    /** The rows of a stretch, wherever it is. */
    load,
    onRange,
    pending:
      facets.isPending ||
      (pages[0]?.isPending === true && count > 0 && pages.every((page) => page.isPending) && range[1] === 0),
    error: failed?.error ?? null,
    retry: () => {
      void facets.refetch();
      for (const page of pages) void page.refetch();
    },
  };
}

/** Where the whole of what is shown comes as a file, with these columns. */
export function csvAddress(
  { blueprint, rules, q, sort }: TableQuery,
  scorecards: readonly Scorecard[],
  columns: readonly string[],
): string {
  const parameters = new URLSearchParams({
    query: JSON.stringify({ combinator: 'and', rules }),
    columns: JSON.stringify(columns),
  });
  if (q !== '') parameters.set('q', q);
  if (sort !== '') parameters.set('sort', sort);
  const scorecard = /^-?level:(.*)$/.exec(sort)?.[1];
  if (scorecard !== undefined) parameters.set('levels', JSON.stringify(levelsOf(scorecard, scorecards)));
  return `${path('/api/v1/blueprints', blueprint, 'entities.csv')}?${parameters.toString()}`;
}
