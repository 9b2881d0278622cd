import { keepPreviousData, queryOptions, useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { path, post } from '../../api/client.ts';
import type { Entity, Json, Scorecard } from '../../api/wire.ts';
import { isMarked, markOf, type Marks } from './marks.ts';
import { levelsOf, narrowedBy, sortBody, type TableQuery } from '../table-api.ts';

export interface EntityGroup {
  readonly value: Json;
  readonly count: number;
}

interface GroupPage {
  readonly count: number;
  readonly total: number;
  readonly groups: readonly EntityGroup[];
}

type Narrowed = Omit<TableQuery, 'sort'>;

const GROUPS = 500;
const ROWS = 100;

const bodyOf = (by: string, scorecards: readonly Scorecard[]): Json => {
  if (!by.startsWith('level:')) return { property: by };
  const scorecard = by.slice('level:'.length);
  return { scorecard, levels: [...levelsOf(scorecard, scorecards)] };
};

const groupsQuery = (query: Narrowed, by: Json, page: number) =>
  queryOptions({
    queryKey: ['entities', query.blueprint, 'groups', query.rules, query.q, by, page],
    queryFn: async ({ signal }) =>
      post<GroupPage>(
        path('/api/v1/blueprints', query.blueprint, 'groups'),
        { ...narrowedBy(query), by, offset: page * GROUPS, limit: GROUPS },
        { signal },
      ),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

const rowsQuery = (
  query: TableQuery,
  scorecards: readonly Scorecard[],
  { by, value, page }: { readonly by: Json; readonly value: Json; readonly page: number },
) =>
  queryOptions({
    queryKey: [
      'entities',
      query.blueprint,
      'rows',
      query.rules,
      query.q,
      query.sort,
      scorecards.length,
      by,
      value,
      page,
    ],
    queryFn: async ({ signal }) => {
      const sort = sortBody(query.sort, scorecards);
      const body = {
        ...narrowedBy(query),
        group: { by, value },
        offset: page * ROWS,
        limit: ROWS,
        ...(sort === undefined ? {} : { sort }),
      };
      const address = path('/api/v1/blueprints', query.blueprint, 'rows');
      return (await post<{ entities: readonly Entity[] }>(address, body, { signal })).entities;
    },
    staleTime: 30_000,
  });

export interface Laid extends EntityGroup {
  readonly key: string;
  /** Where its heading stands among all rows. */
  readonly start: number;
  readonly folded: boolean;
}

/** Groups one below the other: a heading each, and the rows of those that are open. */
export function layOut(
  groups: readonly EntityGroup[],
  folded: Marks,
): { readonly laid: readonly Laid[]; readonly length: number } {
  let start = 0;
  const laid = groups.map((group): Laid => {
    const key = markOf(group.value);
    const isFolded = isMarked(folded, key);
    const placed = { ...group, key, start, folded: isFolded };
    start += 1 + (isFolded ? 0 : group.count);
    return placed;
  });
  return { laid, length: start };
}

/** The group in which a row is: the last one that begins at or before it. */
export function groupAt(laid: readonly Laid[], index: number): number {
  let [low, high] = [0, laid.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((laid[middle]?.start ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The pages of groups that rows in sight come from. */
export function pagesWithin(
  laid: readonly Laid[],
  first: number,
  last: number,
): readonly { readonly group: number; readonly page: number }[] {
  const pages: { group: number; page: number }[] = [];
  for (let at = groupAt(laid, first); at < laid.length; at += 1) {
    const group = laid[at];
    if (group === undefined || group.start > last) break;
    if (group.folded) continue;
    const from = Math.max(0, first - group.start - 1);
    const to = Math.min(group.count - 1, last - group.start - 1);
    for (let page = Math.floor(from / ROWS); page <= Math.floor(to / ROWS); page += 1) pages.push({ group: at, page });
  }
  return pages;
}

/** Rows under the headings of their groups; those of closed groups are not asked for. */
export function useGroupedRows(query: TableQuery, scorecards: readonly Scorecard[], by: string, folded: Marks) {
  const [range, setRange] = useState<readonly [number, number]>([0, 40]);
  const [pagesOfGroups, setPages] = useState(1);
  const isOn = by !== '';
  const body = useMemo(() => bodyOf(by, scorecards), [by, scorecards]);
  const found = useQueries({
    queries: Array.from({ length: isOn ? pagesOfGroups : 0 }, (_, page) => groupsQuery(query, body, page)),
  });
  const groups = found.flatMap((page) => page.data?.groups ?? []);
  const marks = found.map((page) => page.dataUpdatedAt).join(' ');
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the marks stand for the groups
  const { laid, length } = useMemo(() => layOut(groups, folded), [marks, folded, by]);
  const [from, to] = [Math.max(0, range[0] - ROWS), Math.min(length - 1, range[1] + ROWS)];
  const wanted = useMemo(() => pagesWithin(laid, from, to), [laid, from, to]);
  const pages = useQueries({
    queries: wanted.map(({ group, page }) =>
      rowsQuery(query, scorecards, { by: body, value: laid[group]?.value ?? null, page }),
    ),
  });
  const within =
    (placed: ReadonlyMap<string, readonly Entity[] | undefined>) =>
    (index: number): Entity | undefined => {
      const at = groupAt(laid, index);
      const row = index - (laid[at]?.start ?? 0) - 1;
      return row < 0 ? undefined : placed.get(`${at} ${Math.floor(row / ROWS)}`)?.[row % ROWS];
    };
  const rowAt = within(new Map(wanted.map(({ group, page }, index) => [`${group} ${page}`, pages[index]?.data])));
  const client = useQueryClient();
  const load = async (low: number, high: number): Promise<typeof rowAt> => {
    const loaded = pagesWithin(laid, low, high).map(async ({ group, page }) => {
      const asked = rowsQuery(query, scorecards, { by: body, value: laid[group]?.value ?? null, page });
      return [`${group} ${page}`, await client.query(asked)] as const;
    });
    return within(new Map(await Promise.all(loaded)));
  };
  const headAt = (index: number): Laid | undefined => {
    const group = laid[groupAt(laid, index)];
    return group?.start === index ? group : undefined;
  };
  const total = found[0]?.data?.total ?? 0;
  const failed = [...found, ...pages].find((one) => one.isError);
  return {
    length,
    entities: found[0]?.data?.count ?? 0,
    total,
    rowAt,
    load,
    headAt,
    laid,
    more: total > groups.length ? () => setPages(pagesOfGroups + 1) : undefined,
    onRange: useCallback((first: number, end: number) => {
      setRange((old) => (old[0] === first && old[1] === end ? old : [first, end]));
    }, []),
    pending: isOn && found[0]?.isPending === true,
    error: failed?.error ?? null,
    retry: () => {
      for (const one of [...found, ...pages]) void one.refetch();
    },
  };
}
