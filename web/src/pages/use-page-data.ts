import { useThrottledValue } from '@mantine/hooks';
import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { type PageAsk, pageDataQuery, type StoredPage, type WidgetAnswer } from './api.ts';
import { blueprintsOf } from './widget.ts';

/** A page that is looked at while much is written asks again this often, and not for every change. */
const RENEWAL_MS = 3_000;

/** What the widgets of a page show, renewed while the page is open when entities they are about change. */
export function usePageData(
  { page, version }: StoredPage,
  ask: PageAsk,
): UseQueryResult<Readonly<Record<string, WidgetAnswer>>> {
  const data = useQuery(pageDataQuery(page.identifier, version, ask));
  const pulse = useQueries({
    // Nothing is fetched: the live stream makes these stale, and with that comes another moment.
    queries: blueprintsOf(page.widgets).map((blueprint) => ({
      queryKey: ['pulse', blueprint],
      queryFn: () => Date.now(),
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine: (results) => Math.max(0, ...results.map((one) => one.dataUpdatedAt)),
  });
  const seen = useRef(0);
  const due = useThrottledValue(pulse, RENEWAL_MS);
  const { refetch } = data;
  useEffect(() => {
    if (seen.current !== 0 && due !== 0 && due !== seen.current) void refetch({ cancelRefetch: false });
    seen.current = due;
  }, [due, refetch]);
  return data;
}
