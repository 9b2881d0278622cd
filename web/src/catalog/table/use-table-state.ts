import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import {
  appliedState,
  givenFor,
  plainTable,
  stateKeys,
  stateOfView,
  type TableState,
  type View,
  viewsQuery,
} from './view-api.ts';

export type Search = ReturnType<typeof useSearch<never, '/app/catalog/$blueprint', true>>;

/** No view, where one would be chosen by itself. */
export const NO_VIEW = 'all';

/** What the table shows: what its view says, with what the address says over it. */
export function useTableState(blueprint: string) {
  const search = useSearch({ from: '/app/catalog/$blueprint' });
  const navigate = useNavigate({ from: '/catalog/$blueprint' });
  const views = useQuery(viewsQuery(blueprint));
  const isPlain = search.view === undefined && stateKeys.every((key) => search[key] === undefined);
  const own = views.data?.defaults;
  const id = search.view ?? (isPlain ? (own?.own ?? own?.everyone ?? undefined) : undefined);
  const view: View | undefined = views.data?.views.find((one) => one.id === id);
  const base = useMemo(() => (view === undefined ? plainTable : stateOfView(view.state)), [view]);
  const { q, sort, filter, cols, group } = search;
  const state = useMemo(
    () => appliedState({ q, sort, filter, cols, group } as never, base),
    [q, sort, filter, cols, group, base],
  );
  const viewId = view?.id;
  const set = useCallback(
    (next: Readonly<Record<string, string>>) =>
      void navigate({ search: (old: typeof search) => ({ ...old, ...next }) as typeof search, replace: true }),
    [navigate],
  );
  /** Changes what is shown; the view it began with stays named in the address. */
  const change = useCallback(
    (next: Partial<TableState>) =>
      set({
        ...(givenFor(next, base) as Readonly<Record<string, string>>),
        ...(viewId === undefined ? {} : { view: viewId }),
      }),
    [set, base, viewId],
  );
  return {
    search,
    set,
    state,
    change,
    views: views.data,
    view,
    /** The address names a view that is not there. */
    lostView: search.view !== undefined && search.view !== NO_VIEW && views.isSuccess && view === undefined,
    changed: view !== undefined && stateKeys.some((key) => state[key] !== base[key]),
    /** Until it is known with which view the table opens. */
    pending: views.isPending && (isPlain || search.view !== undefined) && search.view !== NO_VIEW,
    choose: (next: string) =>
      set({ q: '', sort: '', filter: '', cols: '', group: '', folded: '', picked: '', view: next }),
  };
}
